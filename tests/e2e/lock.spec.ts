/** The passphrase in the browser: set, lock, unlock from the approval window; what a dead worker, a closed browser and the disk know. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from './support/driver.ts'
import { ANSWER, ask } from './support/asking.ts'
import { questionOn } from './support/approval.ts'
import { type Browser, openBrowser } from './support/browser.ts'
import { openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { checkBooks, expect, grantedPage, test } from './support/test.ts'

const PASSPHRASE = 'seven herons in a row'

async function protect(user: Browser): Promise<Page> {
  const options = await openOptions(user, 'safety')
  await options.by('lock-begin').click()
  await options.by('lock-new').fill(PASSPHRASE)
  await options.by('lock-repeat').fill(PASSPHRASE.slice(0, 5))
  await expect(options.by('lock-choose')).toBeDisabled()
  await options.by('lock-repeat').fill(PASSPHRASE)
  await options.by('lock-choose').click()
  await expect(options.by('lock-card')).toHaveAttribute('data-protected', 'true')
  return options.page
}

async function unlockOn(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByTestId('unlock-passphrase').fill(passphrase)
  await page.getByTestId('unlock-submit').click()
}

/** Everything the extension keeps beside its database, as text. */
const kept = (page: Page, area: 'local' | 'session'): Promise<string> =>
  page.evaluate(async (name) => JSON.stringify(await chrome.storage[name].get(null)), area)

test('protected: a dead worker comes back unlocked; locked: a site asks, the same window unlocks, asks and answers', async ({ user, sites, devnet }) => {
  const options = await protect(user)
  expect(await kept(options, 'local')).toBe('{}')
  expect(await kept(options, 'session')).not.toContain(PASSPHRASE)
  await user.killWorker()
  const popup = await openPopup(user)
  expect(await popup.balanceMsat()).toBeGreaterThan(0)

  await options.getByTestId('lock-now').click()
  await expect(options.getByTestId('unlock')).toBeVisible()
  await expect(popup.page.getByTestId('locked')).toBeVisible()
  expect(await kept(options, 'session')).toBe('{"begun":true}')
  await options.getByTestId('nav-tokens').click()
  await expect(options.getByTestId('locked')).toBeVisible()
  await options.getByTestId('nav-sites').click()
  await expect(options.getByTestId('locked')).toHaveCount(0)

  const page = await user.open(`${sites.home}/`)
  const [first, second] = [await ask(page), await ask(page)]
  await expect.poll(() => user.questionWindow() !== null).toBe(true)
  const window = user.questionWindow()
  if (window === null) throw new Error('no window')
  await expect(window.getByTestId('approval-origin')).toHaveText(sites.home)
  await unlockOn(window, 'not the passphrase')
  await expect(window.getByTestId('error')).toHaveAttribute('data-code', 'wrong_passphrase')
  await unlockOn(window)
  const question = questionOn(window)
  await expect(question.card).toBeVisible()
  await question.approveUpTo(1_000, 100)
  for (const asked of [first, second]) expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
  expect(user.questionsAsked).toHaveLength(1)
  expect(devnet.upstream.requests).toHaveLength(2)
  expect(await popup.balanceMsat()).toBeGreaterThan(0)
})

test('locked, a site with a limit: closed is a no (401); unlocked in the window it goes on without a question', async ({ user, sites }) => {
  const { page } = await grantedPage(user, sites.home)
  const options = await protect(user)
  await options.getByTestId('lock-now').click()
  await expect(options.getByTestId('unlock')).toBeVisible()
  const before = user.questionsAsked.length
  const refused = await ask(page)
  await expect.poll(() => user.questionWindow() !== null).toBe(true)
  await user.questionWindow()?.close()
  expect(await refused.end()).toMatchObject({ status: 401, code: 'wallet_locked' })
  expect(await (await ask(page, undefined, { prompt: 'none' })).end()).toMatchObject({ status: 401, code: 'wallet_locked' })
  const asked = await ask(page)
  await expect.poll(() => user.questionWindow() !== null).toBe(true)
  const window = user.questionWindow()
  if (window === null) throw new Error('no window')
  await unlockOn(window)
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
  await expect.poll(() => window.isClosed()).toBe(true)
  expect(user.questionsAsked).toHaveLength(before + 2)
})

test('T31: protected from the start: no file of the profile ever holds a token, a key or the passphrase; a closed browser is locked', async ({ devnet, sites }) => {
  const profile = await mkdtemp(join(tmpdir(), 'routstr-profile-'))
  const before = await openBrowser({ profile })
  const options = await protect(before)
  const developer = await openOptions(before, 'developer')
  await developer.connectDevnet(devnet.configUrl)
  await grantedPage(before, sites.home)
  const key: unknown = JSON.parse(JSON.parse(await kept(options, 'session')).unlocked).key
  await before.close()

  const found = await secretsIn(profile, [PASSPHRASE, String(key)])
  expect(found).toEqual([])

  const after = await openBrowser({ profile })
  const popup = await openPopup(after)
  await expect(popup.page.getByTestId('locked')).toBeVisible()
  await unlockOn(popup.page)
  expect(await popup.balanceMsat()).toBeGreaterThan(0)
  await checkBooks([after], devnet)
  await after.close()
  await rm(profile, { recursive: true, force: true })
})

/** Files of the profile with one of these texts, a token or the key of an account in them. */
async function secretsIn(profile: string, texts: readonly string[]): Promise<string[]> {
  const files = (await readdir(profile, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const found: string[] = []
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    const bytes = await readFile(path, 'latin1').catch(() => '')
    const secret = texts.find((text) => bytes.includes(text)) ?? /cashu[AB][\w-]{20}|sk-[0-9a-f]{64}/.exec(bytes)?.[0]
    if (secret !== undefined) found.push(`${path}: ${secret}`)
  }
  return found
}
