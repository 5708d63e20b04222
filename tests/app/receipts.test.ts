/** What a receipt tells: the facts its cost is made of, and what does not add up (RIP-05 §5). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gate, isCheap, reworded } from './bent-network.ts'
import { ask, collect, credited, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const latest = async () => {
  const [receipt] = (await stage.world.screen.call('overview.get', { origin: SITE })).receipts
  if (receipt === undefined) throw new Error('no receipt')
  return receipt
}
const stream = async () => collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
const whole = (content?: string) => stage.world.page().routstr.chat.completions.create({ ...ask(content), max_tokens: 300 })

describe('a receipt', () => {
  it.each([['a stream', stream], ['an answer that came whole', whole]])('of %s: sheet, tokens, expected and charged, provider, times, reason', async (what, run) => {
    const { cheap } = stage.devnet.providers
    await run()
    const receipt = await latest()
    const request = cheap.requests.find(({ path }) => path.includes('/chat/'))
    expect(receipt).toMatchObject({
      state: 'completed',
      providerName: 'Sparrow AI',
      providerUrl: cheap.url,
      nodeRequestId: request?.requestId,
      price: { promptSat: 0.002, completionSat: 0.008 },
      chargedMsat: cheap.earningsMsat(),
      expectedMsat: cheap.earningsMsat(),
      mismatches: [],
      reason: expect.stringContaining('cheapest of 2'),
    })
    expect(receipt.firstTokenMs).toBeGreaterThanOrEqual(0)
    expect(receipt.firstByteMs).toBeGreaterThanOrEqual(receipt.firstTokenMs ?? 0)
    if (what === 'a stream') expect(receipt.tokensPerSecond).toBeGreaterThan(0)
    else expect(receipt.tokensPerSecond).toBeNull()
    await expectMoneyConserved(stage)
  })

  it('two at once on one session: each its own cost, to the msat', async () => {
    await whole()
    await credited(stage.world)
    const before = stage.devnet.providers.cheap.earningsMsat()
    await Promise.all([whole('[[usage:10,11]] a'), whole('[[usage:20,31]] b'), whole('[[usage:30,71]] c')])
    const receipts = (await stage.world.screen.call('overview.get', { origin: SITE })).receipts.slice(0, 3)
    // 2 and 8 msat per token
    expect(receipts.map(({ chargedMsat }) => chargedMsat).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual([108, 288, 628])
    expect(stage.devnet.providers.cheap.earningsMsat() - before).toBe(108 + 288 + 628)
    expect(await stage.world.database.sessions.count()).toBe(1)
    await expectMoneyConserved(stage)
  })
})

describe('what does not add up is on the receipt', () => {
  it('three times the price sheet', async () => {
    stage.devnet.providers.cheap.fault('overcharge', 1, 3)
    await stream()
    const receipt = await latest()
    expect(receipt.chargedMsat).toBeGreaterThan((receipt.expectedMsat ?? 0) * 2.9)
    expect(receipt.mismatches).toEqual([expect.stringMatching(/^Charged [\d.]+ sat; its price sheet and the tokens it reports make [\d.]+ sat\.$/)])
    await expectMoneyConserved(stage)
  })

  it('more tokens than the answer can have', async () => {
    await whole('[[usage:12,900]] [[say:Short.]]')
    expect((await latest()).mismatches).toEqual(['Reports 900 tokens for an answer of 6 bytes, which can not be more than 6.'])
    await expectMoneyConserved(stage)
  })

  it('a charge that only the account tells', async () => {
    const { cheap } = stage.devnet.providers
    cheap.fault('overcharge', 1, 3)
    // the last word about the cost is missing, the usage is not
    const untold = (text: string): string => text.replace(/"cost":/g, '"price":')
    const account = gate()
    stage.world.bend((url, go) => {
      if (isCheap(stage, url, '/balance/info')) return account.passed.then(go)
      return isCheap(stage, url, '/chat/completions') ? reworded(go(), untold) : null
    })
    // no more is put down to a request than was set aside for it: that has to reach for three times the price
    await stage.world.page().routstr.chat.completions.create(ask('[[usage:12,200]] Why?'))
    expect(await latest()).toMatchObject({ expectedMsat: 1624, chargedMsat: null, mismatches: [] })
    account.open()
    stage.world.bend(null)
    await expectMoneyConserved(stage)
    expect(await latest()).toMatchObject({ chargedMsat: 3 * 1624, mismatches: [expect.stringContaining('Charged 4.872 sat')] })
  })
})
