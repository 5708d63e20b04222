/** Several requests that wait for money at one provider wait for one deposit: each is a way to the mint and back. */
import { expect, it, onTestFinished } from 'vitest'
import { gate } from './bent-network.ts'
import { ask, collect, expectMoneyConserved, openStage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

const SITES = Array.from({ length: 6 }, (_, n) => `https://site${n}.example`)
const REQUESTS = 6

it.each([
  ['alike', () => 1500],
  ['each larger than the one before it', (n: number) => 500 + 400 * n],
])('thirty-six requests of six sites at once, %s: one deposit for each site, or little more', async (_, tokensOf) => {
  const stage = await openStage()
  onTestFinished(() => stage.stop())
  const { world } = stage
  world.answerWith(PER_DAY)
  await world.screen.call('settings.set', { floatSat: 100_000, firstDepositSat: 100_000, fuseSatPerMinute: 1_000_000 })
  const pages = SITES.map((site) => world.page(site).routstr)
  for (const { enable } of pages) await enable()
  const chat = async (page: (typeof pages)[number], max_tokens: number) => collect(await page.chat.completions.create({ ...ask(), max_tokens, stream: true }))
  const answers = await Promise.all(pages.flatMap((page) => Array.from({ length: REQUESTS }, (_, n) => chat(page, tokensOf(n)))))
  for (const answer of answers) expect(answer).toContain('blue')
  // a deposit may have begun before the others of its site were there
  expect(await world.database.sessions.count()).toBeLessThanOrEqual(SITES.length + 2)
  await expectMoneyConserved(stage)
})

it('the mint makes no change while three wait: what the wallet has does for the first, the others are told', async () => {
  const stage = await openStage()
  onTestFinished(() => stage.stop())
  const { world, devnet } = stage
  world.answerWith(PER_DAY)
  await world.screen.call('settings.set', { floatSat: 100_000, firstDepositSat: 100_000 })
  const [first, second] = SITES.slice(0, 2).map((site) => world.page(site).routstr)
  for (const page of [first, second]) await page?.enable()
  const chat = (page: typeof first, max_tokens: number) => page?.chat.completions.create({ ...ask(), max_tokens })
  // notes that fit one request, and such as fit none
  const ready = await world.database.purse.where('state').equals('ready').toArray()
  const fitting = ready.find(({ amount }) => amount === 32)
  const aside = ready.filter((note) => note !== fitting && note.amount < 512)
  expect([fitting?.amount, aside.length < ready.length - 1]).toEqual([32, true])
  await world.database.purse.bulkPut(aside.map((note) => ({ ...note, state: 'sent' as const })))
  const allWait = gate()
  world.bend((url) => (url === `${devnet.mint.url}/v1/swap` ? allWait.passed.then(() => new Response('', { status: 500 })) : null))
  const before = chat(first, 6000)
  const three = [chat(second, 3000), chat(second, 3000), chat(second, 3000)]
  await until(async () => (await world.database.holds.where('state').equals('held').count()) === 4, 'all wait')
  allWait.open()
  const ended = await Promise.allSettled([before, ...three])
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'rejected'])
  world.bend(null)
  await world.database.purse.bulkPut(aside)
  await expectMoneyConserved(stage)
})
