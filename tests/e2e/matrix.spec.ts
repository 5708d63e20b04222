/** The SDK matrix in a real page: what `sdk/features.ts` lists, at once, with the README's table as its result. */
import { readFile } from 'node:fs/promises'
import { FEATURES, SDKS, type Told, table } from './sdk/features.ts'
import { nextQuestion } from './support/approval.ts'
import { IN_FIREFOX } from './support/browser.ts'
import { expect, grantedPage, test } from './support/test.ts'

declare global {
  interface Window {
    matrix(sdk: string, action: string, input: object): Promise<Told>
  }
}

test('the README tells what works with which SDK', async () => {
  expect(await readFile(new URL('../../README.md', import.meta.url), 'utf8')).toContain(table())
})

test('three SDKs × everything pages do with them', async ({ user, sites, devnet }) => {
  test.setTimeout(240_000)
  // worst cases of many requests are set aside at once
  await (await grantedPage(user, sites.home, 100_000)).page.close()
  const pages = { home: await user.open(`${sites.home}/matrix`), slow: await user.open(`${sites.home}/matrix`), stranger: await user.open(`${sites.other}/matrix`) }
  for (const page of Object.values(pages)) await expect.poll(() => page.evaluate(() => 'matrix' in window), { timeout: 60_000 }).toBe(true)

  // the Responses API is sized by the model's whole price, more than a provider nobody knows yet gets without a yes
  const first = pages.home.evaluate(() => window.matrix('openai', 'responses', { model: 'owl-mini', prompt: '[[say:Hello]]', maxTokens: 60 }))
  await (await nextQuestion(user)).approveUpTo(100_000, 100_000)
  expect(await first).toMatchObject({ text: 'Hello' })

  const wrong: string[] = []
  const cells = FEATURES.flatMap((feature) => SDKS.filter((sdk) => feature.without?.includes(sdk) !== true).map((sdk) => ({ feature, sdk })))
  const run = async (those: typeof cells): Promise<void> => {
    for (let cell = those.shift(); cell !== undefined; cell = those.shift()) {
      const { feature, sdk } = cell
      const told = await pages[feature.at].evaluate(([name, action, input]) => window.matrix(name, action, input), [sdk, feature.action, feature.input] as const)
      const problem = feature.check(told, sdk)
      if (problem !== null) wrong.push(`${feature.name} × ${sdk}: ${problem}; ${JSON.stringify(told)}`)
    }
  }
  // a document may have six running and twenty waiting: the slow ones have one of their own
  // the clocks are the extension's own code and the same in both browsers: a minute of Firefox is spent on something else
  const slow = IN_FIREFOX ? [] : cells.filter(({ feature }) => feature.at === 'slow')
  const quick = cells.filter(({ feature }) => feature.at !== 'slow')
  await Promise.all([...slow.map((cell) => run([cell])), ...Array.from({ length: 12 }, () => run(quick))])
  expect(wrong).toEqual([])
  expect(user.questionsAsked).toHaveLength(2)
  // what broke in mid-stream is released by the node's sweep, so that the money comes home
  for (const provider of Object.values(devnet.providers)) {
    provider.settings.staleReservationMs = 0
    provider.sweep()
  }
})
