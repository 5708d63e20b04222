/** The mode "only on sites I enable" (T19): the browser's own switch, seen and explained on our screens. */
import { ANSWER, ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { openOptions } from './support/options.ts'
import { inChromium, playwrightPage } from './support/chromium.ts'
import { expect, onlyInChromium, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

test('T19: on specific sites only, other pages do not see that we are there; Settings says how it stands', onlyInChromium('the switch of Firefox is on a page that no test can drive'), async ({ user, sites }) => {
  const seen = async (origin: string): Promise<boolean> => {
    const page = await user.open(`${origin}/`)
    const there = await page.evaluate(() => 'routstr' in window)
    await page.close()
    return there
  }
  expect([await seen(sites.home), await seen(sites.other)]).toEqual([true, true])
  const settings = await openOptions(user, 'settings')
  await expect(settings.by('where-it-runs')).toHaveAttribute('data-everywhere', 'true')
  // the page of the browser where a person switches it
  const browserPage = await user.open('chrome://extensions/')
  const tell = (call: string): Promise<unknown> => playwrightPage(user, browserPage).evaluate(`chrome.developerPrivate.${call}`)
  await tell(`updateExtensionConfiguration({ extensionId: '${inChromium(user).extensionId}', hostAccess: 'ON_SPECIFIC_SITES' })`)
  await expect(settings.by('where-it-runs')).toHaveAttribute('data-everywhere', 'false')
  expect([await seen(sites.home), await seen(sites.other)]).toEqual([false, false])
  await tell(`addHostPermission('${inChromium(user).extensionId}', '${sites.home.replace(/:\d+$/, '')}/*')`)
  await expect(settings.by('where-it-runs')).toContainText('localhost')
  expect([await seen(sites.home), await seen(sites.other)]).toEqual([true, false])
  // where it is enabled everything works, and the wallet reaches its mints and providers as before
  const asked = await ask(await user.open(`${sites.home}/`))
  await (await nextQuestion(user)).approveOnce()
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
  await settings.by('open-site-access').click()
  await expect.poll(() => inChromium(user).context.pages().some((page) => page.url().startsWith('chrome://extensions/?id='))).toBe(true)
})
