/** The memory of restores, and what a backup file is made of. */
import * as v from 'valibot'
import { worthMsat } from '../domain/units.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import { sumByUnit } from '../wallet/backup/restore.ts'
import type { Contents } from '../wallet/backup/contents.ts'
import type { BackupFacts, BackupStore, ChunkRow, RestoreMint, RestoreRow, RestoreWish } from '../wallet/backup/store.ts'
import { isSwap } from '../wallet/journal.ts'
import type { TopUpRow, WithdrawalRow } from '../wallet/lightning/rows.ts'
import { addContents, readContents, topUpRow } from './backup-contents.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId, noteRow } from './note-row.ts'

const NO_FACTS: BackupFacts = { seedConfirmedAt: null, fileAt: null, mintList: { on: false, publishedAt: null, published: null, problem: null } }
const factsSchema = v.object({
  seedConfirmedAt: v.nullable(v.number()),
  fileAt: v.nullable(v.number()),
  mintList: v.object({ on: v.boolean(), publishedAt: v.nullable(v.number()), published: v.nullable(v.string()), problem: v.nullable(v.string()) }),
})

/** Notes of a file per row: one batch of questions to the mint. */
const CHUNK = 100

export function createBackupStore(db: RoutstrDatabase): BackupStore {
  const topUps = db.table<TopUpRow, string>('topUps')
  const withdrawals = db.table<WithdrawalRow, string>('withdrawals')
  const moneyTables = [db.restores, db.counters, db.mints, db.purse, db.operations, db.incoming, topUps, withdrawals]

  async function facts(): Promise<BackupFacts> {
    const saved = v.safeParse(factsSchema, (await db.values.get('backup'))?.value)
    return saved.success ? saved.output : NO_FACTS
  }
  const saveFacts = (changes: Partial<BackupFacts>): Promise<void> =>
    db.transaction('rw', db.values, async () => void (await db.values.put({ key: 'backup', value: { ...(await facts()), ...changes } })))

  async function newest(): Promise<RestoreRow | null> {
    const jobs = (await db.restores.toArray()).filter(isJob)
    return jobs.sort((a, b) => b.startedAt - a.startedAt)[0] ?? null
  }

  /** What derives from a seed: as long as there is nothing of it, the seed may be replaced. */
  async function isSeedUnused(): Promise<boolean> {
    for (const table of [db.counters, db.purse, db.operations, topUps, withdrawals]) if ((await table.count()) > 0) return false
    // they may be locked to a key of this seed (NUT-11)
    return (await db.incoming.where('state').anyOf('stored', 'redeeming', 'waiting').count()) === 0
  }

  /** A note is ours already, or an operation that is not finished will say what becomes of it. */
  async function known(secrets: readonly string[]): Promise<Set<string>> {
    if (secrets.length === 0) return new Set()
    const rows = await db.purse.bulkGet(secrets.map(noteId))
    const inWork = new Set<string>()
    for (const { swap } of (await db.operations.where('state').equals('requested').toArray()).filter(isSwap)) note(swap.inputs, swap.outputs)
    for (const { request, replaced } of await topUps.where('state').anyOf('paid', 'minting').toArray())
      for (const one of [...replaced, ...(request === null ? [] : [request])]) note([], one.outputs)
    for (const { melt } of await withdrawals.where('state').anyOf('requested', 'pending').toArray()) if (melt !== null) note(melt.inputs, melt.blanks)
    return new Set(secrets.filter((secret, index) => rows[index] !== undefined || inWork.has(secret)))

    function note(inputs: readonly { readonly secret: string }[], outputs: readonly { readonly secret: string }[]): void {
      for (const { secret } of inputs) inWork.add(secret)
      for (const { secret } of outputs) inWork.add(textOfHex(secret))
    }
  }

  return {
    facts,
    saveFacts,

    beginRestore: (wish) =>
      db.transaction('rw', db.tables, async () => {
        const before = await newest()
        if (before?.state === 'running') return null
        if (before?.state === 'failed') await forgetSecrets(before, before.finishedAt ?? wish.startedAt, 'cancelled')
        const seed = (await db.values.get('seed'))?.value
        const adopted = seed !== wish.words && (await isSeedUnused())
        const foreign = seed !== wish.words && !adopted
        if (adopted) {
          await db.values.put({ key: 'seed', value: wish.words })
          // what was published is readable with the old words only
          await saveFacts({ mintList: { ...(await facts()).mintList, published: null } })
        }
        // whoever typed the words has them
        if (!foreign && wish.from === 'words') await saveFacts({ seedConfirmedAt: wish.startedAt })
        if (adopted && wish.contents !== null) await saveFacts({ seedConfirmedAt: wish.contents.seedConfirmedAt })
        const addedMsat = wish.contents === null ? 0 : await addContents(db, wish.contents, foreign)
        const job = newJob(wish, foreign, addedMsat)
        await db.restores.add(job)
        if (wish.contents !== null) await db.restores.bulkAdd(chunksOf(wish.id, wish.contents, foreign))
        return { job, adopted }
      }),
    restore: newest,
    chunks: async (jobId, mint) => (await db.restores.where('jobId').equals(jobId).toArray()).filter(isChunk).filter((chunk) => chunk.mint === mint),
    known: (secrets) => db.transaction('r', moneyTables, () => known(secrets)),

    step: (seen, url, change) =>
      db.transaction('rw', moneyTables, async () => {
        const row = await db.restores.get(seen.id)
        if (row?.kind !== 'job' || row.state !== 'running' || row.step !== seen.step) return null
        const { counter, notes = [], incoming = [], topUps: topUpsOpen = [], chunkId, trustAt } = change
        if (counter !== undefined) {
          const next = (await db.counters.get(counter.keysetId))?.next ?? 0
          if (counter.next > next) await db.counters.put(counter)
        }
        if (trustAt !== undefined) {
          const mint = await db.mints.get(url)
          if (mint?.trusted === false) await db.mints.put({ ...mint, trusted: true, addedAt: mint.addedAt || trustAt })
        }
        const taken = await known(notes.map(({ secret }) => secret))
        const added = notes.filter(({ secret }) => !taken.has(secret))
        await db.purse.bulkAdd(added.map(noteRow))
        const stored: IncomingToken[] = []
        for (const token of incoming) {
          if ((await db.incoming.get(token.id)) !== undefined) continue
          await db.incoming.add(token)
          stored.push(token)
        }
        for (const open of topUpsOpen) if ((await topUps.get(open.id)) === undefined) await topUps.add(topUpRow(open))
        if (chunkId !== undefined) await db.restores.delete(chunkId)
        const after: RestoreRow = {
          ...row,
          step: row.step + 1,
          addedMsat: row.addedMsat + added.reduce((sum, { amount, unit }) => sum + worthMsat(amount, unit), 0),
          mints: row.mints.map((mint) => (mint.url === url ? { ...mint, ...change.mint, found: sumByUnit(mint.found, added, stored) } : mint)),
        }
        await db.restores.put(after)
        return after
      }),

    endRestore: (jobId, state, at) =>
      db.transaction('rw', db.restores, async () => {
        const row = await db.restores.get(jobId)
        if (row?.kind !== 'job' || row.state !== 'running') return
        if (state === 'done') await forgetSecrets(row, at, 'done')
        else await db.restores.put({ ...row, state, finishedAt: at })
      }),
    continueRestore: (jobId) =>
      db.transaction('rw', db.restores, async () => {
        const row = await db.restores.get(jobId)
        if (row?.kind !== 'job' || (row.state !== 'failed' && row.state !== 'running')) return
        const mints = row.mints.map((mint): RestoreMint => (mint.state === 'done' ? mint : { ...mint, state: 'waiting', tries: 0, nextTryAt: 0 }))
        await db.restores.put({ ...row, state: 'running', finishedAt: null, step: row.step + 1, mints })
      }),
    cancelRestore: (jobId, at) =>
      db.transaction('rw', db.restores, async () => {
        const row = await db.restores.get(jobId)
        if (row?.kind === 'job' && (row.state === 'running' || row.state === 'failed')) await forgetSecrets(row, at, 'cancelled')
      }),

    contents: async () => ({ ...(await readContents(db)), seedConfirmedAt: (await facts()).seedConfirmedAt }),
  }

  /** The row stays as part of the books. */
  async function forgetSecrets(row: RestoreRow, at: number, state: 'done' | 'cancelled'): Promise<void> {
    await db.restores.put({ ...row, state, finishedAt: at, words: null, step: row.step + 1 })
    const left = (await db.restores.where('jobId').equals(row.id).toArray()).filter(isChunk)
    await db.restores.bulkDelete(left.map(({ id }) => id))
  }
}

function newJob({ id, from, words, mints, startedAt }: RestoreWish, foreign: boolean, addedMsat: number): RestoreRow {
  return {
    kind: 'job',
    id,
    jobId: id,
    state: 'running',
    from,
    foreign,
    words: foreign ? words : null,
    startedAt,
    finishedAt: null,
    mints: mints.map((url) => ({
      url,
      state: 'waiting',
      keysets: 0,
      doneKeysets: [],
      at: null,
      found: [],
      pending: [],
      unproven: 0,
      problem: null,
      tries: 0,
      nextTryAt: 0,
    })),
    addedMsat,
    step: 0,
  }
}

/**
 * Notes that were handed to somebody lie with their token; of all others, and of top-ups, the mint says what they are worth.
 * Those locked to a key of another seed nobody here can redeem.
 */
function chunksOf(jobId: string, { notes, topUps }: Contents, foreign: boolean): ChunkRow[] {
  const own = notes.filter(({ state }) => state !== 'sent')
  const open = topUps.filter(({ lockIndex }) => !foreign || lockIndex === null)
  const mints = [...new Set([...own, ...open].map(({ mint }) => mint))]
  return mints.flatMap((mint, place) => {
    const here = own.filter((note) => note.mint === mint)
    const openHere = open.filter((topUp) => topUp.mint === mint)
    return Array.from({ length: Math.max(1, Math.ceil(here.length / CHUNK)) }, (_, index) => ({
      kind: 'chunk' as const,
      id: `${jobId}/${place}/${index}`,
      jobId,
      mint,
      notes: here.slice(index * CHUNK, (index + 1) * CHUNK),
      topUps: index === 0 ? openHere : [],
    }))
  })
}

function isJob(row: RestoreRow | ChunkRow): row is RestoreRow {
  return row.kind === 'job'
}

function isChunk(row: RestoreRow | ChunkRow): row is ChunkRow {
  return row.kind === 'chunk'
}

function textOfHex(hex: string): string {
  const bytes = hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []
  return new TextDecoder().decode(new Uint8Array(bytes))
}
