/** The first request at a provider takes the money along: one round trip, and whatever becomes of it, no sat is missing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteRow } from '../../src/storage/note-row.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const stream = async (max_tokens = 300) => collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens, stream: true }))
const paid = () => stage.devnet.providers.cheap.requests.filter(({ method }) => method === 'POST').map(({ path }) => path)

describe('cold start', () => {
  it('with notes at hand one round trip funds and asks; no mint is on the path', async () => {
    const { world } = stage
    await world.page().routstr.enable()
    await until(async () => {
      await world.app.wake()
      return (await world.database.operations.where('state').equals('requested').count()) === 0
    }, 'the ladder stands')
    world.traffic.length = 0
    const reply = await world.page().routstr.chat.completions.create({ ...ask(), stream: true })
    expect(world.traffic[0]).toBe(`POST ${stage.devnet.providers.cheap.url}/v1/chat/completions`)
    await collect(reply)
    expect(paid()).toEqual(['/v1/chat/completions'])
    await until(async () => (await world.database.sessions.toArray())[0]?.state === 'open', 'the account was read')
    const [session] = await world.database.sessions.toArray()
    expect(session?.creditedMsat).toBe(session?.arrivesMsat)
    await expectMoneyConserved(stage)
  })

  it('the account is there once the answer has begun: others need not wait for its end', async () => {
    const { world, devnet } = stage
    devnet.upstream.tokensPerSecond = 4
    const answer = await world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask('[[words:40]]'), stream: true }) })
    await until(async () => (await world.database.sessions.toArray())[0]?.state === 'open', 'the account was read')
    expect((await world.database.attempts.toArray())[0]?.state).toBe('open')
    devnet.upstream.tokensPerSecond = 2_000
    await answer.body?.cancel()
    await expectMoneyConserved(stage)
  })

  it('five at once: the others go with the token of the first as far as it reaches, and none waits for it', async () => {
    const pages = Array.from({ length: 5 }, () => stream())
    for (const text of await Promise.all(pages)) expect(text).toContain('blue')
    expect(stage.devnet.providers.cheap.accounts.list().length).toBeLessThanOrEqual(2)
    expect(paid()).toEqual(Array.from({ length: 5 }, () => '/v1/chat/completions'))
    await expectMoneyConserved(stage)
  })

  it.each([
    ['an error before the token is looked at', 'status', { value: 400, path: /chat/ }],
    ['an error of the upstream behind it', 'upstream-400', {}],
    ['a token that is taken and an account that is denied', 'token-consumed', {}],
    ['an answer that is cut', 'midstream-cut', {}],
    ['silence', 'silence', { path: /chat/ }],
  ] as const)('%s: what was on its way comes home', async (_, fault, options) => {
    const { cheap, dear } = stage.devnet.providers
    dear.down = true
    cheap.fault(fault, 1, options)
    await stream().catch(() => undefined)
    cheap.clearFaults()
    dear.down = false
    // the reservation of an answer that broke is released in time
    cheap.settings.staleReservationMs = 0
    cheap.sweep()
    if (fault !== 'token-consumed') return void (await expectMoneyConserved(stage))
    await until(
      async () => {
        stage.world.clock.skewMs += 600_000
        await stage.world.app.wake()
        return (await stage.world.ledger()).lostMsat > 0
      },
      'it is written off',
      20_000,
    )
    const lost = await stage.world.database.sessions.where('state').equals('lost').first()
    expect(lost?.token).toMatch(/^cashuB/)
    await expectMoneyConserved(stage, { lostMsat: lost?.faceMsat ?? 0 })
  })

  it('a token too long for the head of a request goes there in the body of a call of its own', async () => {
    const { world, devnet } = stage
    const tokens = await Promise.all(Array.from({ length: 60 }, () => devnet.faucet(1)))
    const notes = tokens
      .flatMap((token) => devnet.mint.decode(token))
      .map(({ id, secret, C }) => noteRow({ mint: devnet.mint.url, unit: 'sat', keysetId: id, amount: 1, secret, C, dleq: null, state: 'ready', operationId: null }))
    await world.database.purse.clear()
    await world.database.purse.bulkAdd(notes)
    await world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 4_000 })
    expect(paid()).toEqual(['/v1/balance/create', '/v1/chat/completions'])
  })
})
