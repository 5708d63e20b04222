/** Refunds that fail, lie or get lost (routstr-node.md §2.7, §12.2). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bearer, createStage, type Stage, textAt } from './recorded.ts'

let stage: Stage
let key: string
beforeAll(async () => {
  stage = await createStage()
})
afterAll(() => stage.stop())
beforeEach(async () => {
  stage.provider.clearFaults()
  key = await stage.open(62)
})

const refund = (): Promise<Response> => stage.post('/v1/balance/refund', {}, bearer(key))
const balance = (): number => stage.provider.accounts.balanceOf(key)
const full = 61_000

describe('refunds that fail or lie', () => {
  test.each([
    ['refund-503', 503, full],
    ['refund-409', 409, full],
    ['refund-502', 502, 0],
    ['refund-ongoing', 400, full],
    ['refund-410', 410, full],
  ] as const)('%s is followed by an honest refund', async (fault, status, left) => {
    stage.provider.fault(fault)
    expect((await refund()).status).toBe(status)
    expect(balance()).toBe(left)
    expect(textAt(await (await refund()).json(), 'sats')).toBe('61')
  })

  test('the mint is down: 503, balance restored', async () => {
    stage.mint.down = true
    expect((await refund()).status).toBe(503)
    stage.mint.down = false
    expect(textAt(await (await refund()).json(), 'sats')).toBe('61')
  })

  test('the mint’s answer is lost: the node looks its notes up again', async () => {
    stage.mint.fault(/swap/, 'after')
    expect((await refund()).status).toBe(503)
    expect(textAt(await (await refund()).json(), 'sats')).toBe('61')
    const books = stage.provider.books()
    const owed = books.floatSat * 1000 + books.balancesMsat + books.earnedMsat + books.forfeitedMsat - books.feesPaidSat * 1000
    expect(Math.abs(books.heldSat * 1000 - owed)).toBeLessThanOrEqual(1000) // the fee of the swap whose answer was lost
  })

  test('smaller, elsewhere, spent, rubbish', async () => {
    stage.provider.fault('refund-garbage')
    expect(textAt(await (await refund()).json(), 'token')).toBe('cashuBnonsense')
    stage.provider.fault('refund-stale')
    const stale = stage.mint.decode(textAt(await (await refund()).json(), 'token'))
    expect(stale.every((note) => stage.mint.isSpent(note.secret))).toBe(true)
    stage.provider.fault('refund-smaller')
    const smaller: unknown = await (await refund()).json()
    expect(textAt(smaller, 'sats')).toBe('61')
    expect(stage.mint.decode(textAt(smaller, 'token')).reduce((sum, note) => sum + note.amount.toNumber(), 0)).toBe(30)
  })
})

