/** The only texts of pages that are stored, requests that wait and answers to be given again, in a wallet with a passphrase. */
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rawRows } from '../unit/storage/raw-rows.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

const PASSPHRASE = 'correct horse battery'
const PROMPT = 'What does the heron dream of?'
const ANSWER = 'It dreams of eels.'

let stage: Stage
let factory: IDBFactory
beforeEach(async () => {
  factory = new IDBFactory()
  stage = await openStage({ world: { factory } })
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

const body = (content: string) => ({ ...ask(content), temperature: 0, max_tokens: 200 })
const setPrices = async (factor: number): Promise<void> => {
  for (const provider of [stage.devnet.providers.cheap, stage.devnet.providers.dear]) provider.setPrices('owl-mini', { promptSat: 0.002 * factor, completionSat: 0.008 * factor })
  await stage.world.screen.call('providers.refresh', {})
}
const later = async (ms: number): Promise<void> => {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}
const chats = () => [stage.devnet.providers.cheap, stage.devnet.providers.dear].flatMap(({ requests }) => requests).filter(({ path }) => path.includes('/chat/')).length

it('T31: they are sealed; while it is locked nothing runs, and after the unlock it goes on', async () => {
  const { routstr } = stage.world.page()
  const asking = () => routstr.chat.completions.create(body(`[[say:${ANSWER}]]`), { headers: { 'x-routstr-cache': 'use' } }).withResponse()
  await asking()
  await setPrices(10)
  const before = Date.now() + stage.world.clock.skewMs + 3_600_000
  const { id } = await routstr.batch({ requests: [{ body: body(PROMPT) }], maxCostMsat: 3_000, before })
  const texts = async (): Promise<boolean[]> => {
    const dump = await rawRows(factory).dump()
    return [PROMPT, ANSWER].map((text) => dump.includes(text))
  }
  // what an open wallet shows a sealed one hides
  expect(await texts()).toEqual([true, true])
  await stage.world.screen.call('lock.protect', { passphrase: PASSPHRASE })
  expect(await texts()).toEqual([false, false])
  expect((await asking()).response.headers.get('x-routstr-cache')).toMatch(/^hit/)

  await stage.world.screen.call('lock.lock', {})
  await setPrices(1)
  const sent = chats()
  await later(60_000)
  expect(chats()).toBe(sent)
  await stage.world.screen.call('lock.unlock', { passphrase: PASSPHRASE })
  await later(60_000)
  await until(async () => (await stage.world.page().routstr.batch({ id })).counts.done === 1, 'it is answered')
  expect(await texts()).toEqual([false, false])
  await expectMoneyConserved(stage)
})
