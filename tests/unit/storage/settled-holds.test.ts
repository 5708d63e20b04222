/** The limit of a site goes by the sum over its holds, however few of them are read for it. */
import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GrantPeriod, Hold } from '../../../src/domain/grant.ts'
import { fromSat, type Msat, msat, ZERO_MSAT } from '../../../src/domain/msat.ts'
import { siteOrigin } from '../../../src/domain/site.ts'
import { budgetOf, periodStart } from '../../../src/permissions/budget.ts'
import type { PermissionStore } from '../../../src/permissions/store.ts'
import { createPermissionStore } from '../../../src/storage/permission-store.ts'
import { type CountedReads, openCounted } from './counted-reads.ts'

const ORIGIN = siteOrigin('https://chat.example')
const NOON = new Date(2026, 10, 20, 12).getTime()
const MINUTE = 60_000

interface Worker extends CountedReads {
  readonly permissions: PermissionStore
}

function openWorker(indexedDB: IDBFactory): Worker {
  const counted = openCounted(indexedDB, 'holds')
  return { ...counted, permissions: createPermissionStore(counted.database) }
}

const allow = (permissions: PermissionStore, period: GrantPeriod, limitMsat: Msat = fromSat(1_000_000)) =>
  permissions.putGrant({ id: 'g', origin: ORIGIN, period, limitMsat, maxPerRequestMsat: limitMsat, requestId: null, createdAt: NOON, expiresAt: NOON + 1e10, revokedAt: null })

const charged = (requestId: string, at: number, chargedMsat = 1000): Hold => ({
  requestId, origin: ORIGIN, grantId: 'g', once: false, amountMsat: msat(5000), chargedMsat: msat(chargedMsat), state: 'charged', at,
})

describe('a month with three thousand requests', () => {
  const HOLDS = Array.from({ length: 3000 }, (_, n) => charged(`r${n}`, NOON - n * MINUTE))

  it('is read once; the next requests read what is new', async () => {
    const { database, permissions, rowsRead } = openWorker(new IDBFactory())
    await database.holds.bulkAdd(HOLDS)
    await allow(permissions, 'month')
    const spent = async (now: number) => (await permissions.budget(ORIGIN, now))?.spentMsat
    expect(await spent(NOON + 1)).toBe(3_000_000)
    rowsRead()
    for (let n = 1; n <= 20; n++) {
      const now = NOON + n * MINUTE
      const held = await permissions.takeHold({ requestId: `new ${n}`, origin: ORIGIN, amountMsat: msat(5000), now })
      expect(held).toMatchObject({ kind: 'allowed', remainingMsat: 1_000_000_000 - 3_000_000 - (n - 1) * 700 - 5000 })
      await permissions.chargeHold(`new ${n}`, msat(700))
    }
    expect(await spent(NOON + 21 * MINUTE)).toBe(3_000_000 + 20 * 700)
    // the first request learns what today is; each of the others finds the one or two of the last minute
    expect(rowsRead()).toBeLessThan(900)
    await permissions.takeHold({ requestId: 'last', origin: ORIGIN, amountMsat: msat(5000), now: NOON + 40 * MINUTE })
    rowsRead()
    await permissions.takeHold({ requestId: 'very last', origin: ORIGIN, amountMsat: msat(5000), now: NOON + 40 * MINUTE })
    expect(rowsRead()).toBeLessThan(5)
  })

  it('another day, another sum', async () => {
    const { database, permissions } = openWorker(new IDBFactory())
    await database.holds.bulkAdd(HOLDS)
    await allow(permissions, 'day')
    expect((await permissions.budget(ORIGIN, NOON + 1))?.spentMsat).toBe(721_000)
    expect((await permissions.budget(ORIGIN, NOON + 24 * 3_600_000))?.spentMsat).toBe(0)
    expect((await permissions.budget(ORIGIN, NOON + 1))?.spentMsat).toBe(721_000)
  })
})

it('a busy minute: of a hundred requests each reads what is new, also beside another worker', async () => {
  const disk = new IDBFactory()
  const [mine, theirs] = [openWorker(disk), openWorker(disk)]
  await allow(mine.permissions, 'day')
  const request = async ({ permissions }: Worker, n: number) => {
    await permissions.takeHold({ requestId: `r${n}`, origin: ORIGIN, amountMsat: msat(5000), now: NOON + n * 100 })
    await permissions.chargeHold(`r${n}`, msat(100))
  }
  for (let n = 0; n < 100; n++) await request(mine, n)
  mine.rowsRead()
  await request(mine, 100)
  expect(mine.rowsRead()).toBeLessThan(4)
  // earlier than what was added up, as one that looked at the clock and then waited for the disk
  await theirs.database.holds.add(charged('theirs', NOON + 9_000, 30_000))
  expect((await mine.permissions.budget(ORIGIN, NOON + 10_100))?.spentMsat).toBe(10_100 + 30_000)
  await theirs.database.holds.delete('theirs')
  expect((await mine.permissions.budget(ORIGIN, NOON + 10_100))?.spentMsat).toBe(10_100)
})

it('a request that is still running after ten minutes counts what it holds, and then what it cost', async () => {
  const { permissions } = openWorker(new IDBFactory())
  await allow(permissions, 'day', fromSat(11))
  const hold = (requestId: string, now: number) => permissions.takeHold({ requestId, origin: ORIGIN, amountMsat: msat(5000), now })
  await hold('long', NOON)
  for (let n = 1; n <= 10; n++) {
    await hold(`short ${n}`, NOON + n * MINUTE)
    await permissions.chargeHold(`short ${n}`, msat(100))
  }
  expect(await permissions.budget(ORIGIN, NOON + 11 * MINUTE)).toMatchObject({ spentMsat: 1000, heldMsat: 5000 })
  await permissions.chargeHold('long', msat(4000))
  expect(await permissions.budget(ORIGIN, NOON + 12 * MINUTE)).toMatchObject({ spentMsat: 5000, heldMsat: 0 })
  expect((await hold('too much', NOON + 12 * MINUTE)).kind).toBe('allowed')
  expect((await hold('far too much', NOON + 12 * MINUTE)).kind).toBe('refused')
})

it('whatever was written into the past meanwhile is counted by whoever waited for it', async () => {
  const { database, permissions } = openWorker(new IDBFactory())
  await allow(permissions, 'month')
  await database.holds.bulkAdd([charged('a', NOON - 10 * MINUTE), charged('b', NOON - 5 * MINUTE)])
  const spent = async () => (await permissions.budget(ORIGIN, NOON))?.spentMsat
  expect(await spent()).toBe(2000)
  const [, between] = await Promise.all([database.holds.put(charged('kept', NOON - 7 * MINUTE, 30_000)), spent()])
  expect([2000, 32_000]).toContain(between)
  expect(await spent()).toBe(32_000)
  const [, , after] = await Promise.all([database.holds.delete('kept'), database.holds.add(charged('restored', NOON - 9 * MINUTE, 500)), spent()])
  expect([2000, 2500, 32_500]).toContain(after)
  expect(await spent()).toBe(2500)
})

it('whoever asks before it is written, and is answered afterwards, counts it', async () => {
  const { database, permissions } = openWorker(new IDBFactory())
  await allow(permissions, 'day')
  await database.holds.bulkAdd([charged('a', NOON - 10 * MINUTE), charged('b', NOON - 5 * MINUTE)])
  expect((await permissions.budget(ORIGIN, NOON))?.spentMsat).toBe(2000)
  const hold = () => permissions.takeHold({ requestId: 'r', origin: ORIGIN, amountMsat: msat(5000), now: NOON })
  const [, held] = await Promise.all([database.holds.put(charged('kept', NOON - 7 * MINUTE, 30_000)), hold()])
  expect(held).toMatchObject({ kind: 'allowed', remainingMsat: 1_000_000_000 - 32_000 - 5000 })
})

type Step =
  | { readonly do: 'take' | 'end' | 'again'; readonly which: number; readonly amount: number; readonly mine: boolean }
  | { readonly do: 'clock'; readonly ms: number }
  | { readonly do: 'kept'; readonly which: number; readonly amount: number }
  | { readonly do: 'take back'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('take' as const, 'end' as const, 'end' as const, 'again' as const), which: fc.nat(5), amount: fc.nat(9000), mine: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clock' as const), ms: fc.constantFrom(0, 900, 20_000, 61_000, 600_000, 30 * 3_600_000, -500, -3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kept' as const), which: fc.nat(2), amount: fc.nat(9000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take back' as const), which: fc.nat(2) }) },
)

it('is the sum over all rows after every step, with two workers on one database and a clock that is put back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom<GrantPeriod>('day', 'week', 'month'), fc.array(step, { minLength: 5, maxLength: 60 }), async (period, steps) => {
      const disk = new IDBFactory()
      const [mine, theirs] = [openWorker(disk), openWorker(disk)]
      await allow(mine.permissions, period)
      let now = NOON
      let latest = NOON
      let taken = 0
      for (const each of steps) {
        latest = Math.max(latest, now)
        if (each.do === 'clock') now += each.ms
        else if (each.do === 'kept') {
          const at = (await mine.database.holds.get(`session ${each.which}`))?.at ?? now - each.which * 20 * MINUTE
          await mine.database.holds.put(charged(`session ${each.which}`, at, each.amount))
        }
        else if (each.do === 'take back') await mine.database.holds.delete(`session ${each.which}`)
        else {
          // what another worker writes after the clock was put back is found by nobody but itself: not as long as two of them live
          const { permissions } = each.mine || now < latest ? mine : theirs
          const requestId = `r${each.do === 'take' ? taken++ : Math.max(0, taken - 1 - each.which)}`
          if (each.do !== 'end') await permissions.takeHold({ requestId, origin: ORIGIN, amountMsat: msat(each.amount), now })
          else if (each.amount % 4 === 0) await permissions.releaseHold(requestId)
          else await permissions.chargeHold(requestId, msat(each.amount))
        }
        const grant = (await mine.permissions.budget(ORIGIN, now))?.grant
        if (grant === undefined) throw new Error('there is no grant')
        const rows = await mine.database.holds.where('origin').equals(ORIGIN).toArray()
        const real = budgetOf(grant, rows, now)
        expect(await mine.permissions.budget(ORIGIN, now)).toEqual(real)
        expect(real.spentMsat >= ZERO_MSAT && periodStart(period, now) <= now).toBe(true)
      }
      mine.database.close()
      theirs.database.close()
    }),
    { numRuns: 60 },
  )
})
