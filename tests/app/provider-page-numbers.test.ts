/**
 * Every number on a provider's page can be traced: recomputed here from raw rows (receipts, sessions, standings), from signed events of the relay, and from
 * what the node itself serves. Nothing of the code that made the page is used, but for the words it is said in.
 */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verifyEvent } from 'nostr-tools/pure'
import type { Receipt } from '../../src/domain/receipt.ts'
import { tally } from '../../src/ui/options/providers/provider-facts.tsx'
import { ask, collect, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const page = async () => {
  const list = await stage.world.screen.call('providers.list', {})
  const id = list.find(({ provider }) => provider.url === stage.devnet.providers.cheap.url)?.provider.id ?? ''
  const view = await stage.world.screen.call('providers.get', { id })
  if (view === null) throw new Error('no page')
  return { view, inList: list.find(({ provider }) => provider.id === id) }
}
const stream = async (content?: string) => collect(await stage.world.page().routstr.chat.completions.create({ ...ask(content), stream: true }))
const attemptsAt = (receipt: Receipt, url: string) => receipt.attempts.filter(({ providerUrl }) => providerUrl === url)

it('each of them, after good answers, a failure and an overcharge', async () => {
  const { cheap } = stage.devnet.providers
  const { database, screen } = stage.world
  for (let n = 0; n < 4; n++) await stream()
  cheap.fault('overcharge', 1, 3)
  await stream()
  cheap.fault('upstream-500')
  await stream()
  await until(async () => (await database.receipts.filter(({ chargedMsat }) => chargedMsat === null).count()) === 0, 'all costs')
  await until(async () => (await database.standings.toArray()).some(({ mismatches }) => mismatches.length === 1), 'the mismatch')
  await until(async () => (await page()).view.spokenAs !== null, 'the announcement')
  const { view, inList } = await page()
  const raw = await database.receipts.toArray()
  const here = raw.filter((receipt) => attemptsAt(receipt, cheap.url).length > 0)

  // how it did: the receipts listed below it, all of them
  expect(view.receipts.map(({ id }) => id).sort()).toEqual(here.map(({ id }) => id).sort())
  const answered = here.filter(({ providerUrl, state }) => providerUrl === cheap.url && state === 'completed')
  const failed = here.filter((receipt) => attemptsAt(receipt, cheap.url).some(({ outcome }) => outcome !== 'answered'))
  const middle = (values: readonly (number | null)[]) => values.filter((value) => value !== null).toSorted((a, b) => a - b)
  const firsts = middle(answered.map(({ firstTokenMs }) => firstTokenMs))
  const speeds = middle(answered.map(({ tokensPerSecond }) => tokensPerSecond))
  expect([answered.length, failed.length]).toEqual([5, 1])
  expect(tally(view.receipts, cheap.url)).toEqual({
    answered: answered.length,
    failed: failed.length,
    firstTokenMs: firsts[Math.floor((firsts.length - 1) / 2)],
    tokensPerSecond: speeds[Math.floor((speeds.length - 1) / 2)],
    wrong: here.filter(({ mismatches }) => mismatches.length > 0).length,
  })
  expect(inList?.mismatches).toBe((await database.standings.get(view.provider.id))?.mismatches.length)

  // trust: the parts say what was seen; within a test hardly anything fades
  const says = (name: string) => view.trust.parts.find((part) => part.name === name)?.says
  expect(says('answers')).toBe(`${answered.length} of your last ${answered.length + failed.length} answers came whole`)
  const named = answered.filter(({ modelServed }) => modelServed !== null)
  expect(says('models')).toBe(`${named.length} of ${named.length} answers named the model that was asked`)
  const settled = await database.standings.get(view.provider.id)
  const right = answered.filter(({ chargedMsat, expectedMsat }) => (chargedMsat ?? 0) <= (expectedMsat ?? 0) + Math.max(100, (expectedMsat ?? 0) / 20)).length
  expect(says('money')).toBe(`${right} of ${answered.length} charges were right, ${settled?.right} sessions came back right, one mismatch`)
  const weights = view.trust.parts.reduce((sum, { weight }) => sum + weight, 1)
  expect(view.trust.score).toBe(Math.round((view.trust.parts.reduce((sum, { value, weight }) => sum + value * weight, 0.4) / weights) * 100))

  // money there: sessions, and what the node says it holds
  const sessions = (await database.sessions.toArray()).filter(({ providerId, state }) => providerId === view.provider.id && state !== 'closed' && state !== 'cancelled')
  expect(view.sessions.map(({ session }) => session.id).sort()).toEqual(sessions.map(({ id }) => id).sort())
  const held = cheap.accounts.list().reduce((sum, { balanceMsat }) => sum + balanceMsat, 0)
  expect(view.sessions.reduce((sum, { leftMsat }) => sum + leftMsat, 0)).toBe(held)

  // the announcement: a signed event at the relay
  const event = stage.devnet.relay.events().find(({ id }) => id === view.announcement?.eventId)
  expect(event !== undefined && verifyEvent({ ...event })).toBe(true)
  expect(view.announcement).toMatchObject({ createdAt: event?.created_at, relays: expect.arrayContaining([stage.devnet.relay.url]) })
  expect(view.spokenAs).toBe(`${event?.pubkey}:${event?.tags.find(([name]) => name === 'd')?.[1]}`)

  // prices: the node's own list
  const models: { data: { id: string; sats_pricing: { prompt: number; completion: number } }[] } = await (await fetch(`${cheap.url}/v1/models`)).json()
  for (const { id, sats_pricing } of models.data)
    expect(view.prices.find(({ modelId }) => modelId === id)?.points.at(-1)).toMatchObject({ promptSat: sats_pricing.prompt, completionSat: sats_pricing.completion })
  expect(view.failures).toBe(0)
  expect((await screen.call('relays.list', {})).some(({ url }) => url === stage.devnet.relay.url)).toBe(true)
})
