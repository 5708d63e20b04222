/**
 * The list of mints on Nostr relays (NUT-27), readable only with the seed: from the twelve words alone a wallet then finds its
 * mints again. It is a trace on the network (a fresh key, but the same address as ours), hence off until the user wants it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { decrypt, encrypt, getConversationKey } from 'nostr-tools/nip44'
import { finalizeEvent, getPublicKey, type VerifiedEvent, verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import type { MintListView } from '../../domain/backup.ts'
import { RoutstrError } from '../../domain/errors.ts'
import { readWords, seedBytes } from '../seed.ts'
import type { WalletStore } from '../store.ts'
import type { RelayAccess } from './relay.ts'
import type { BackupStore } from './store.ts'

/** NIP-78. */
const KIND = 30078
const NAME = 'mint-list'
const MOST_MINTS = 50

export interface MintList {
  view(): Promise<MintListView>
  /** Switched off, the list on the relays is replaced by an empty one. */
  set(on: boolean): Promise<void>
  /** Publishes the list when it has changed since the last time. Never throws; the problem is in the view. */
  tick(): Promise<void>
  /** @throws RoutstrError `wrong_words`, `mint_unreachable` when no relay answered */
  find(words: string): Promise<readonly string[]>
}

export function createMintList(world: {
  readonly store: BackupStore
  readonly wallet: Pick<WalletStore, 'mints'>
  readonly seed: () => Promise<Uint8Array>
  readonly relays: () => readonly string[]
  readonly access: RelayAccess
  readonly isSafe: (mint: string) => boolean
  readonly now: () => number
  readonly onChange: () => void
}): MintList {
  const { store, access, now } = world
  let publishing: Promise<void> | null = null

  async function publishIfChanged(): Promise<void> {
    const { mintList } = await store.facts()
    if (!mintList.on) return
    const mints = (await world.wallet.mints()).filter(({ trusted }) => trusted).map(({ url }) => url)
    const text = mints.toSorted().join('\n')
    if (text !== mintList.published) await publish(mints, text)
  }

  async function publish(mints: readonly string[], text: string | null): Promise<void> {
    const before = (await store.facts()).mintList.publishedAt ?? 0
    // of two events of one second a relay may keep the older one
    const createdAt = Math.max(Math.floor(now() / 1000), Math.floor(before / 1000) + 1)
    const kept = await access.publish(world.relays(), mintListEvent(await world.seed(), mints, createdAt))
    const { mintList } = await store.facts()
    const problem = kept > 0 ? null : 'No relay has taken the list yet. It is tried again by itself.'
    await store.saveFacts({ mintList: { ...mintList, problem, ...(kept > 0 ? { published: text, publishedAt: createdAt * 1000 } : {}) } })
    world.onChange()
  }

  function tick(): Promise<void> {
    publishing ??= publishIfChanged()
      .catch(() => undefined)
      .finally(() => {
        publishing = null
      })
    return publishing
  }

  return {
    async view() {
      const { on, publishedAt, problem } = (await store.facts()).mintList
      return { on, publishedAt, problem: on ? problem : null }
    },
    async set(on) {
      await publishing
      const { mintList } = await store.facts()
      await store.saveFacts({ mintList: { ...mintList, on, published: null } })
      if (on) await tick()
      else if (mintList.publishedAt !== null) await publish([], null)
    },
    tick,
    async find(words) {
      const seed = await seedBytes(readWords(words))
      const filter = { kinds: [KIND], authors: [getPublicKey(mintListKey(seed))], '#d': [NAME] }
      const events = await access.query(world.relays(), filter)
      if (events === null)
        throw new RoutstrError('mint_unreachable', 'No relay answered, so the list of mints could not be looked for. Type the addresses of the mints instead.')
      return newestList(seed, events).filter(world.isSafe)
    },
  }
}

/** NUT-27: sha256(seed ‖ "cashu-mint-backup"). */
export function mintListKey(seed: Uint8Array): Uint8Array {
  return sha256(concatBytes(seed, utf8ToBytes('cashu-mint-backup')))
}

/** @param createdAt s */
export function mintListEvent(seed: Uint8Array, mints: readonly string[], createdAt: number): VerifiedEvent {
  const key = mintListKey(seed)
  const content = encrypt(JSON.stringify({ mints, timestamp: createdAt }), getConversationKey(key, getPublicKey(key)))
  return finalizeEvent({ kind: KIND, created_at: createdAt, tags: [['d', NAME]], content }, key)
}

const eventSchema = v.object({
  id: v.string(),
  pubkey: v.string(),
  created_at: v.number(),
  kind: v.literal(KIND),
  tags: v.array(v.array(v.string())),
  content: v.pipe(v.string(), v.maxLength(100_000)),
  sig: v.string(),
})
const listSchema = v.object({ mints: v.array(v.string()) })

/** Of what relays say is ours: signed by our key, readable, newest first. */
export function newestList(seed: Uint8Array, events: readonly unknown[]): string[] {
  const key = mintListKey(seed)
  const author = getPublicKey(key)
  const ours = events
    .map((event) => v.safeParse(eventSchema, event))
    .flatMap((parsed) => (parsed.success && parsed.output.pubkey === author && verifyEvent(parsed.output) ? [parsed.output] : []))
    .sort((a, b) => b.created_at - a.created_at)
  for (const { content } of ours) {
    try {
      const list = v.safeParse(listSchema, JSON.parse(decrypt(content, getConversationKey(key, author))))
      if (list.success) return [...new Set(list.output.mints.map((mint) => mint.replace(/\/+$/, '')))].slice(0, MOST_MINTS)
    } catch {
      // not a list: an older event may be one
    }
  }
  return []
}
