/** Providers that overcharge, lie about what they took, keep it, or move: what they can take is bounded and in the books (T21, T27). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../src/domain/approval.ts'
import { fromSat } from '../../src/domain/msat.ts'
import { claiming, crediting, encode, isCheap, json, largest, refundingInstead, reworded } from './bent-network.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const chat = (max_tokens = 300) => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens })
const settled = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined)
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const spentBySite = async (): Promise<number> => (await overview()).site?.spentMsat ?? 0
const earnedMsat = (): number => stage.devnet.providers.cheap.earningsMsat() + stage.devnet.providers.dear.earningsMsat()
const providers = () => stage.world.screen.call('providers.list', {})

/** The site has so much per day, and nobody gives it more. */
async function grantOnly(limitSat: number, perRequestSat: number): Promise<void> {
  const terms: Decision = { kind: 'approve', terms: { period: 'day', limitMsat: fromSat(limitSat), maxPerRequestMsat: fromSat(perRequestSat) } }
  stage.world.answerWith(terms)
  await stage.world.page().routstr.enable()
  stage.world.answerWith(REJECT)
}

describe('T21: the limit of the site holds against what providers take', () => {
  it('what a provider keeps although it says 0 counts against the limit', async () => {
    const { world, devnet } = stage
    await grantOnly(20, 10)
    devnet.providers.cheap.fault('overcharge', 99, 1000)
    stage.world.bend((url, go) => (isCheap(stage, url, '/chat/completions') ? reworded(go(), claiming(0)) : null))
    for (let round = 0; round < 5; round++) {
      await settled(chat(500))
      await world.screen.call('sessions.bringHome', {})
    }
    const ledger = await world.ledger()
    expect(ledger.spentMsat).toBeGreaterThan(0)
    expect(ledger.spentMsat).toBeLessThanOrEqual(20_000)
    expect(await spentBySite()).toBeGreaterThanOrEqual(ledger.spentMsat - 5_000)
    await expectMoneyConserved(stage)
  })

  it('two overcharging providers together never take more than the limit', async () => {
    const { devnet } = stage
    await grantOnly(40, 40)
    for (const provider of [devnet.providers.cheap, devnet.providers.dear]) provider.fault('overcharge', 99, 1000)
    devnet.providers.cheap.fault('drop-chat-response', 99)
    await settled(chat())
    expect(devnet.providers.cheap.earningsMsat()).toBeGreaterThan(0)
    expect((await expectMoneyConserved(stage)).spentMsat).toBeLessThanOrEqual(40_000)
  })

  it('a gateway that gives up on an answer that was charged does not make it free', async () => {
    const { devnet } = stage
    stage.world.bend((url, go) =>
      isCheap(stage, url, '/chat/completions')
        ? go().then(() => new Response('<html>504 Gateway Time-out</html>', { status: 504, headers: { 'content-type': 'text/html' } }))
        : null,
    )
    await settled(chat())
    stage.world.bend(null)
    await expectMoneyConserved(stage)
    expect(devnet.providers.cheap.earningsMsat()).toBeGreaterThan(0)
    expect(await spentBySite()).toBe(earnedMsat())
  })
})

describe('T21: a provider is believed up to what it was paid', () => {
  it('neither a credit nor a charge above that enters the books', async () => {
    stage.world.bend((url, go) => {
      if (isCheap(stage, url, '/balance/info')) return reworded(go(), crediting(1_000_000_000))
      return isCheap(stage, url, '/chat/completions') ? reworded(go(), claiming(900_000_000)) : null
    })
    await chat()
    const sessions = () => stage.world.database.sessions.toArray()
    await until(async () => (await sessions())[0]?.state === 'open', 'the account was read')
    const [session] = await sessions()
    expect(session?.faceMsat).toBeGreaterThan(0)
    expect(session?.creditedMsat).toBe(session?.faceMsat)
    // claimed before the account was read: cut to what arrived there
    expect(await spentBySite()).toBe(session?.arrivesMsat)
    expect((await overview()).onDepositMsat).toBe((session?.faceMsat ?? 0) - (session?.arrivesMsat ?? 0))
    stage.world.bend(null)
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })

  it('one that credits less than it got is found out, and gets nothing after the second time', async () => {
    stage.world.bend((url, go) => (isCheap(stage, url, '/balance/info') ? reworded(go(), crediting(1)) : null))
    const names: (string | null)[] = []
    for (let round = 0; round < 3; round++) {
      await chat()
      names.push((await overview()).receipts[0]?.providerName ?? null)
      const noted = round + 1
      await until(async () => names.at(-1) !== names[0] || ((await stage.world.database.standings.toArray())[0]?.mismatches.length ?? 0) === noted, 'noted')
    }
    expect(names).toEqual(['Sparrow AI', 'Sparrow AI', 'Heron Compute'])
    stage.world.bend(null)
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })

  it('funding notes of which it took a part and denied it are lost in the books, the others come back', async () => {
    const { devnet } = stage
    let stolenSat = 0
    stage.world.bend((url, _, __, headers) => {
      const token = /cashu[AB][\w-]+=*/.exec(headers.get('authorization') ?? '')?.[0]
      if (!isCheap(stage, url, '/chat/completions') || token === undefined) return null
      return (async () => {
        const taken = largest(devnet.mint.decode(token))
        stolenSat += taken.reduce((sum, { amount }) => sum + amount.toNumber(), 0)
        await devnet.mint.swapAll(encode(stage, taken))
        return json({ detail: 'sorry' }, 500)
      })()
    })
    await chat()
    stage.world.bend(null)
    expect(stolenSat).toBeGreaterThan(0)
    await expectMoneyConserved(stage, { lostMsat: stolenSat * 1000 })
  })

  it('a refund above what was owed is a gift, and the golden equation holds', async () => {
    const { devnet, world } = stage
    await chat()
    const gift = await devnet.faucet(50)
    stage.world.bend((url, go) => (isCheap(stage, url, '/balance/refund') ? refundingInstead(go(), () => gift) : null))
    const before = await world.ledger()
    const after = await expectMoneyConserved(stage, { booksOfProviders: false })
    expect(after.receivedMsat).toBeGreaterThan(before.receivedMsat + 30_000)
  })
})

describe('T27: providers that move or go', () => {
  it('the key of an account goes only to the address that was funded', async () => {
    const { world, devnet } = stage
    const elsewhere = 'https://evil.routstr.dev'
    for (const { provider } of await providers()) if (provider.source !== 'nostr') await world.screen.call('providers.remove', { id: provider.id })
    await until(async () => (await providers()).filter(({ provider }) => provider.seenAt !== null && provider.problem === null).length >= 2, 'announced')
    await chat()
    const [session] = await world.database.sessions.toArray()
    const told: string[] = []
    stage.world.bend((url, _, body, headers) => {
      if (!url.startsWith(elsewhere)) return null
      const path = url.slice(elsewhere.length)
      if (path === '/v1/info' || path === '/v1/models') return fetch(devnet.providers.cheap.url + path)
      told.push(`${path} ${headers.get('authorization')} ${body}`)
      return Promise.resolve(json({ error: { message: 'no' } }, 500))
    })
    await devnet.providers.cheap.announce({ urls: [elsewhere], createdAt: Math.floor(Date.now() / 1000) + 60 })
    await until(async () => (await providers()).some(({ provider }) => provider.url === elsewhere && provider.seenAt !== null), 'moved')
    await settled(chat())
    expect(told.length).toBeGreaterThan(0)
    expect(told.filter((words) => words.includes(session?.key ?? '?'))).toEqual([])
    stage.world.bend(null)
    await expectMoneyConserved(stage)
  })

  it('a day of outage and then a single 401 do not end a session', async () => {
    const { world, devnet } = stage
    const { cheap } = devnet.providers
    await chat()
    cheap.down = true
    for (let hour = 0; hour < 24; hour++) {
      world.clock.skewMs += 3_600_000
      await world.app.wake()
    }
    cheap.down = false
    cheap.fault('status', 1, { value: 401, path: /balance\/info/ })
    world.clock.skewMs += 3_600_000
    await world.app.wake()
    expect(cheap.requests.filter(({ path, status }) => path.includes('balance/info') && status === 401)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })
})
