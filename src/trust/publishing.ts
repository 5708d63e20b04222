/**
 * The user speaks about a provider. Nothing is said by itself: a draft shows the exact events and where they go, and only that draft can be
 * published. What is signed is written down before it is sent, so that it can be sent again, replaced and taken back.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import type { PublishedAudit } from '../domain/audit.ts'
import { RoutstrError } from '../domain/errors.ts'
import type { Delivery, SignedBy, SignedEvent, Statement, UnsignedEvent, Verdict, Word, WordDraft } from '../domain/word.ts'
import { auditEvent } from './audit-event.ts'
import type { BunkerUri } from './bunker-uri.ts'
import { connectSigner, type SignerWorld, signRemotely } from './remote-signer.ts'
import type { SignerRow, WordRow, WordStore } from './store.ts'
import { type Subject, withdrawalEvent, wordEvent } from './word-events.ts'

export interface WordWish {
  readonly subject: Subject
  readonly verdict: Verdict
  readonly text: string
  readonly by: SignedBy
  /** Said along with it; null: nothing. */
  readonly audit: PublishedAudit | null
}

export interface Publishing {
  words(): Promise<readonly Word[]>
  /** @throws RoutstrError `not_found` without a signer */
  draft(wish: WordWish): Promise<WordDraft>
  /** What would take it back. @throws RoutstrError `not_found` */
  draftWithdrawal(providerId: string, pubkey: string): Promise<WordDraft>
  /** Signs, writes down, sends. @throws RoutstrError `not_found` (the draft is gone), `signer_failed` */
  publish(draftId: string): Promise<Word>
  /** To the relays that did not say they keep it. @throws RoutstrError `not_found` */
  sendAgain(providerId: string, pubkey: string): Promise<Word>
  signer(): Promise<SignerRow | null>
  connect(uri: BunkerUri): Promise<void>
  disconnect(): Promise<void>
  /** The page the signer wants to be looked at first. */
  waitingAt(): string | null
}

export interface PublishingWorld extends Omit<SignerWorld, 'onAuth'> {
  readonly store: WordStore
  /** Where words go: the relays that announcements are read from. */
  readonly relays: () => readonly string[]
  readonly deliver: (relays: readonly string[], event: SignedEvent) => Promise<readonly Delivery[]>
  readonly onChange: () => void
}

interface Draft extends WordDraft {
  readonly secret: string | null
  readonly becomes: (signed: readonly SignedEvent[]) => WordRow
}

/** Drafts are looked at one at a time. */
const MOST_DRAFTS = 5

export function createPublishing(world: PublishingWorld): Publishing {
  const { store } = world
  const drafts = new Map<string, Draft>()
  let auth: string | null = null
  const signerWorld: SignerWorld = {
    ...world,
    onAuth(url) {
      if (auth === url) return
      auth = url
      world.onChange()
    },
  }
  const seconds = (): number => Math.floor(world.now() / 1000)

  async function find(providerId: string, pubkey: string): Promise<WordRow> {
    const row = (await store.words()).find((word) => word.providerId === providerId && word.pubkey === pubkey)
    if (row === undefined) throw new RoutstrError('not_found', 'You have said nothing of this provider with this key.')
    return row
  }

  function keep(draft: Omit<Draft, 'id' | 'relays'>): WordDraft {
    const whole: Draft = { ...draft, id: world.randomId(), relays: world.relays() }
    drafts.set(whole.id, whole)
    const [oldest] = drafts.keys()
    if (drafts.size > MOST_DRAFTS && oldest !== undefined) drafts.delete(oldest)
    const { id, by, events, relays } = whole
    return { id, by, events, relays }
  }

  async function sign(event: UnsignedEvent, secret: string | null): Promise<SignedEvent> {
    if (secret !== null) {
      const { id, pubkey, created_at, kind, tags, content, sig } = finalizeEvent({ ...event, tags: event.tags.map((tag) => [...tag]) }, hexToBytes(secret))
      return { id, pubkey, created_at, kind, tags, content, sig }
    }
    return signRemotely(signerWorld, await connectedSigner(store), event)
  }

  /** Sends what a relay has not said to keep, and writes down what it says now. */
  async function send(row: WordRow, relays: readonly string[]): Promise<Word> {
    const again = async ({ event, deliveries }: Statement): Promise<Statement> => {
      const kept = deliveries.filter(({ result }) => result === 'kept')
      const missing = relays.filter((relay) => !kept.some((delivery) => delivery.relay === relay))
      return { event, deliveries: [...kept, ...(await world.deliver(missing, event))] }
    }
    const after: WordRow =
      row.withdrawal === null ? { ...row, said: await Promise.all(row.said.map(again)) } : { ...row, withdrawal: await again(row.withdrawal) }
    await store.saveWord(after)
    world.onChange()
    return wordOf(after)
  }

  return {
    words: async () => (await store.words()).map(wordOf),

    async draft({ subject, verdict, text, by, audit }) {
      const words = await store.words()
      const standing = words.find((row) => row.providerId === subject.providerId && row.by === 'throw-away' && row.withdrawal === null)
      // one key for each provider: words of one unknown key about two of them would show who uses both
      const secret = by === 'signer' ? null : (standing?.secret ?? bytesToHex(generateSecretKey()))
      const pubkey = secret === null ? (await connectedSigner(store)).user : getPublicKey(hexToBytes(secret))
      const { providerId } = subject
      const said = words.find((row) => row.pubkey === pubkey && row.providerId === providerId && row.withdrawal === null)?.said ?? []
      const beforeAt = Math.max(0, ...said.map(({ event }) => event.created_at))
      const events = [wordEvent(subject, verdict, text, pubkey, seconds(), words), ...(audit === null ? [] : [auditEvent(providerId, audit, pubkey, seconds(), beforeAt)])]
      return keep({
        by,
        secret,
        events,
        becomes: (signed) => ({ id: `${pubkey} ${providerId}`, providerId, verdict, text, by, pubkey, secret, said: [...signed.map(unsent), ...earlier(said, signed)], withdrawal: null }),
      })
    },

    async draftWithdrawal(providerId, pubkey) {
      const row = await find(providerId, pubkey)
      return keep({
        by: row.by,
        secret: row.secret,
        events: [withdrawalEvent(row, seconds())],
        becomes: ([event]) => ({ ...row, withdrawal: event === undefined ? null : unsent(event) }),
      })
    },

    async publish(draftId) {
      const draft = drafts.get(draftId)
      if (draft === undefined) throw new RoutstrError('not_found', 'This preview is not kept any more: look at it once again. Nothing was published.')
      const signed: SignedEvent[] = []
      for (const event of draft.events) signed.push(await sign(event, draft.secret))
      drafts.delete(draftId)
      const row = draft.becomes(signed)
      await store.saveWord(row)
      return send(row, draft.relays)
    },

    sendAgain: async (providerId, pubkey) => send(await find(providerId, pubkey), world.relays()),

    signer: store.signer,
    async connect(uri) {
      await store.saveSigner(await connectSigner(signerWorld, uri, bytesToHex(generateSecretKey())))
      world.onChange()
    },
    async disconnect() {
      await store.saveSigner(null)
      world.onChange()
    },
    waitingAt: () => auth,
  }
}

async function connectedSigner(store: WordStore): Promise<SignerRow> {
  const signer = await store.signer()
  if (signer === null) throw new RoutstrError('not_found', 'No signer is connected (Settings → Your Nostr key). Nothing was published.')
  return signer
}

/** What was said before and is not replaced is still out there, and taken back with the rest. */
function earlier(said: readonly Statement[], signed: readonly SignedEvent[]): readonly Statement[] {
  return said.filter(({ event }) => !signed.some(({ kind }) => kind === event.kind))
}

function unsent(event: SignedEvent): Statement {
  return { event, deliveries: [] }
}

/** What screens may see: not the key. */
function wordOf({ providerId, verdict, text, by, pubkey, said, withdrawal }: WordRow): Word {
  return { providerId, verdict, text, by, pubkey, said, withdrawal }
}
