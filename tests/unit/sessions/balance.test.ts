import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../../src/domain/msat.ts'
import type { Attempt } from '../../../src/domain/session.ts'
import { siteOrigin } from '../../../src/domain/site.ts'
import { attributeCharges, chargedMsat } from '../../../src/sessions/balance.ts'
import { depositWish } from '../../../src/sessions/funding.ts'

const attempt = (state: Attempt['state'], required: number, charged = 0, at = 0): Attempt => ({
  id: `${state}${required}${at}`,
  requestId: 'r',
  sessionId: 's',
  origin: siteOrigin('https://chat.example'),
  state,
  requiredMsat: msat(required),
  chargedMsat: msat(charged),
  at,
})

describe('the account’s total is attributed to the attempts whose end was not seen', () => {
  it.each([
    ['nothing more was charged', [attempt('settled', 50, 18), attempt('ended', 50)], 18, [0], 0],
    ['the one open end was charged', [attempt('settled', 50, 18), attempt('ended', 50)], 48, [30], 0],
    ['two open ends, the older first', [attempt('ended', 20, 0, 1), attempt('ended', 50, 0, 2)], 45, [20, 25], 0],
    ['more than the reservation is unexplained', [attempt('ended', 20)], 45, [20], 25],
    ['less than we knew is unexplained too', [attempt('settled', 50, 18)], 10, [], -8],
  ] satisfies [string, Attempt[], number, number[], number][])('%s', (_, attempts, total, charges, rest) => {
    const { settled, unexplainedMsat } = attributeCharges(attempts, msat(total))
    expect(settled.map((each) => each.chargedMsat)).toEqual(charges)
    expect(unexplainedMsat).toBe(rest)
  })

  it('always adds up', () => {
    const row = fc.record({
      state: fc.constantFrom<Attempt['state'][]>('settled', 'ended'),
      required: fc.integer({ min: 0, max: 1000 }),
      charged: fc.integer({ min: 0, max: 1000 }),
    })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 0, max: 20_000 }), (rows, total) => {
        const attempts = rows.map(({ state, required, charged }, index) => attempt(state, required, charged, index))
        const { settled, unexplainedMsat } = attributeCharges(attempts, msat(total))
        expect(chargedMsat(attempts) + chargedMsat(settled) + unexplainedMsat).toBe(total)
      }),
    )
  })
})

describe('how much to place', () => {
  it.each([
    ['so many requests like this one', 'site', 10_000, 0, 3, 1000, 10, 10, 40],
    ['more when several wait', 'site', 10_000, 40_000, 3, 1000, 10, 50, 80],
    ['for each what it needs, not what the first one needs', 'site', 10_000, 123_456, 3, 1000, 10, 134, 164],
    ['never above the bound', 'site', 10_000, 40_000, 3, 25, 10, 25, 25],
    ['always what the request needs', 'site', 10_000, 40_000, 3, 0, 10, 10, 10],
    ['a small one is rounded up', 'site', 17, 0, 3, 1000, 1, 1, 8],
    ['small ones are rounded up together', 'site', 700, 1_400, 0, 1000, 1, 3, 8],
    ['for one request what it needs', 'request', 17, 0, 0, 1000, 1, 1, 1],
  ] as const)('%s', (_, life, requiredMsat, othersMsat, ahead, mostSat, needSat, allSat, aimSat) => {
    const wish = depositWish({ life, requiredMsat: msat(requiredMsat), ahead, othersMsat: msat(othersMsat), mostMsat: fromSat(mostSat) })
    expect(wish).toMatchObject({ needSat, allSat, aimSat })
    expect(wish.capSat).toBeGreaterThanOrEqual(aimSat)
    expect(wish.capSat).toBeLessThanOrEqual(Math.max(aimSat, mostSat) + 2)
  })
})
