/** The rows a backup file is made of, and how those of a file join the rows that are there. */
import { worthMsat } from '../domain/units.ts'
import type { Contents, OpenTopUp } from '../wallet/backup/contents.ts'
import { isSwap } from '../wallet/journal.ts'
import type { TopUpRow } from '../wallet/lightning/rows.ts'
import type { RoutstrDatabase } from './database.ts'
import { noteId, noteRow } from './note-row.ts'

/** No period of a limit is longer. */
const LONGEST_PERIOD_MS = 40 * 24 * 3_600_000

/** In one transaction, so that no note is in two states. Settings and words are the caller's. */
export function readContents(db: RoutstrDatabase): Promise<Contents> {
  return db.transaction('r', db.tables, async () => {
    const operations = await db.operations.toArray()
    const all = await db.sessions.where('state').anyOf('prepared', 'open', 'settling', 'refunded', 'lost').toArray()
    // what pays an invoice that is not paid yet are notes; they are in the file
    const unpaid = new Set((await db.withdrawals.filter(({ sessionId, state }) => sessionId !== undefined && state !== 'paid').toArray()).map(({ sessionId }) => sessionId))
    const unfinished = all.filter(({ id }) => !unpaid.has(id))
    const sessionIds = new Set(unfinished.map(({ id }) => id))
    const funding = new Set(unfinished.map(({ operationId }) => operationId))
    const unchecked = (await db.restores.toArray()).flatMap((row) => (row.kind === 'chunk' ? [row] : []))
    const now = Date.now()
    return {
      madeAt: now,
      words: String((await db.values.get('seed'))?.value ?? ''),
      seedConfirmedAt: null,
      mints: (await db.mints.toArray()).map(({ url, name, addedAt, trusted }) => ({ url, name, addedAt, trusted })),
      counters: await db.counters.toArray(),
      notes: [...(await db.purse.toArray()).map(({ id: _, ...note }) => note), ...unchecked.flatMap((chunk) => chunk.notes)],
      topUps: [...(await db.topUps.where('state').anyOf('waiting', 'paid', 'minting').toArray()).map(openTopUp), ...unchecked.flatMap((chunk) => chunk.topUps)],
      sends: operations
        .filter((operation) => !isSwap(operation))
        .filter((send) => funding.has(send.id) || (send.purpose === 'user' && send.state === 'sent'))
        .map((send) => ({ ...send, secrets: [...send.secrets] })),
      incoming: (await db.incoming.toArray()).filter(({ state, sessionId }) => state !== 'redeemed' || (sessionId !== null && sessionIds.has(sessionId))),
      sessions: unfinished.flatMap((session) => (session.state === 'closed' || session.state === 'cancelled' ? [] : [{ ...session, state: session.state }])),
      attempts: await db.attempts
        .where('sessionId')
        .anyOf([...sessionIds])
        .toArray(),
      grants: (await db.grants.toArray()).flatMap((grant) =>
        grant.period === 'once' || grant.revokedAt !== null ? [] : [{ ...grant, period: grant.period, requestId: null }],
      ),
      holds: (await db.holds.toArray()).flatMap((hold) =>
        hold.state === 'charged' && hold.at > now - LONGEST_PERIOD_MS ? [{ ...hold, state: hold.state }] : [],
      ),
      sites: await db.sites.toArray(),
      settings: {},
    }
  })
}

/**
 * What is unknown is added, what is known stays as it is. Notes are not among it: their mints are asked first.
 * @param foreign the file is of another wallet: its counters mean nothing here, and what it trusts and allows was never said of this one
 * @returns worth of what was added beside incoming tokens, msat: it counts as received
 */
export async function addContents(db: RoutstrDatabase, contents: Contents, foreign: boolean): Promise<number> {
  if (!foreign) {
    for (const { keysetId, next } of contents.counters) {
      const here = (await db.counters.get(keysetId))?.next ?? 0
      if (next > here) await db.counters.put({ keysetId, next })
    }
  }
  for (const mint of contents.mints) {
    const here = await db.mints.get(mint.url)
    if (here === undefined) await db.mints.add({ ...mint, trusted: mint.trusted && !foreign, cache: null })
    else if (mint.trusted && !here.trusted && !foreign) await db.mints.put({ ...here, trusted: true, addedAt: here.addedAt || mint.addedAt })
  }
  return (
    (await addSends(db, contents)) + (await addSessions(db, contents)) + (await addIncoming(db, contents, foreign)) + (await addSites(db, contents, foreign))
  )
}

function openTopUp({ id, mint, amountSat, invoice, payer, createdAt, expiresAt, quoteId, lockIndex }: TopUpRow): OpenTopUp {
  return { id, mint, amountSat, invoice, payer, createdAt, expiresAt, quoteId, lockIndex }
}

/** Asked for from now on like one that was made here. */
export function topUpRow(open: OpenTopUp): TopUpRow {
  return { ...open, state: 'waiting', withdrawalId: null, finishedAt: null, problem: null, request: null, replaced: [], hidden: false }
}

/** Tokens that were handed out and not claimed: they can be taken back here as well. */
async function addSends(db: RoutstrDatabase, { sends, notes }: Contents): Promise<number> {
  let addedMsat = 0
  const sent = Map.groupBy(
    notes.filter(({ state }) => state === 'sent'),
    ({ operationId }) => operationId,
  )
  for (const send of sends) {
    const rows = (sent.get(send.id) ?? []).map(noteRow)
    const here = await db.purse.bulkGet(send.secrets.map(noteId))
    if ((await db.operations.get(send.id)) !== undefined || here.some((row) => row !== undefined)) continue
    await db.operations.add(send)
    await db.purse.bulkAdd(rows)
    if (send.purpose === 'user' && send.state === 'sent') addedMsat += worthMsat(send.amount, send.unit)
  }
  return addedMsat
}

/** Money at providers: the usual tick settles it home. Whatever ran there belongs to the other browser. */
async function addSessions(db: RoutstrDatabase, { sessions, attempts }: Contents): Promise<number> {
  let addedMsat = 0
  for (const session of sessions) {
    // without its funding nobody could say what became of it
    const isFunded = session.invoice !== undefined || (await db.operations.get(session.operationId)) !== undefined
    if (!isFunded || (await db.sessions.get(session.id)) !== undefined) continue
    await db.sessions.add({ ...session, nextTryAt: 0 })
    const tried = attempts.filter(({ sessionId }) => sessionId === session.id)
    await db.attempts.bulkPut(tried.map((attempt) => (attempt.state === 'open' ? { ...attempt, state: 'ended' as const } : attempt)))
    addedMsat += session.faceMsat
  }
  return addedMsat
}

/** Their own amounts count in the books, but for refunds: those belong to a session. */
async function addIncoming(db: RoutstrDatabase, { incoming }: Contents, foreign: boolean): Promise<number> {
  for (const token of incoming) {
    if ((await db.incoming.get(token.id)) !== undefined) continue
    const session = token.sessionId === null ? undefined : await db.sessions.get(token.sessionId)
    const from = token.from === 'refund' && session === undefined ? 'user' : token.from
    // the problem makes the redeeming ask for the state of every note first: the other browser may have been faster
    const isOpen = token.state === 'redeeming' || token.state === 'stored'
    const isTrusted = !foreign || (await db.mints.get(token.mint))?.trusted === true
    const fresh = isOpen ? { state: isTrusted ? ('stored' as const) : ('waiting' as const), problem: 'from a backup file' } : {}
    await db.incoming.add({ ...token, ...fresh, from, operationId: null })
  }
  return 0
}

async function addSites(db: RoutstrDatabase, { sites, grants, holds }: Contents, foreign: boolean): Promise<number> {
  for (const site of sites) {
    const here = await db.sites.get(site.origin)
    await db.sites.put({ ...site, ...here, blocked: site.blocked || here?.blocked === true })
  }
  if (foreign) return 0
  for (const grant of grants) {
    const standing = (await db.grants.where('origin').equals(grant.origin).toArray()).some(({ period, revokedAt }) => period !== 'once' && revokedAt === null)
    if (!standing) await db.grants.put(grant)
  }
  for (const hold of holds) if ((await db.holds.get(hold.requestId)) === undefined) await db.holds.add(hold)
  return 0
}
