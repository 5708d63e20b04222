/**
 * Bringing back the money of a seed, or of a backup file, as a job that survives the worker: every batch is one transaction
 * that also writes how far it has come. Into a wallet in use nothing is overwritten: counters only rise, known notes are left
 * alone, notes of another seed come in as tokens (`cashu.md` §7 no. 13, §8 no. 7).
 */
import type { RestoreProgress } from '../../domain/backup.ts'
import { RoutstrError } from '../../domain/errors.ts'
import { inBackground } from '../../domain/in-background.ts'
import type { Connections } from '../connections.ts'
import { nextTry } from '../journal.ts'
import { mintQuoteState } from '../lightning/mint-quotes.ts'
import type { MintConnection } from '../mint.ts'
import { reasonOf } from '../mint-answer.ts'
import type { Note } from '../notes.ts'
import { readWords, seedBytes } from '../seed.ts'
import type { WalletStore } from '../store.ts'
import type { Contents, OpenTopUp } from './contents.ts'
import { BATCH, GAP, incomingOf, isOutage, type KeysetFacts, keysetsOf, scanCounters, sortByState, sumByUnit } from './restore.ts'
import type { BackupStore, RestoreMint, RestoreRow, StepChange } from './store.ts'

export interface Restoring {
  /** @throws RoutstrError `wrong_words`, `unsafe_address`, `invalid_request_error` when one is running */
  start(words: string, mints: readonly string[]): Promise<void>
  /** The same with the notes and everything else of a backup file; `resume` sets it going. */
  startFromFile(contents: Contents): Promise<{ readonly job: RestoreRow; readonly adopted: boolean }>
  /** One that gave up on a mint goes on. */
  continue(): Promise<void>
  cancel(): Promise<void>
  progress(): Promise<RestoreProgress | null>
  /** Goes on with what is due; a second caller joins the first. Problems are noted at the mint, never thrown. */
  resume(): Promise<void>
  hasOpen(): Promise<boolean>
}

/** 2 s, 4 s … 5 min apart: about 12 minutes of silence until we stop asking by ourselves. */
const MOST_TRIES = 9
/** No honest mint has more; a mint could keep us busy for ever. Likewise by calling everything signed, and proving nothing. */
const MOST_KEYSETS = 300
const MOST_UNPROVEN = 3_000

export function createRestoring(world: {
  readonly store: BackupStore
  readonly wallet: Pick<WalletStore, 'incomingTokens'>
  readonly connections: Connections
  readonly now: () => number
  readonly randomId: () => string
  /** Throws RoutstrError `unsafe_address`; answers the address as it is used. */
  readonly checkAddress: (url: string) => string
  /** Keeps the worker alive until released. */
  readonly busy: () => () => void
  /** Tokens were stored: redeem them. */
  readonly redeem: () => Promise<void>
  readonly onChange: () => void
}): Restoring {
  const { store, now } = world
  let running: Promise<void> | null = null

  async function begin(from: 'words' | 'file', words: string, mints: readonly string[], contents: Contents | null) {
    const begun = await store.beginRestore({ id: world.randomId(), from, words, mints, startedAt: now(), contents })
    if (begun === null) throw new RoutstrError('invalid_request_error', 'Another restore is not finished yet. Let it end, or cancel it.')
    // the old seed must leave memory before anything derives from it again
    if (begun.adopted) world.connections.forget()
    world.onChange()
    return begun
  }

  async function run(): Promise<void> {
    for (let row = await store.restore(); row?.state === 'running'; row = await store.restore()) {
      const mint = row.mints.find(({ state, nextTryAt }) => (state === 'waiting' || state === 'asking') && nextTryAt <= now())
      if (mint === undefined) {
        if (row.mints.every(({ state }) => state === 'done' || state === 'failed'))
          await store.endRestore(row.id, row.mints.some(({ state }) => state === 'failed') ? 'failed' : 'done', now())
        world.onChange()
        return
      }
      const release = world.busy()
      try {
        await restoreMint(row, mint.url)
      } catch (error) {
        await postpone(row.id, mint.url, error)
      } finally {
        release()
      }
      if (row.foreign) await world.redeem().catch(() => undefined)
    }
  }

  /** Everything of one mint, from where it stands. Ends silently when the job was cancelled or taken by somebody else. */
  async function restoreMint(begun: RestoreRow, url: string): Promise<void> {
    const connection = await world.connections.connect({ mint: world.checkAddress(url), unit: 'sat' })
    await connection.refresh()
    const keysets = keysetsOf(connection.account).slice(0, MOST_KEYSETS)
    const seed = begun.words === null ? await world.connections.seed() : await seedBytes(begun.words)
    let row = await step(begun, url, { mint: { state: 'asking', keysets: keysets.length, problem: null } })
    for (const chunk of row === null ? [] : await store.chunks(begun.id, url)) {
      if (row === null) return
      row = await addGood(row, connection, chunk.notes, { mint: {}, chunkId: chunk.id, topUps: await notGivenOut(connection, chunk.topUps) })
    }
    let failure: unknown = null
    for (const keyset of keysets) {
      if (row === null) return
      if (mintIn(row, url).doneKeysets.includes(keyset.id)) continue
      try {
        row = await restoreKeyset(row, connection, seed, keyset)
      } catch (error) {
        if (isOutage(error)) throw error
        failure = error
        row = await currentOf(begun.id)
      }
    }
    if (failure !== null) throw failure
    if (row !== null) await step(row, url, { mint: { state: 'done', at: null, problem: null } })
  }

  async function restoreKeyset(begun: RestoreRow, connection: MintConnection, seed: Uint8Array, keyset: KeysetFacts): Promise<RestoreRow | null> {
    const url = connection.mint
    const left = mintIn(begun, url).at
    let row = begun
    let next = left?.keysetId === keyset.id ? left.next : 0
    let last = left?.keysetId === keyset.id ? left.last : null
    while (next < (last ?? -1) + 1 + GAP) {
      if (mintIn(row, url).unproven >= MOST_UNPROVEN)
        throw new RoutstrError('mint_misbehaved', 'it says that it has signed thousands of notes, and proves none')
      const scanned = await scanCounters(connection.account, seed, keyset, next)
      next += BATCH
      last = scanned.last ?? last
      const after = await addGood(row, connection, scanned.notes, {
        mint: { at: { keysetId: keyset.id, next, last }, unproven: mintIn(row, url).unproven + scanned.unproven },
        ...(scanned.nextCounter === null || row.foreign ? {} : { counter: { keysetId: keyset.id, next: scanned.nextCounter } }),
      })
      if (after === null) return null
      row = after
    }
    return step(row, url, { mint: { at: null, doneKeysets: [...mintIn(row, url).doneKeysets, keyset.id] } })
  }

  /**
   * Known ones are left out *before* their states are asked for: a note that we spend in between would otherwise be gone from
   * the wallet, called unspent by an older answer, and added again.
   */
  async function addGood(row: RestoreRow, connection: MintConnection, notes: readonly Note[], change: StepChange): Promise<RestoreRow | null> {
    const url = connection.mint
    const known = await store.known(notes.map(({ secret }) => secret))
    const inTokens = row.foreign ? await secretsInTokens(connection) : new Set<string>()
    const unknown = notes.filter(({ secret }) => !known.has(secret) && !inTokens.has(secret))
    const { unspent, pending } = await sortByState(connection, unknown)
    const mint = pending.length === 0 ? change.mint : { ...change.mint, pending: sumByUnit(mintIn(row, url).pending, pending) }
    return step(row, url, {
      ...change,
      mint,
      ...(unspent.length > 0 ? { trustAt: now() } : {}),
      ...(row.foreign
        ? { incoming: await incomingOf(url, unspent, now()) }
        : { notes: unspent.map((note) => ({ ...note, state: 'ready' as const, operationId: null })) }),
    })
  }

  /** Of the others the notes exist already: the seed finds them. */
  async function notGivenOut(connection: MintConnection, topUps: readonly OpenTopUp[]): Promise<OpenTopUp[]> {
    const states = await Promise.all(topUps.map(({ quoteId }) => mintQuoteState(connection, quoteId).catch(goneUnlessOutage)))
    return topUps.filter((_, index) => states[index] === 'UNPAID' || states[index] === 'PAID')
  }

  /** Found before, by this job or another one, and not redeemed yet. */
  async function secretsInTokens(connection: MintConnection): Promise<ReadonlySet<string>> {
    const open = (await world.wallet.incomingTokens(['stored', 'redeeming', 'waiting'])).filter((token) => token.mint === connection.mint)
    const notes = await Promise.all(open.map(({ token }) => connection.decode(token).catch(() => [])))
    return new Set(notes.flat().map(({ secret }) => secret))
  }

  async function step(row: RestoreRow, mint: string, change: StepChange): Promise<RestoreRow | null> {
    const after = await store.step(row, mint, change)
    world.onChange()
    return after
  }

  const currentOf = async (id: string): Promise<RestoreRow | null> => store.restore().then((row) => (row?.id === id && row.state === 'running' ? row : null))

  async function postpone(id: string, url: string, error: unknown): Promise<void> {
    const row = await currentOf(id)
    if (row === null) return
    const { tries } = mintIn(row, url)
    await step(row, url, {
      mint: { state: tries + 1 < MOST_TRIES ? 'waiting' : 'failed', tries: tries + 1, nextTryAt: nextTry(now(), tries), problem: reasonOf(error) },
    })
  }

  function resume(): Promise<void> {
    running ??= run().finally(() => {
      running = null
    })
    return running
  }

  return {
    async start(words, mints) {
      const text = readWords(words)
      const addresses = [...new Set(mints.map((mint) => world.checkAddress(mint)))]
      await begin('words', text, addresses, null)
      inBackground(resume())
    },
    async startFromFile(contents) {
      const held = [
        ...contents.notes.filter(({ state }) => state !== 'sent'),
        ...contents.mints.filter(({ trusted }) => trusted).map(({ url }) => ({ mint: url })),
      ]
      return begin('file', readWords(contents.words), [...new Set(held.map(({ mint }) => mint))], contents)
    },
    async continue() {
      const row = await store.restore()
      if (row === null) return
      await store.continueRestore(row.id)
      inBackground(resume())
    },
    async cancel() {
      const row = await store.restore()
      if (row !== null) await store.cancelRestore(row.id, now())
      world.onChange()
    },
    progress: async () => progressOf(await store.restore()),
    resume,
    hasOpen: async () => (await store.restore())?.state === 'running',
  }
}

/** A mint that answers and does not know a quote owes nothing for it. */
function goneUnlessOutage(error: unknown): 'gone' {
  if (isOutage(error)) throw error
  return 'gone'
}

function mintIn(row: RestoreRow, url: string): RestoreMint {
  const mint = row.mints.find((one) => one.url === url)
  if (mint === undefined) throw new RoutstrError('not_found', 'This mint is not part of the restore.')
  return mint
}

function progressOf(row: RestoreRow | null): RestoreProgress | null {
  if (row === null) return null
  const { state, from, foreign, startedAt, finishedAt, mints } = row
  return {
    state,
    from,
    foreign,
    startedAt,
    finishedAt,
    mints: mints.map(({ doneKeysets, at: _, tries: __, ...mint }) => ({ ...mint, keysetsDone: doneKeysets.length })),
  }
}
