/**
 * What relays say → what is true. Events are believed when our key has signed them, and then only as far as the mints agree
 * (NUT-07): an old event that comes back, a deletion that is missing, a note that was never signed make no money.
 */
import type { BackupStore } from '../store.ts'
import type { Connections } from '../../connections.ts'
import { nextTry } from '../../journal.ts'
import { lockProblem } from '../../locked-notes.ts'
import type { MintConnection } from '../../mint.ts'
import type { Note } from '../../notes.ts'
import type { NostrEvent } from '../../nwc/relay-talk.ts'
import {
  DELETION_KIND,
  HISTORY_KIND,
  isOurs,
  readDeletion,
  readTaken,
  readToken,
  readWallet,
  type SyncKey,
  TOKEN_KIND,
  WALLET_KIND,
  type WalletContent,
} from './events.ts'
import type { BundleRow, SyncStore } from './store.ts'
import type { Answer } from './visit.ts'

export interface Learning {
  /** @returns the newest wallet event, null when there is none */
  learn(key: SyncKey, answers: readonly Answer[]): Promise<WalletContent | null>
}

export function createLearning(world: {
  readonly store: SyncStore
  readonly known: BackupStore['known']
  readonly connections: Connections
  readonly checkAddress: (url: string) => string
  readonly now: () => number
}): Learning {
  const { store, now } = world
  /** 7376 events that were read already: they are no rows. */
  const readHistory = new Set<string>()

  return {
    async learn(key, answers) {
      const events = [...new Map(answers.flatMap((answer) => answer.events.map((event) => [event.id, event]))).values()]
      const named = [...(await addUnknown(key, events)), ...(await deletedBy(key, events))]
      const taken = await takenBy(key, events)
      await endNamed(named)
      const suspects = [...(await shownAmong(named)), ...(await missing(answers))]
      await dropSpent([...suspects.flatMap(({ noteIds }) => noteIds), ...taken])
      // another wallet has put what is left of them into an event of its own, or nowhere: we say them anew
      await store.changeBundles(
        (await shownAmong(named)).map(({ id }) => id),
        ['shown'],
        { state: 'ended', event: null },
      )
      for (const row of await store.bundles(['unchecked'])) if (row.nextTryAt <= now()) await check(row)
      for (const row of await goneOffers(answers)) await check(row)
      return newestWallet(key, events)
    },
  }

  /** @returns ids that the new events take the place of */
  async function addUnknown(key: SyncKey, events: readonly NostrEvent[]): Promise<string[]> {
    const tokens = events.filter(({ kind }) => kind === TOKEN_KIND)
    const known = await store.bundlesById(tokens.map(({ id }) => id))
    const fresh = tokens.filter((event, index) => known[index] === undefined && isOurs(key, event))
    const rows = fresh.map((event) => ({ event, content: readToken(key, event) }))
    await store.addBundles(rows.map(({ event, content }) => bundleOf(event, content)))
    return rows.flatMap(({ content }) => content?.del ?? [])
  }

  function bundleOf(event: NostrEvent, content: ReturnType<typeof readToken>): BundleRow {
    const notes = content?.notes ?? []
    return {
      ...EMPTY,
      id: event.id,
      state: notes.length === 0 ? 'ended' : 'unchecked',
      mint: content?.mint ?? '',
      unit: content?.unit ?? '',
      at: event.created_at,
      noteIds: notes.map(({ secret }) => store.noteId(secret)),
      notes,
      whole: content?.unread === 0,
      // not ours to delete, and nothing to say about it
      named: notes.length === 0,
    }
  }

  async function deletedBy(key: SyncKey, events: readonly NostrEvent[]): Promise<string[]> {
    const open = new Set((await store.bundles(['shown', 'unchecked', 'offered'])).map(({ id }) => id))
    return events
      .filter((event) => event.kind === DELETION_KIND && readDeletion(event).some((id) => open.has(id)) && isOurs(key, event))
      .flatMap((event) => readDeletion(event))
  }

  /** @returns keys of notes that another browser says it has spent */
  async function takenBy(key: SyncKey, events: readonly NostrEvent[]): Promise<string[]> {
    const ids: string[] = []
    for (const event of events) {
      if (event.kind !== HISTORY_KIND || readHistory.has(event.id) || !isOurs(key, event)) continue
      const taken = readTaken(key, event)
      if (taken !== null) await store.noteTaken(taken, now())
      readHistory.add(event.id)
      ids.push(...(taken?.notes ?? []).map(({ id }) => id))
    }
    return ids
  }

  async function endNamed(ids: readonly string[]): Promise<void> {
    await store.changeBundles(ids, ['unchecked', 'offered'], { state: 'ended', notes: [], named: true })
  }

  async function shownAmong(ids: readonly string[]): Promise<BundleRow[]> {
    return (await store.bundlesById(ids)).filter((row) => row?.state === 'shown').filter((row) => row !== undefined)
  }

  /** Own bundles that were there and that no relay has now: deleted by another browser, or forgotten. */
  async function missing(answers: readonly Answer[]): Promise<BundleRow[]> {
    if (!answers.some(({ complete }) => complete)) return []
    const there = idsOf(answers)
    return (await store.bundles(['shown'])).filter((row) => row.seen && !there.has(row.id))
  }

  async function goneOffers(answers: readonly Answer[]): Promise<BundleRow[]> {
    if (!answers.some(({ complete }) => complete)) return []
    const there = idsOf(answers)
    return (await store.bundles(['offered'])).filter((row) => !there.has(row.id))
  }

  /** Our notes that the mint calls spent, although no operation of ours has them. */
  async function dropSpent(ids: readonly string[]): Promise<void> {
    const held = (await store.heldNotes([...new Set(ids)])).filter(({ state }) => state === 'ready')
    for (const notes of Map.groupBy(held, ({ mint, unit }) => `${unit} ${mint}`).values()) {
      const [account] = notes
      if (account === undefined) continue
      // when the mint does not answer now, the swap that needs the note will find out
      const states = await world.connections
        .connect(account)
        .then(
          (connection) => connection.states(notes),
          () => new Map(),
        )
        .catch(() => new Map())
      const spent = notes.filter(({ secret }) => states.get(secret) === 'SPENT')
      await store.dropSpent(
        spent.map(({ id }) => id),
        now(),
      )
    }
  }

  /** What a bundle of another browser is worth to us now. */
  async function check(row: BundleRow): Promise<void> {
    const from = [row.state]
    try {
      const good = await usable(row)
      const pending = good === null
      await store.changeBundles(
        [row.id],
        from,
        pending
          ? { state: 'unchecked', tries: row.tries + 1, nextTryAt: nextTry(now(), row.tries) }
          : good.notes.length === 0
            ? { state: 'ended', notes: [], named: true }
            : { state: 'offered', notes: good.notes, whole: row.whole && good.isAll, tries: 0, nextTryAt: 0 },
      )
    } catch {
      await store.changeBundles([row.id], from, { tries: row.tries + 1, nextTryAt: nextTry(now(), row.tries) })
    }
  }

  /** @returns null when the mint has not made up its mind about some of them */
  async function usable(row: BundleRow): Promise<{ readonly notes: readonly Note[]; readonly isAll: boolean } | null> {
    if (world.checkAddress(row.mint) !== row.mint) return { notes: [], isAll: false }
    const connection = await world.connections.connect({ mint: row.mint, unit: row.unit })
    if (row.notes.some(({ keysetId }) => unitOf(connection, keysetId) === null)) await connection.refresh()
    const possible: Note[] = []
    for (const note of row.notes) {
      const isLocked = lockProblem(note.secret, connection.lockKey, now() / 1000) !== null
      if (!isLocked && unitOf(connection, note.keysetId) === row.unit && !(await connection.hasForged([note]))) possible.push(note)
    }
    if (possible.length === 0) return { notes: [], isAll: false }
    const states = await connection.states(possible)
    if ([...states.values()].includes('PENDING')) return null
    return { notes: possible.filter(({ secret }) => states.get(secret) === 'UNSPENT'), isAll: possible.length === row.notes.length }
  }
}

/** Fields of a bundle that begin empty. */
export const EMPTY = {
  own: false,
  notes: [],
  event: null,
  seen: false,
  whole: false,
  named: false,
  told: false,
  incomingIds: [],
  tries: 0,
  nextTryAt: 0,
} as const

function idsOf(answers: readonly Answer[]): ReadonlySet<string> {
  return new Set(answers.flatMap(({ events }) => events.map(({ id }) => id)))
}

function unitOf(connection: MintConnection, keysetId: string): string | null {
  return connection.facts().keysets.find(({ id }) => id === keysetId)?.unit ?? null
}

function newestWallet(key: SyncKey, events: readonly NostrEvent[]): WalletContent | null {
  const wallets = events.filter((event) => event.kind === WALLET_KIND && isOurs(key, event)).sort((a, b) => b.created_at - a.created_at)
  for (const event of wallets) {
    const content = readWallet(key, event)
    if (content !== null) return content
  }
  return null
}
