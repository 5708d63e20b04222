/** How far a provider is trusted with money, on the real database. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { withRight, type Mismatch } from '../../src/domain/standing.ts'
import { createStandings, type Standings, type StandingStore } from '../../src/sessions/standing.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'

let database: RoutstrDatabase
let standings: Standings
let now: number
let changeStanding: StandingStore['changeStanding']
beforeEach(() => {
  now = Date.now()
  database = new RoutstrDatabase('routstr', { indexedDB: new IDBFactory(), IDBKeyRange })
  const { stores } = openStores(database)
  changeStanding = stores.standings.changeStanding
  standings = createStandings({ store: stores.standings, sessions: stores.sessions, firstDepositSat: () => 50, now: () => now })
})
afterEach(() => database.close())

const mismatch = (proofId: string, kind: Mismatch['kind'] = 'charge'): Mismatch => ({ kind, proofId, amountMsat: fromSat(7), at: now })

it('small first: 50 sat, four times as much after each settle that came back right, then no bound of this kind', async () => {
  const bounds = []
  for (let settle = 0; settle <= 4; settle++) {
    bounds.push(await standings.mostMsat('p'))
    await changeStanding('p', withRight)
  }
  expect(bounds).toEqual([fromSat(50), fromSat(200), fromSat(800), fromSat(3200), null])
  expect(await standings.mostMsat('another')).toBe(fromSat(50))
})

it('the second mismatch stops funding; the same one told twice is one', async () => {
  await standings.noteMismatch('p', mismatch('r1'))
  await standings.noteMismatch('p', mismatch('r1'))
  expect(await standings.mayFund('p')).toEqual({ ok: true })
  await standings.noteMismatch('p', mismatch('r1', 'usage'))
  expect(await standings.mayFund('p')).toMatchObject({ ok: false })
  expect(await standings.mayFund('another')).toEqual({ ok: true })
})

it('none is forgotten when many are noted at once', async () => {
  await Promise.all(Array.from({ length: 10 }, (_, n) => standings.noteMismatch('p', mismatch(`r${n}`))))
  expect((await standings.of('p')).mismatches).toHaveLength(10)
})

it('forgiven by the user it may be funded again, small; the next two lies stop it again', async () => {
  for (let settle = 0; settle < 4; settle++) await changeStanding('p', withRight)
  for (const proof of ['r1', 'r2']) await standings.noteMismatch('p', mismatch(proof))
  expect(await standings.mayFund('p')).toMatchObject({ ok: false, why: expect.stringContaining('2 times') })
  await standings.forgive('p')
  expect(await standings.mayFund('p')).toEqual({ ok: true })
  expect(await standings.mostMsat('p')).toBe(fromSat(50))
  // trust still knows
  expect((await standings.of('p')).mismatches).toHaveLength(2)
  now += 1_000
  for (const proof of ['r3', 'r4']) await standings.noteMismatch('p', mismatch(proof))
  expect(await standings.mayFund('p')).toMatchObject({ ok: false })
})

it('one mismatch sets it back to a first deposit, which it earns anew', async () => {
  for (let settle = 0; settle < 4; settle++) await changeStanding('p', withRight)
  await standings.noteAgreed('p', fromSat(900))
  await standings.noteMismatch('p', mismatch('r1'))
  expect(await standings.mostMsat('p')).toBe(fromSat(50))
  await changeStanding('p', withRight)
  expect(await standings.mostMsat('p')).toBe(fromSat(200))
})

it('after a month it may begin again', async () => {
  for (const proof of ['r1', 'r2']) await standings.noteMismatch('p', mismatch(proof))
  now += 29 * 86_400_000
  expect(await standings.mayFund('p')).toMatchObject({ ok: false })
  now += 2 * 86_400_000
  expect(await standings.mayFund('p')).toEqual({ ok: true })
  expect(await standings.mostMsat('p')).toBe(fromSat(50))
})
