/** The developer's room: the story of each request with its money, and a request played dry. */
import { startDevnet } from '../devnet/devnet.ts'
import { nextQuestion } from './support/approval.ts'
import { ask } from './support/asking.ts'
import { expectAccessible } from './support/accessible.ts'
import type { Page } from './support/driver.ts'
import { type Books, openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { expect, grantedPage, test } from './support/test.ts'

const PICTURES = process.env['ROUTSTR_PICTURES']

/** Nothing runs out of the page at either width, axe has nothing to say in either scheme; no colour is on its way to another one. */
async function look(page: Page, name: string): Promise<void> {
  for (const width of [1000, 400]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await expectAccessible(page, `${name} ${colorScheme} ${width}`)
      if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}-${width}-${colorScheme}.png`, fullPage: true })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits ${width} px`).toBe(true)
  }
  await page.setViewportSize({ width: 1000, height: 900 })
}

test('the developer reads what a request did, with its failed attempt and its money, and plays another one dry', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  devnet.providers.cheap.fault('upstream-500', 1)
  expect(await (await ask(page)).end()).toMatchObject({ status: 200 })

  const { page: screen, by } = await openOptions(user, 'developer')
  await expect(by('request-row')).toHaveCount(2)
  const newest = by('request-row').first()
  await newest.locator('summary').click()
  await expect(newest.getByTestId('plan-candidate').first()).toBeVisible()
  const kinds = await screen.evaluate(() => [...document.querySelectorAll('[data-testid=step]')].map((step) => step.getAttribute('data-kind')))
  expect(kinds.filter((kind) => kind === 'attempt_over')).toHaveLength(2)
  expect(kinds).toEqual(expect.arrayContaining(['planned', 'held', 'sent', 'head', 'first_byte', 'ended', 'trued_up']))
  await look(screen, 'developer-requests')

  await by('tab-dry-run').click()
  await by('dry-site').selectOption(sites.home)
  await by('dry-run-go').click()
  await expect(by('dry-outcome')).toBeVisible()
  await expect(by('plan-candidate').first()).toBeVisible()
  await look(screen, 'developer-dry-run')
  await by('dry-body').fill('{"model":"no-such-model","messages":[{"role":"user","content":"?"}]}')
  await by('dry-run-go').click()
  await expect(by('dry-outcome')).toHaveAttribute('data-refusal', 'model_not_found')
})

test('fake sats: another wallet, named on every screen; the real one comes back as it was', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const options = await openOptions(user, 'developer')
  const { page: screen, by } = options
  const before = await options.books()
  const other = await startDevnet()
  try {
    await expect(by('fake-sats')).toHaveCount(0)
    await by('fake-sats-switch').click()
    await expect(by('fake-sats')).toBeVisible()
    await expect(by('fake-sats-card')).toHaveAttribute('data-state', 'on')
    await expect.poll(() => user.badge()).toBe('FAKE')
    await expect(by('ledger-receivedMsat')).toHaveAttribute('data-msat', '0')
    await expect(by('request-row')).toHaveCount(0)
    await options.connectDevnet(other.configUrl)
    await expect(by('ledger-receivedMsat')).not.toHaveAttribute('data-msat', '0')
    await look(screen, 'fake-sats-developer')
    const popup = await openPopup(user)
    await expect(popup.page.getByTestId('fake-sats')).toBeVisible()
    await look(popup.page, 'fake-sats-popup')
    await popup.close()

    // the page asks anew, and the question says what it is about
    const asked = await ask(page)
    const question = await nextQuestion(user)
    await expect(question.page.getByTestId('fake-sats')).toBeVisible()
    if (PICTURES !== undefined) await question.page.screenshot({ path: `${PICTURES}/fake-sats-question.png` })
    await question.approveUpTo(1_000, 1_000)
    expect(await asked.end()).toMatchObject({ state: 'ended', status: 200 })
    expect(other.providers.cheap.books().earnedMsat + other.providers.dear.books().earnedMsat).toBeGreaterThan(0)

    // a worker that dies comes back with the same wallet
    await user.killWorker()
    await screen.reload()
    await expect(by('fake-sats')).toBeVisible()

    const earned = devnet.providers.cheap.books().earnedMsat
    await by('fake-sats-switch').click()
    await expect(by('fake-sats')).toHaveCount(0)
    await expect.poll(() => user.badge()).toBe('')
    expect(inAll(await options.books())).toEqual(inAll(before))
    expect(devnet.providers.cheap.books().earnedMsat).toBe(earned)
    expect(await (await ask(page)).end()).toMatchObject({ state: 'ended', status: 200 })
  } finally {
    await other.stop()
  }
})

/** The pool may open a session ahead of need at any moment that the real wallet is awake: then money is placed, and a fee is paid. */
function inAll({ wallet, sessions, mintFees, ...rest }: Books): object {
  return { ...rest, ours: wallet + sessions + mintFees }
}
