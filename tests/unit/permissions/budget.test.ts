import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Grant, GrantPeriod, Hold } from '../../../src/domain/grant.ts'
import { fromSat, msat } from '../../../src/domain/msat.ts'
import { siteOrigin } from '../../../src/domain/site.ts'
import { budgetOf, judge, periodStart } from '../../../src/permissions/budget.ts'

const origin = siteOrigin('https://chat.example')
const NOW = new Date(2026, 10, 20, 15, 30).getTime()

const grant = (changes: Partial<Grant> = {}): Grant => ({
  id: 'g',
  origin,
  period: 'day',
  limitMsat: fromSat(100),
  maxPerRequestMsat: fromSat(40),
  requestId: null,
  createdAt: NOW,
  expiresAt: NOW + 1,
  revokedAt: null,
  ...changes,
})
const hold = (amountMsat: number, changes: Partial<Hold> = {}): Hold => ({
  requestId: `r${amountMsat}${Math.random()}`,
  origin,
  grantId: 'g',
  once: false,
  amountMsat: msat(amountMsat),
  chargedMsat: msat(0),
  state: 'held',
  at: NOW,
  ...changes,
})
const ask = (amountMsat: number, requestId = 'new') => ({ requestId, amountMsat: msat(amountMsat), now: NOW })
const reason = (grants: Grant[], holds: Hold[], amountMsat: number): string => {
  const verdict = judge(grants, holds, ask(amountMsat))
  return verdict.kind === 'allowed' ? 'allowed' : verdict.reason
}

describe('may this request begin?', () => {
  it.each([
    ['no grant', [], [], 1, 'no_grant'],
    ['within everything', [grant()], [], 40_000, 'allowed'],
    ['one msat above the request limit', [grant()], [], 40_001, 'request_limit'],
    ['to the msat what is left', [grant()], [hold(60_000)], 40_000, 'allowed'],
    ['one msat more than is left', [grant()], [hold(60_001)], 40_000, 'period_limit'],
    ['charged counts what it cost, not what was held', [grant()], [hold(60_001, { state: 'charged', chargedMsat: msat(5) })], 40_000, 'allowed'],
    ['released counts nothing', [grant()], [hold(99_000, { state: 'released' })], 40_000, 'allowed'],
    ['yesterday counts nothing', [grant()], [hold(99_000, { at: NOW - 24 * 3_600_000 })], 40_000, 'allowed'],
    ['approved once counts nothing', [grant()], [hold(99_000, { once: true })], 40_000, 'allowed'],
    ['revoked', [grant({ revokedAt: NOW })], [], 1, 'no_grant'],
    ['expired', [grant({ expiresAt: NOW })], [], 1, 'no_grant'],
    ['once, for another request', [grant({ period: 'once', requestId: 'other' })], [], 1, 'no_grant'],
    ['once, for this request', [grant({ period: 'once', requestId: 'new' })], [], 100_000, 'allowed'],
    ['once, but dearer than approved', [grant({ period: 'once', requestId: 'new' })], [], 100_001, 'request_limit'],
  ] satisfies [string, Grant[], Hold[], number, string][])('%s', (_, grants, holds, amount, expected) => {
    expect(reason(grants, holds, amount)).toBe(expected)
  })

  it('whatever happened before: what is allowed never takes spent + held above the limit', () => {
    const state = fc.constantFrom('held', 'charged', 'released')
    const row = fc.record({ amount: fc.integer({ min: 0, max: 50_000 }), state })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 1, max: 50_000 }), (rows, amount) => {
        const holds = rows.map((each) => hold(each.amount, { state: each.state, chargedMsat: msat(each.amount) }))
        if (judge([grant()], holds, ask(amount)).kind === 'refused') return
        const used = rows.reduce((sum, each) => sum + (each.state === 'released' ? 0 : each.amount), 0)
        expect(used + amount).toBeLessThanOrEqual(100_000)
      }),
    )
  })
})

describe('periods', () => {
  it.each([
    ['day', new Date(2026, 10, 20)],
    ['week', new Date(2026, 10, 16)],
    ['month', new Date(2026, 10, 1)],
    ['once', new Date(0)],
  ] satisfies [GrantPeriod, Date][])('a %s begins in the user’s own time zone', (period, start) => {
    expect(periodStart(period, NOW)).toBe(start.getTime())
  })

  it('tells when it starts again', () => {
    expect(budgetOf(grant(), [], NOW).resetsAt).toBe(new Date(2026, 10, 21).getTime())
    expect(budgetOf(grant({ period: 'month' }), [], NOW).resetsAt).toBe(new Date(2026, 11, 1).getTime())
  })
})
