import { describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../../src/domain/msat.ts'
import { endingOf, firstDraft, floorOf, onceDecision, raised } from '../../../src/ui/approval/question-state.ts'
import { draftOf, readDraft } from '../../../src/ui/limits/limit-draft.ts'
import { approvalView, budget, NOW } from './preview/fixtures.ts'

describe('the end of a question', () => {
  it('is known from its state and its time', () => {
    expect(endingOf(approvalView(), NOW)).toBeNull()
    expect(endingOf(approvalView(), NOW + 5 * 60_000)).toBe('expired')
    expect(endingOf(approvalView({ state: 'withdrawn' }), NOW)).toBe('withdrawn')
    expect(endingOf(approvalView({ state: 'approved' }), NOW)).toBe('approved')
    expect(endingOf(null, NOW)).toBe('gone')
  })
})

describe('what is approved', () => {
  it('once is exactly the worst case', () => {
    const { approval } = approvalView()
    expect(onceDecision(approval)).toEqual({ kind: 'approve', terms: { period: 'once', limitMsat: 8512, maxPerRequestMsat: 8512 } })
  })

  it('a first limit reaches even when the suggestion does not', () => {
    const view = approvalView({ worstMsat: msat(5_000_500), suggestion: { period: 'week', limitMsat: fromSat(1000), maxPerRequestMsat: fromSat(100) } })
    expect(firstDraft(view)).toEqual({ limit: '5001', period: 'week', perRequest: '5001' })
    expect(readDraft(firstDraft(view), floorOf(view)).terms).not.toBeNull()
  })

  it('counts what the site has used of its limit', () => {
    const view = approvalView({ reason: 'period_limit' }, { budget: budget(997) })
    // 997.234 spent + 8.6 held, up to whole sats, + 8.512
    expect(floorOf(view).limitMsat).toBe(1_006_000 + 8_512)
    const raise = raised(view)
    expect(raise?.limit).toBe('2000')
    expect(raise !== null && readDraft(raise, floorOf(view)).terms).toMatchObject({ period: 'day', limitMsat: 2_000_000 })
  })

  it('raises what a single request may cost', () => {
    const view = approvalView({ reason: 'request_limit', worstMsat: msat(140_001) }, { budget: budget(10) })
    expect(raised(view)?.perRequest).toBe('141')
  })
})

describe('the limit fields', () => {
  const floor = { limitMsat: msat(8512), perRequestMsat: msat(8512) }
  it('accept what reaches', () => {
    expect(readDraft({ limit: '1 000', period: 'day', perRequest: '9' }, floor).terms).toEqual({ period: 'day', limitMsat: 1_000_000, maxPerRequestMsat: 9000 })
  })
  it.each([
    [{ limit: '', perRequest: '9' }, 'limitError'],
    [{ limit: '0', perRequest: '9' }, 'limitError'],
    [{ limit: '8', perRequest: '8' }, 'limitError'],
    [{ limit: '1000', perRequest: '8' }, 'perRequestError'],
    [{ limit: '1000', perRequest: '1001' }, 'perRequestError'],
    [{ limit: '1000', perRequest: 'x' }, 'perRequestError'],
  ] as const)('say what is wrong with %o', (draft, where) => {
    const reading = readDraft({ period: 'day', ...draft }, floor)
    expect(reading.terms).toBeNull()
    expect(reading[where]).toMatch(/\w/)
  })
  it('show a grant as it was typed', () => {
    expect(draftOf({ period: 'month', limitMsat: fromSat(5000), maxPerRequestMsat: fromSat(50) })).toEqual({ limit: '5000', period: 'month', perRequest: '50' })
  })
})
