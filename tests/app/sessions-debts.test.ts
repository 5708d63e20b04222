/** What providers owe is listed, asked for by the rules, and keeps them from getting more. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FaultKind } from '../devnet/provider/faults.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

async function chat(): Promise<string | null> {
  const { response } = await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300 }).withResponse()
  // the page has its answer before the books are closed, and what still runs is not brought home
  await until(async () => (await overview()).running.length === 0, 'the books are closed')
  return response.headers.get('x-routstr-provider')
}
const debts = async () => (await stage.world.screen.call('wallet.get', {})).sessions.filter(({ owing }) => owing)
const overview = () => stage.world.screen.call('overview.get', { origin: SITE })
const later = async (ms: number) => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}

/** The refund goes wrong for as long as it takes to be a debt. */
async function owe(fault: FaultKind): Promise<void> {
  await chat()
  stage.devnet.providers.cheap.fault(fault, 999)
  await stage.world.screen.call('sessions.bringHome', {})
  for (let round = 0; round < 4; round++) await later(130_000)
}

it.each([
  ['refund-503', 'fails'],
  ['refund-ongoing', 'pending'],
  ['refund-garbage', 'worthless'],
] as const)('%s: listed with amount, since, next try and proof; nothing more is placed there; Try now brings it home', async (fault, kind) => {
  await owe(fault)
  const [debt] = await debts()
  expect(debt).toMatchObject({ session: { state: 'settling', debt: { kind, since: expect.any(Number) }, token: expect.stringMatching(/^cashuB/) } })
  expect(debt?.leftMsat).toBeGreaterThan(5_000)
  expect(debt?.session.nextTryAt).toBeGreaterThan(debt?.session.debt?.since ?? 0)
  expect((await overview()).owedMsat).toBe(debt?.leftMsat)
  expect(await chat()).toBe('Heron Compute')
  stage.devnet.providers.cheap.clearFaults()
  await stage.world.screen.call('sessions.retry', { id: debt?.session.id ?? '' })
  await until(async () => (await debts()).length === 0, 'no debt any more')
  expect(await chat()).toBe('Sparrow AI')
  await expectMoneyConserved(stage)
})

it('a refund that needs its time is no debt: a reservation is waited for six minutes', async () => {
  await chat()
  stage.devnet.providers.cheap.fault('refund-ongoing', 999)
  await stage.world.screen.call('sessions.bringHome', {})
  await later(300_000)
  expect(await debts()).toEqual([])
  expect(await chat()).toBe('Sparrow AI')
  await later(70_000)
  expect(await debts()).toHaveLength(1)
  stage.devnet.providers.cheap.clearFaults()
  await expectMoneyConserved(stage)
})

it('a refund smaller than owed stands in the list with its proof; after the second nothing is placed there any more', async () => {
  const { cheap } = stage.devnet.providers
  const asked: (string | null)[] = []
  for (let round = 0; round < 3; round++) {
    asked.push(await chat())
    cheap.fault('refund-smaller', 1)
    // what came back short is known with the refund and counted when the mint has swapped it, which another hand may be doing
    await until(async () => (await stage.world.screen.call('sessions.bringHome', {})).open === 0, 'everything is home')
  }
  expect(asked).toEqual(['Sparrow AI', 'Sparrow AI', 'Heron Compute'])
  cheap.clearFaults()
  const listed = await debts()
  expect(listed).toHaveLength(2)
  for (const { session, leftMsat } of listed) {
    expect(session).toMatchObject({ state: 'closed', debt: { kind: 'short' }, token: expect.stringMatching(/^cashuB/) })
    expect(leftMsat).toBe(session.unexplainedMsat)
    await stage.world.screen.call('sessions.forget', { id: session.id })
  }
  expect(await debts()).toEqual([])
  expect(await chat()).toBe('Heron Compute')
  await expectMoneyConserved(stage)
})

it('410: swept is gone; written off at once, in the books and in the list', async () => {
  await chat()
  stage.devnet.providers.cheap.fault('refund-410', 1)
  await stage.world.screen.call('sessions.bringHome', {})
  const [debt] = await debts()
  expect(debt?.session).toMatchObject({ state: 'lost', debt: { kind: 'denied' } })
  const { lostMsat, differenceMsat } = await stage.world.ledger()
  expect([lostMsat, differenceMsat]).toEqual([debt?.leftMsat, 0])
  // the user asks once more, and this time it is there
  await stage.world.screen.call('sessions.retry', { id: debt?.session.id ?? '' })
  await expectMoneyConserved(stage)
})
