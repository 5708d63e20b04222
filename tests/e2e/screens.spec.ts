/** The built package and the screens as such: powers, secrets, accessibility. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expectAccessible } from './support/accessible.ts'
import { ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { EXTENSION_DIR, IN_FIREFOX } from './support/browser.ts'
import { inChromium } from './support/chromium.ts'
import type { Page } from './support/driver.ts'
import { openOptions, type Room } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { expect, grantedPage, onlyInChromium, test } from './support/test.ts'

/** Screenshots for people to look at, on request only. */
const PICTURES = process.env.ROUTSTR_PICTURES

test('T20, T29, T34: the built manifest asks for the least', async () => {
  const manifest: unknown = JSON.parse(await readFile(join(EXTENSION_DIR, 'manifest.json'), 'utf8'))
  const everywhere = { matches: ['http://127.0.0.1/*', 'http://localhost/*', 'https://*/*'], all_frames: true, run_at: 'document_start', match_origin_as_fallback: true }
  expect(manifest).toEqual({
    manifest_version: 3,
    name: 'Routstr',
    description: expect.any(String),
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    icons: expect.any(Object),
    permissions: ['storage', 'unlimitedStorage', 'alarms', 'activeTab', 'scripting'],
    host_permissions: [],
    optional_host_permissions: ['https://*/*', 'http://localhost/*', 'http://127.0.0.1/*'],
    incognito: 'not_allowed',
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    },
    action: { default_title: 'Routstr', default_popup: 'popup.html' },
    ...(IN_FIREFOX
      ? {
          background: { type: 'module', scripts: ['background.js'] },
          browser_specific_settings: {
            gecko: {
              id: 'routstr-browser@routstr.invalid',
              strict_min_version: '140.0',
              data_collection_permissions: { required: ['financialAndPaymentInfo', 'websiteContent'] },
            },
          },
        }
      : { minimum_chrome_version: '126', externally_connectable: { ids: [] }, background: { type: 'module', service_worker: 'background.js' } }),
    options_ui: { open_in_tab: true, page: 'options.html' },
    content_scripts: [
      { ...everywhere, js: ['content-scripts/provider.js'], world: 'MAIN' },
      { ...everywhere, js: ['content-scripts/relay.js'] },
    ],
  })
})

test('the consoles are read: what the other tests do not find there is not there', onlyInChromium('Firefox tells no test what an event page writes'), async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  await page.evaluate(() => console.log('a page speaks'))
  const popup = await openPopup(user)
  await popup.page.evaluate(() => console.error('a screen speaks'))
  await inChromium(user).context.serviceWorkers()[0]?.evaluate(() => console.warn('the worker speaks'))
  await expect.poll(() => user.console).toEqual(expect.arrayContaining(['a page speaks', 'a screen speaks', 'the worker speaks'].map((words) => expect.stringContaining(words))))
})

test('T33: nothing that happens writes to a console', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  devnet.providers.cheap.fault('upstream-500')
  await (await ask(page)).end()
  const popup = await openPopup(user)
  await popup.bringHome()
  const options = await openOptions(user)
  for (const room of ['tokens', 'history', 'sites', 'providers', 'activity', 'settings', 'developer'] as const) await options.go(room)
  // the browser itself notes answers of 4xx and 5xx; nobody else has anything to say
  expect(user.console.filter((line) => !line.startsWith('Failed to load resource'))).toEqual([])
})

const ROOMS: readonly Room[] = ['tokens', 'history', 'sites', 'providers', 'activity', 'settings', 'developer']

/** Read to its end, nothing for axe to say, and nothing that runs out of the page, wide or narrow. */
async function expectSound(page: Page, name: string): Promise<void> {
  await expect(page.getByTestId('loading')).toHaveCount(0)
  await expectAccessible(page, name)
  for (const width of [1000, 400]) {
    await page.setViewportSize({ width, height: 900 })
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage: true })
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits ${width} px`).toBe(true)
  }
}

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious: question, popup, options (${scheme})`, async ({ user, sites }) => {
    const { page } = await grantedPage(user, sites.home, 50)
    const popup = await openPopup(user)
    await popup.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await expect(popup.receipts).toHaveCount(1)
    await expectAccessible(popup.page, 'popup')

    const options = await openOptions(user)
    await options.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const room of ROOMS) {
      await options.go(room)
      await expectSound(options.page, room)
    }
    await options.go('sites')
    await options.by('edit-limit').click()
    await expectSound(options.page, 'the rules of a site')
    await options.go('activity')
    for (const tab of ['spending', 'waiting']) {
      await options.by(`tab-${tab}`).click()
      await expectSound(options.page, tab)
    }

    const asked = await ask(page, undefined, { model: 'owl-large', maxTokens: 16_000 })
    const question = await nextQuestion(user)
    await question.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await question.armed()
    await expectAccessible(question.page, 'question')
    await question.page.getByTestId('view-request').click()
    await question.page.getByTestId('choice-period').check()
    await expectAccessible(question.page, 'question with everything open')
    await question.reject()
    expect((await asked.end()).status).toBe(403)
  })
}
