/** What is left of a session goes by the sum over its attempts, however few of them are read for it. */
import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromSat, type Msat, msat, ZERO_MSAT } from '../../../src/domain/msat.ts'
import type { Attempt, Session } from '../../../src/domain/session.ts'
import { siteOrigin } from '../../../src/domain/site.ts'
import { freeMsat } from '../../../src/sessions/balance.ts'
import type { PickPlace, SessionStore } from '../../../src/sessions/store.ts'
import { openStores } from '../../../src/storage/stores.ts'
import { type CountedReads, openCounted } from './counted-reads.ts'
import { openOlder } from './older-database.ts'
import { MINT } from './some-rows.ts'

const ORIGIN = siteOrigin('https://chat.example')
const NOON = new Date(2026, 10, 20, 12).getTime()
const SESSIONS = ['one', 'two']

interface Worker extends CountedReads {
  readonly sessions: SessionStore
}

function openWorker(indexedDB: IDBFactory): Worker {
  const counted = openCounted(indexedDB, 'attempts')
  return { ...counted, sessions: openStores(counted.database).stores.sessions }
}

const openAt = (id: string): Session => ({
  id, state: 'open', providerId: 'p', providerUrl: 'https://node.example', providerName: 'Node', origin: ORIGIN, life: 'site', mint: MINT, token: null, key: 'sk-', operationId: 'o',
  faceMsat: fromSat(100_000), arrivesMsat: fromSat(100_000), creditedMsat: fromSat(100_000), refundedMsat: null, forfeitedMsat: ZERO_MSAT, unexplainedMsat: 0,
  createdAt: NOON, lastUsedAt: NOON, nextTryAt: 0, tries: 0, problem: null, debt: null,
})

const attempt = (id: string, sessionId: string, at: number, changes: Partial<Attempt> = {}): Attempt => ({
  id, requestId: `request ${id}`, sessionId, origin: ORIGIN, state: 'open', requiredMsat: msat(5000), chargedMsat: ZERO_MSAT, at, ...changes,
})

const inSession = (made: Attempt): PickPlace => ({ serves: ({ id }) => id === made.sessionId, pick: () => made })

async function freeBy({ sessions }: Worker, id: string): Promise<Msat> {
  const [found] = await sessions.openSessions((session) => session.id === id)
  return found === undefined ? ZERO_MSAT : freeMsat(found.session, found.attempts)
}

async function freeByAllRows({ database }: Worker, id: string): Promise<Msat> {
  const session = await database.sessions.get(id)
  return session === undefined ? ZERO_MSAT : freeMsat(session, await database.attempts.where('sessionId').equals(id).toArray())
}

it('a session that has served three hundred requests reads a few of them for the next one, and for its end', async () => {
  const worker = openWorker(new IDBFactory())
  const { database, sessions, rowsRead } = worker
  await database.sessions.add(openAt('one'))
  await database.attempts.bulkAdd(Array.from({ length: 300 }, (_, n) => attempt(`a${n}`, 'one', NOON + n * 1000, { state: 'settled', chargedMsat: msat(100) })))
  expect(await freeBy(worker, 'one')).toBe(100_000_000 - 30_000)
  rowsRead()
  for (let n = 0; n < 20; n++) {
    expect(await sessions.takePlace(inSession(attempt(`new ${n}`, 'one', NOON + 300_000 + n)))).not.toBeNull()
    await sessions.endAttempt(`new ${n}`, msat(70), NOON + 300_000 + n)
  }
  expect(rowsRead()).toBeLessThan(80)
  expect(await freeBy(worker, 'one')).toBe(100_000_000 - 30_000 - 1400)
})

it('what was charged is never more than what is there, whether it was added up or not', async () => {
  const worker = openWorker(new IDBFactory())
  await worker.database.sessions.add(openAt('one'))
  await worker.database.attempts.bulkAdd([99_000_000, 400_000].map((charged, n) => attempt(`a${n}`, 'one', NOON + n, { state: 'settled', chargedMsat: msat(charged) })))
  await freeBy(worker, 'one')
  await worker.sessions.takePlace(inSession(attempt('last', 'one', NOON + 5)))
  await worker.sessions.endAttempt('last', msat(5_000_000), NOON + 6)
  expect(await worker.database.attempts.get('last')).toMatchObject({ state: 'settled', chargedMsat: 600_000 })
})

it('a session of one request has served, also when that one was added up', async () => {
  const worker = openWorker(new IDBFactory())
  await worker.database.sessions.add({ ...openAt('one'), life: 'request' })
  await worker.database.attempts.bulkAdd([0, 1].map((n) => attempt(`a${n}`, 'one', NOON + n * 200_000, { state: 'settled' })))
  for (const _ of [1, 2, 3]) expect(await freeBy(worker, 'one')).toBe(0)
})

it('attempts of an older database count', async () => {
  const indexedDB = new IDBFactory()
  const seventh = await openOlder(indexedDB, 7, { attempts: 'id, requestId, sessionId, state' })
  await seventh.table('sessions').add(openAt('one'))
  await seventh.table('attempts').bulkAdd([attempt('over', 'one', NOON, { state: 'settled', chargedMsat: msat(700) }), attempt('running', 'one', NOON + 1)])
  seventh.close()
  expect(await freeBy(openWorker(indexedDB), 'one')).toBe(100_000_000 - 700 - 5000)
})

type Step =
  | { readonly do: 'take' | 'end' | 'lose' | 'settle'; readonly session: number; readonly which: number; readonly amount: number; readonly mine: boolean }
  | { readonly do: 'clock'; readonly ms: number }
  | { readonly do: 'forgive'; readonly session: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('take' as const, 'take' as const, 'end' as const, 'end' as const, 'lose' as const, 'settle' as const), session: fc.nat(1), which: fc.nat(4), amount: fc.nat(9000), mine: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clock' as const), ms: fc.constantFrom(0, 1, 900, 20_000, 61_000, 600_000, -500, -3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forgive' as const), session: fc.nat(1) }) },
)

it('is what follows from all rows after every step, with two workers on one database and a clock that is put back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const disk = new IDBFactory()
      const [mine, theirs] = [openWorker(disk), openWorker(disk)]
      await mine.database.sessions.bulkAdd(SESSIONS.map(openAt))
      let now = NOON
      let latest = NOON
      const taken: Attempt[] = []
      for (const each of steps) {
        latest = Math.max(latest, now)
        if (each.do === 'clock') now += each.ms
        else if (each.do === 'forgive') {
          const all = await mine.sessions.attemptsOf(SESSIONS[each.session] ?? '')
          await mine.sessions.saveAttempts(all.map((row): Attempt => ({ ...row, state: 'settled', chargedMsat: ZERO_MSAT })))
        } else {
          // what another worker writes after the clock was put back is found by nobody but itself: not as long as two of them live
          const { sessions, database } = each.mine || now < latest ? mine : theirs
          const last = taken.at(-1 - each.which)
          if (each.do === 'take') {
            const made = attempt(`a${taken.length}`, SESSIONS[each.session] ?? '', now)
            if ((await sessions.takePlace(inSession(made))) !== null) taken.push(made)
          } else if (last !== undefined && each.do === 'settle') {
            const row = await database.attempts.get(last.id)
            if (row?.state === 'ended') await sessions.saveAttempts([{ ...row, state: 'settled', chargedMsat: msat(each.amount) }])
          } else if (last !== undefined) await sessions.endAttempt(last.id, each.do === 'lose' ? null : msat(each.amount), now)
        }
        for (const id of SESSIONS) expect(await freeBy(mine, id)).toBe(await freeByAllRows(mine, id))
      }
      mine.database.close()
      theirs.database.close()
    }),
    { numRuns: 60 },
  )
})
