/**
 * What can end under a page's feet: everything it waits for settles within a second with an error that has a name, and the money is
 * found again. The worker's death and the browser's are in lives.spec.ts, the page's own endings in endings.spec.ts.
 */
import { ANSWER, ask, LONG_QUESTION } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { inChromium, playwrightPage } from './support/chromium.ts'
import type { Page } from './support/driver.ts'
import { checkBooks, expect, grantedPage, onlyInChromium, openConnected, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

declare global {
  interface Window {
    /** Set by `watchReturns`: when the page was shown again, and whether it is the same one. */
    shown?: { readonly at: number; readonly persisted: boolean }
    /** Set by `watchReturns`: how the question of this page ended. */
    enabled?: { readonly at: number; readonly code: string }
  }
}

async function watchReturns(page: Page): Promise<void> {
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      window.shown = { at: performance.now(), persisted }
    })
    window.routstr?.requestBudget({ budgetMsat: 9_000_000 }).catch((error) => {
      window.enabled = { at: performance.now(), code: error.code }
    })
  })
}

test('T16: back from the back/forward cache everything that was pending ends at once; the page then goes on', async ({ devnet, sites }) => {
  const user = await openConnected(devnet, { keepsPages: true })
  try {
    const { page } = await grantedPage(user, sites.home)
    const streaming = await ask(page, LONG_QUESTION)
    await streaming.streaming()
    await watchReturns(page)
    const question = await nextQuestion(user)
    await page.goto(`${sites.other}/`)
    // who left takes the question along, and the provider is left
    await expect.poll(() => question.page.isClosed()).toBe(true)
    await expect.poll(() => devnet.upstream.requests.at(-1)?.aborted).toBe(true)
    await page.evaluate(() => void setTimeout(() => history.back(), 0))
    // while it goes back there is no document to ask
    await expect.poll(() => page.evaluate(() => window.shown?.persisted).catch(() => undefined)).toBe(true)
    const story = await streaming.end()
    expect(story).toMatchObject({ state: 'broken', code: 'navigation_aborted', done: false })
    await expect.poll(() => page.evaluate(() => window.enabled?.code)).toBe('navigation_aborted')
    const [shown, enabled] = await page.evaluate(() => [window.shown?.at ?? 0, window.enabled?.at ?? 0] as const)
    const took = [(story.at ?? Number.POSITIVE_INFINITY) - shown, enabled - shown] as const
    console.log(`settled ${took.map((ms) => ms.toFixed(0)).join(' and ')} ms after the page was shown again`)
    for (const ms of took) expect(ms).toBeLessThan(10_000)
    expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
    await checkBooks([user], devnet)
  } finally {
    await user.close()
  }
})

test('the extension is reloaded, as by an update: the old page is told to reload, the new one works, the money is whole', onlyInChromium('a test can reload it there only'), async ({ user, sites, devnet }) => {
  // or this browser does not start an unpacked extension again
  const extensions = playwrightPage(user, await user.open('chrome://extensions/'))
  await extensions.evaluate('chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })')
  await extensions.close()
  const { page } = await grantedPage(user, sites.home)
  const earned = devnet.providers.cheap.earningsMsat()
  const streaming = await ask(page, LONG_QUESTION)
  await streaming.streaming()
  await watchReturns(page)
  await nextQuestion(user)
  const began = await page.evaluate(() => performance.now())
  await inChromium(user).context.serviceWorkers()[0]?.evaluate('chrome.runtime.reload()').catch(() => undefined)
  const story = await streaming.end()
  expect(story).toMatchObject({ state: 'broken', done: false })
  expect(['extension_reloaded', 'worker_lost']).toContain(story.code)
  await expect.poll(() => page.evaluate(() => window.enabled?.code)).toBe('extension_reloaded')
  const enabled = await page.evaluate(() => window.enabled?.at ?? Number.POSITIVE_INFINITY)
  console.log(`after the reload: the stream ended within ${((story.at ?? 0) - began).toFixed(0)} ms, the question within ${(enabled - began).toFixed(0)} ms`)
  // no call of the old document can work any more, and each says why
  expect(await (await ask(page)).end()).toMatchObject({ state: 'ended', status: 503, code: 'extension_reloaded' })
  await expect(async () => {
    await page.reload()
    expect(await page.evaluate(() => window.routstr?.availability())).toBe('ready')
  }).toPass()
  expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
  expect(devnet.providers.cheap.earningsMsat()).toBeGreaterThan(earned)
})
