/**
 * What other browsers shall see: each ready note in exactly one of our token events. What has to be said is never queued, it is
 * the difference between the wallet and the events written down, so that no crash can lose it; and what a relay has to be told is
 * the difference between those events and what it showed us a moment ago.
 */
import type { WalletStore } from '../../store.ts'
import { isSwap } from '../../journal.ts'
import { sumAmounts } from '../../notes.ts'
import type { NostrEvent, OpenSocket } from '../../nwc/relay-talk.ts'
import { DELETION_KIND, deletionEvent, newSecret, readDeletion, type SyncKey, takenEvent, tokenEvent, walletEvent, type WalletContent } from './events.ts'
import { EMPTY } from './learning.ts'
import type { BundleRow, HeldNote, SyncStore } from './store.ts'
import { type Answer, tellRelay } from './visit.ts'

export interface Publishing {
  /** The wallet holds other notes than its events say. */
  differs(): Promise<boolean>
  /** Writes new events down for what has changed. */
  prepare(key: SyncKey): Promise<void>
  /** Tells each relay that answered what it lacks. @param wallet the newest wallet event; null: there is none */
  tell(key: SyncKey, answers: readonly Answer[], wallet: WalletContent | 'unknown' | null): Promise<void>
  /** We have said it ourselves, since this worker began. */
  wasSaidByUs(id: string): boolean
  /** Events that no relay is known to have. */
  unsent(): Promise<number>
}

/** Notes per event: about 10 kB. More would be more to say again when one of them leaves, and more to take over at once. */
const CHUNK = 24
/** So many small events of an account are put together. */
const MOST_SMALL = 4
/** Ids in one `del`, and in one deletion. */
const MOST_NAMES = 200

export function createPublishing(world: {
  readonly store: SyncStore
  readonly walletStore: Pick<WalletStore, 'mints' | 'incoming' | 'operation'>
  readonly openSocket: OpenSocket
  readonly now: () => number
}): Publishing {
  const { store } = world
  const said = new Set<string>()
  const seconds = (): number => Math.floor(world.now() / 1000)

  async function difference(): Promise<{ readonly ended: readonly BundleRow[]; readonly loose: readonly string[] }> {
    const [shown, held] = [await store.bundles(['shown']), await store.heldIds()]
    const whole = shown.filter(({ noteIds }) => noteIds.every((id) => held.ready.has(id) || held.swapping.has(id)))
    const small = [...Map.groupBy(whole, ({ mint, unit }) => `${unit} ${mint}`).values()].flatMap((rows) => {
      const few = rows.filter(({ noteIds }) => noteIds.length * 2 < CHUNK && noteIds.every((id) => held.ready.has(id)))
      return few.length > MOST_SMALL ? few : []
    })
    const kept = new Set(whole.filter((row) => !small.includes(row)))
    const covered = new Set([...kept].flatMap(({ noteIds }) => noteIds))
    return { ended: shown.filter((row) => !kept.has(row)), loose: [...held.ready].filter((id) => !covered.has(id)) }
  }

  return {
    async differs() {
      const { ended, loose } = await difference()
      return ended.length > 0 || loose.length > 0
    },

    async prepare(key) {
      const { ended, loose } = await difference()
      const notes = (await store.heldNotes(loose)).filter(({ state }) => state === 'ready')
      const unnamed = (await store.bundles(['claimed', 'ended'])).filter(({ named }) => !named)
      const names = [...ended, ...unnamed].map(({ id }) => id).slice(0, MOST_NAMES)
      const add = chunks(notes).map((chunk, index) => shownBundle(key, chunk, index === 0 ? names : []))
      await store.replaceBundles({ add, end: ended.map(({ id }) => id), named: add.length === 0 ? [] : names })
    },

    async tell(key, answers, wallet) {
      const shown = await store.bundles(['shown'])
      const over = await store.bundles(['ended', 'claimed'])
      const taken = await takenEvents(key)
      const mints = await walletEventIfNew(key, wallet)
      for (const { relay, events } of answers.filter(({ complete }) => complete)) {
        const there = new Set(events.map(({ id }) => id))
        const deleted = new Set(events.filter(({ kind }) => kind === DELETION_KIND).flatMap(readDeletion))
        const gone = over.filter(({ id, own, state, whole }) => there.has(id) && !deleted.has(id) && (own || (state === 'claimed' && whole)))
        const lacking = [
          ...(mints === null ? [] : [mints]),
          ...shown.flatMap(({ id, event }) => (event === null || there.has(id) ? [] : [event])),
          ...taken.map(({ event }) => event),
          // last: what takes their place is there by then
          ...(gone.length === 0 ? [] : [deletionEvent(key, gone.map(({ id }) => id).slice(0, MOST_NAMES), seconds())]),
        ]
        for (const { id } of lacking) said.add(id)
        const kept = await tellRelay(world.openSocket, relay, lacking)
        await store.changeBundles(
          shown.filter(({ id, seen }) => !seen && (kept.has(id) || there.has(id))).map(({ id }) => id),
          ['shown'],
          { seen: true },
        )
        await store.changeBundles(
          taken.filter(({ event }) => kept.has(event.id)).flatMap(({ bundleIds }) => bundleIds),
          ['claimed'],
          { told: true },
        )
      }
    },

    wasSaidByUs: (id) => said.has(id),
    unsent: async () => (await store.bundles(['shown', 'claimed'])).filter(({ own, seen, told }) => (own ? !seen : !told)).length,
  }

  function shownBundle(key: SyncKey, notes: readonly HeldNote[], del: readonly string[]): BundleRow {
    const [first] = notes
    const { mint, unit } = first ?? { mint: '', unit: '' }
    const event = tokenEvent(key, { mint, unit, notes, del }, seconds())
    return { ...EMPTY, id: event.id, own: true, state: 'shown', mint, unit, at: event.created_at, noteIds: notes.map(({ id }) => id), event, whole: true }
  }

  /** Which notes we took, said once for each account: from the swaps themselves, not from what we meant to take. */
  async function takenEvents(key: SyncKey): Promise<{ readonly event: NostrEvent; readonly bundleIds: readonly string[] }[]> {
    const untold = (await store.bundles(['claimed'])).filter(({ told }) => !told)
    return Promise.all(
      [...Map.groupBy(untold, ({ mint, unit }) => `${unit} ${mint}`).values()].map(async (rows) => {
        const wanted = new Set(rows.flatMap(({ noteIds }) => noteIds))
        const swaps = await swapsOf(rows)
        const notes = swaps
          .flatMap(({ swap }) => swap.inputs.map(({ secret, amount }) => ({ id: store.noteId(secret), amount: Number(amount) })))
          .filter(({ id }) => wanted.has(id))
        const fee = sumOf(swaps, ({ inputAmount, outputAmount }) => inputAmount - outputAmount)
        const bundleIds = rows.map(({ id }) => id)
        const { mint, unit } = rows[0] ?? { mint: '', unit: '' }
        return { event: takenEvent(key, { mint, unit, fee, destroyed: bundleIds, notes }, seconds()), bundleIds }
      }),
    )
  }

  async function swapsOf(rows: readonly BundleRow[]) {
    const tokens = await Promise.all(rows.flatMap(({ incomingIds }) => incomingIds).map((id) => world.walletStore.incoming(id)))
    const ids = new Set(tokens.flatMap((token) => (token?.operationId == null ? [] : [token.operationId])))
    const operations = await Promise.all([...ids].map((id) => world.walletStore.operation(id)))
    return operations.flatMap((operation) => (operation !== undefined && isSwap(operation) && operation.state === 'done' ? [operation] : []))
  }

  /** Mints are only added, and what other wallets wrote stays. The first one gets a key of its own for nutzaps, as NIP-60 wants it; nobody uses it here. */
  async function walletEventIfNew(key: SyncKey, wallet: WalletContent | 'unknown' | null): Promise<NostrEvent | null> {
    if (wallet === 'unknown') return null
    const before = wallet?.tags ?? [['privkey', newSecret()]]
    const there = new Set(before.flatMap(([name, value]) => (name === 'mint' && value !== undefined ? [value.replace(/\/+$/, '')] : [])))
    const missing = (await world.walletStore.mints()).filter(({ url, trusted }) => trusted && !there.has(url))
    if (missing.length === 0) return null
    // of two in the same second relays keep whichever they like
    const at = Math.max(seconds(), (wallet?.at ?? 0) + 1)
    return walletEvent(key, { at, tags: [...before, ...missing.map(({ url }) => ['mint', url])] })
  }
}

/** Of one account each, the largest notes together, so that few events hold most of the money. */
function chunks(notes: readonly HeldNote[]): HeldNote[][] {
  return [...Map.groupBy(notes, ({ mint, unit }) => `${unit} ${mint}`).values()].flatMap((ofAccount) => {
    const sorted = ofAccount.toSorted((a, b) => b.amount - a.amount)
    return Array.from({ length: Math.ceil(sorted.length / CHUNK) }, (_, index) => sorted.slice(index * CHUNK, (index + 1) * CHUNK))
  })
}

function sumOf<T>(rows: readonly T[], amount: (row: T) => number): number {
  return sumAmounts(rows.map((row) => ({ amount: amount(row) })))
}
