/** Who is asked after a failure, who is left in peace, and the hedge: two beside each other, paid once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/domain/receipt.ts'
import { gate, isCheap } from './bent-network.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  // on a busy machine the quick one must not be late
  stage = await openStage({ world: { patience: { firstByteMs: 15_000 } } })
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const receipts = async () => (await stage.world.screen.call('overview.get', { origin: SITE })).receipts
const providerOf = async (stream = true) => {
  const { data, response } = await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300, stream: true }).withResponse()
  if (stream) await collect(data)
  return response.headers.get('x-routstr-provider')
}
const chats = (name: 'cheap' | 'dear') => stage.devnet.providers[name].requests.filter(({ path }) => path.includes('/chat/')).length

describe('a provider that failed', () => {
  it('and named a time is not asked before it, not even when nobody else is left', async () => {
    stage.world.bend((url, go) =>
      isCheap(stage, url, '/chat/completions')
        ? go().then(() => new Response('{"error":{"message":"slow down","type":"rate_limit"}}', { status: 429, headers: { 'retry-after': '120', 'content-type': 'application/json' } }))
        : null,
    )
    expect(await providerOf()).toBe('Heron Compute')
    stage.world.bend(null)
    expect(chats('cheap')).toBe(1)
    stage.devnet.providers.dear.down = true
    const refused = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask(), max_tokens: 300 }) })
    expect([refused.status, chats('cheap')]).toEqual([424, 1])
    expect(JSON.stringify(await refused.json())).toMatch(/Sparrow AI: asked not to be asked for another (11\d|120) s/)
    stage.world.clock.skewMs += 121_000
    expect(await providerOf()).toBe('Sparrow AI')
    stage.devnet.providers.dear.down = false
    await expectMoneyConserved(stage)
  })

  it('rests with the model that failed, over a restart too; its other models are asked', async () => {
    stage.devnet.providers.cheap.fault('status', 1, { value: 402, path: /chat/ })
    expect(await providerOf()).toBe('Heron Compute')
    await until(async () => (await stage.world.database.table('rests').count()) === 1, 'the rest is kept')
    await stage.restart()
    stage.world.answerWith(PER_DAY)
    expect(await providerOf()).toBe('Heron Compute')
    expect(chats('cheap')).toBe(1)
    const { response } = await stage.world.page().routstr.chat.completions.create(ask('Why?', 'owl-large')).withResponse()
    expect(response.headers.get('x-routstr-provider')).toBe('Sparrow AI')
    stage.world.clock.skewMs += 16_000
    expect(await providerOf()).toBe('Sparrow AI')
    expect(await stage.world.database.table('rests').count()).toBe(0)
    await expectMoneyConserved(stage)
  })

  it('in the middle of a stream rests too', async () => {
    stage.devnet.providers.cheap.fault('midstream-error', 1)
    await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300, stream: true })).catch(() => undefined)
    expect(await providerOf()).toBe('Heron Compute')
    await expectMoneyConserved(stage)
  })
})

describe('the hedge', () => {
  /** The cheap one has always begun within 5 ms. */
  async function knownToBeQuick(): Promise<void> {
    const [one] = await stage.world.database.receipts.toArray()
    if (one === undefined) throw new Error('no receipt to copy')
    const rows = Array.from({ length: 20 }, (_, n): Receipt => ({ ...one, id: n.toString(16).padStart(32, 'f'), firstTokenMs: 5 }))
    await stage.world.database.receipts.bulkPut(rows)
  }

  it('is off: a slow one is waited for', async () => {
    await providerOf()
    await knownToBeQuick()
    stage.devnet.providers.cheap.fault('slow-first-byte', 1, 400)
    expect(await providerOf()).toBe('Sparrow AI')
    expect(chats('dear')).toBe(0)
  })

  it('asks a second one beside the slow first, takes the faster, and settles both within the hold', async () => {
    await stage.world.screen.call('settings.set', { hedge: true })
    expect(await providerOf()).toBe('Sparrow AI')
    await knownToBeQuick()
    stage.devnet.providers.cheap.fault('silence', 1, { path: /chat/ })
    expect(await providerOf()).toBe('Heron Compute')
    const receipt = (await receipts()).find(({ providerName }) => providerName === 'Heron Compute')
    expect(receipt?.attempts.map(({ outcome }) => outcome)).toEqual(['answered', 'slower than the other one, left'])
    const hold = await stage.world.database.holds.get(receipt?.id ?? '')
    const attempts = await stage.world.database.attempts.where('requestId').equals(receipt?.id ?? '').toArray()
    expect(attempts).toHaveLength(2)
    expect(hold?.amountMsat).toBeGreaterThanOrEqual(attempts.reduce((sum, attempt) => sum + attempt.chargedMsat, 0))
    await expectMoneyConserved(stage)
  })

  it('the first may still win, and a second one that can not be paid does not end it', async () => {
    await stage.world.screen.call('settings.set', { hedge: true })
    await providerOf()
    await knownToBeQuick()
    const held = gate()
    stage.world.bend((url, go) => (isCheap(stage, url, '/chat/completions') ? held.passed.then(go) : null))
    stage.devnet.providers.dear.fault('silence', 1, { path: /chat/ })
    const answered = providerOf()
    await until(() => chats('dear') === 1, 'the second one is asked')
    held.open()
    expect(await answered).toBe('Sparrow AI')
    expect(chats('dear')).toBe(1)
    stage.world.bend(null)
    stage.devnet.providers.dear.clearFaults()
    await expectMoneyConserved(stage)
  })
})
