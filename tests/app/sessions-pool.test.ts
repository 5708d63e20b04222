/** Sessions opened ahead in idle time: no request waits for money, and nothing is placed beyond what was agreed. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fromSat, ZERO_MSAT } from '../../src/domain/msat.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ world: { openAhead: true } })
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const ASK = { ...ask(), max_tokens: 300 }
const stream = async () => collect(await stage.world.page().routstr.chat.completions.create({ ...ASK, stream: true }))
const open = () => stage.world.database.sessions.where('state').equals('open').toArray()
const providerOf = (requests: readonly { readonly path: string }[]) => requests.filter(({ path }) => path.startsWith('/v1/') && !/models|info$/.test(path)).map(({ path }) => path)
const wakeUntil = (condition: () => Promise<boolean>, what: string) =>
  until(async () => {
    await stage.world.app.wake()
    return condition()
  }, what)

it('the provider that would be asked second has a session before it is needed: one fails, the other answers, two round trips', async () => {
  const { cheap, dear } = stage.devnet.providers
  await stream()
  await wakeUntil(async () => (await open()).length === 2, 'a session at each')
  stage.world.traffic.length = 0
  cheap.fault('upstream-500', 1)
  const { data, response } = await stage.world.page().routstr.chat.completions.create({ ...ASK, stream: true }).withResponse()
  expect(stage.world.traffic).toEqual([`POST ${cheap.url}/v1/chat/completions`, `POST ${dear.url}/v1/chat/completions`])
  expect(response.headers.get('x-routstr-provider')).toBe('Heron Compute')
  await collect(data)
  await expectMoneyConserved(stage)
})

it('the first request at a provider whose session was opened ahead carries no money: one round trip', async () => {
  const { cheap, dear } = stage.devnet.providers
  await stream()
  await wakeUntil(async () => (await open()).length === 2, 'a session at each')
  cheap.down = true
  await stream()
  cheap.down = false
  expect(providerOf(dear.requests)).toEqual(['/v1/balance/create', '/v1/chat/completions'])
  await expectMoneyConserved(stage)
})

it('one for each request: the next one is ready, unused, and has a key of its own', async () => {
  await stage.world.screen.call('settings.set', { sessionLife: 'request' })
  await stream()
  const { cheap } = stage.devnet.providers
  await wakeUntil(async () => (await open()).some(({ providerUrl }) => providerUrl === cheap.url), 'one is ready')
  const before = providerOf(cheap.requests).length
  const reply = await stage.world.page().routstr.chat.completions.create({ ...ASK, stream: true })
  expect(providerOf(cheap.requests).slice(before)[0]).toBe('/v1/chat/completions')
  await collect(reply)
  expect(new Set(cheap.accounts.list().map(({ key }) => key)).size).toBeGreaterThanOrEqual(2)
  await expectMoneyConserved(stage)
})

it('a session that runs low gets a second one beside it, once, however often it is looked at', async () => {
  await stream()
  const { cheap } = stage.devnet.providers
  await wakeUntil(async () => (await open()).length === 2, 'a session at each')
  // nearly all of it is set aside by somebody
  const [here] = (await open()).filter(({ providerUrl }) => providerUrl === cheap.url)
  await stage.world.database.attempts.where('sessionId').equals(here?.id ?? '').modify({ chargedMsat: here?.creditedMsat ?? ZERO_MSAT })
  await Promise.all([stage.world.app.wake(), stage.world.app.wake(), stage.world.app.wake()])
  await wakeUntil(async () => (await open()).length === 3, 'another one')
  await stage.world.app.wake()
  expect(await open()).toHaveLength(3)
})

it.each([
  ['the float bound is 0', async () => void (await stage.world.screen.call('settings.set', { floatSat: 0 }))],
  ['the grant leaves nothing for it', async () => grantOnly(4)],
  ['payments are paused', async () => void (await stage.world.screen.call('paused.set', { paused: true }))],
  ['everything was brought home', async () => void (await stage.world.screen.call('sessions.bringHome', {}))],
  [
    'the site has been quiet for longer than sessions stay',
    async () => {
      stage.world.clock.skewMs += 6 * 60_000
    },
  ],
])('nothing is opened when %s', async (_, make) => {
  await stream()
  await make()
  // one that began before that may still open something
  await stage.world.app.wake()
  const before = await stage.world.database.sessions.count()
  for (let round = 0; round < 3; round++) await stage.world.app.wake()
  expect(await stage.world.database.sessions.count()).toBe(before)
  await stage.world.screen.call('paused.set', { paused: false })
  await expectMoneyConserved(stage)
})

it('the float bounds what is opened ahead', async () => {
  await stage.world.screen.call('settings.set', { floatSat: 30 })
  await stream()
  for (let round = 0; round < 4; round++) {
    await stage.world.app.wake()
    const { onDepositMsat } = await stage.world.screen.call('overview.get', { origin: SITE })
    expect(onDepositMsat).toBeLessThanOrEqual(fromSat(32))
  }
  await expectMoneyConserved(stage)
})

async function grantOnly(limitSat: number): Promise<void> {
  const terms = { period: 'day', limitMsat: fromSat(limitSat), maxPerRequestMsat: fromSat(limitSat) } as const
  await stage.world.screen.call('sites.setGrant', { origin: SITE, terms })
}
