/** What a page hears without asking: its receipts, that its budget runs low; and nothing of anybody else's. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import type { RoutstrCost, RoutstrReceipt } from '../../src/page/api.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

it('a receipt reaches the document that asked, with the cost the headers and the account tell, and no other document', async () => {
  const { routstr } = stage.world.page()
  const neighbour = stage.world.page().routstr
  const receipts: RoutstrReceipt[] = []
  const overheard: RoutstrReceipt[] = []
  routstr.on('receipt', (receipt) => receipts.push(receipt))
  neighbour.on('receipt', (receipt) => overheard.push(receipt))
  await neighbour.availability()
  const response = await routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask()) })
  await response.text()
  await until(() => receipts.length > 0, 'a receipt')
  expect(receipts).toEqual([
    {
      requestId: response.headers.get('x-request-id'),
      model: 'owl-mini',
      provider: stage.devnet.providers.cheap.name,
      state: 'completed',
      costMsat: Number(response.headers.get('x-routstr-cost-msats')),
      promptTokens: expect.any(Number),
      completionTokens: expect.any(Number),
    },
  ])
  expect(Number(response.headers.get('x-routstr-remaining-msats'))).toBeLessThan(1_000_000)
  expect(overheard).toEqual([])
  await expectMoneyConserved(stage)
})

it('budgetLow comes once when less than a fifth is left, and again only after there was more', async () => {
  const tight = { kind: 'approve', terms: { period: 'day', limitMsat: fromSat(2), maxPerRequestMsat: fromSat(2) } } as const
  stage.world.answerWith(tight)
  const { routstr } = stage.world.page()
  const low: number[] = []
  routstr.on('budgetLow', ({ remainingMsat }) => low.push(remainingMsat))
  const said = (tokens: number) => routstr.chat.completions.create({ ...ask(`[[usage:5,${tokens}]]`), max_tokens: 60 })
  for (let asked = 0; asked < 40 && low.length === 0; asked++) await said(40)
  expect(low).toHaveLength(1)
  expect(low[0]).toBeLessThan(400)
})

it('a stream that asks for it tells what it costs while it runs, marked as an estimate and below the reserve, and at the end what was charged; another one hears nothing', async () => {
  const { routstr } = stage.world.page()
  const costs: RoutstrCost[] = []
  routstr.on('cost', (cost) => costs.push(cost))
  const run = async (headers: Record<string, string>): Promise<string | null> => {
    const { data, response } = await routstr.chat.completions.create({ ...ask('[[words:30]] [[slow]]'), max_tokens: 100, stream: true }, { headers }).withResponse()
    for await (const _ of data);
    return response.headers.get('x-request-id')
  }
  await run({})
  expect(costs).toEqual([])
  const requestId = await run({ 'x-routstr-live-cost': 'true' })
  await until(() => costs.some(({ estimated }) => !estimated), 'the cost that was charged')
  const { expectedMsat, maxMsat } = await routstr.estimate({ ...ask('[[words:30]] [[slow]]'), max_tokens: 100 })
  expect(expectedMsat).toBeGreaterThan(0)
  const told = costs.filter(({ estimated }) => estimated).map(({ costMsat }) => costMsat)
  expect(told.length).toBeGreaterThan(3)
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(told.at(-1)).toBeGreaterThan(told[0] ?? Number.POSITIVE_INFINITY)
  expect(told.at(-1)).toBeLessThanOrEqual(maxMsat)
  expect(new Set(costs.map((cost) => cost.requestId))).toEqual(new Set([requestId]))
  const receipt = await stage.world.database.receipts.get(requestId ?? '')
  expect(costs.at(-1)).toEqual({ requestId, costMsat: receipt?.chargedMsat, estimated: false })
})
