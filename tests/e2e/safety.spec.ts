/** What survives the loss of the browser: the words and their quiz, the backup file, and a fresh profile restored from each. */
import { readFile } from 'node:fs/promises'
import type { Page } from './support/driver.ts'
import { msatOf } from './support/amounts.ts'
import { type Browser, openBrowser } from './support/browser.ts'
import { openOptions, type Options } from './support/options.ts'
import { expect, test } from './support/test.ts'

const PASSPHRASE = 'correct horse battery staple'

/** Screenshots for people to look at, on request only. */
const PICTURES = process.env.ROUTSTR_PICTURES
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png`, fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function reveal(options: Options): Promise<string[]> {
  // a short press asks once more: this is how it works without holding
  await options.by('seed-reveal').click()
  await options.by('seed-confirm').click()
  await expect(options.by('seed-words').locator('li')).toHaveCount(12)
  const items = await options.by('seed-words').locator('li').allTextContents()
  return items.map((text) => text.replace(/^\d+\s+/, '').trim())
}

async function balanceIn(options: Options): Promise<number> {
  await options.go('tokens')
  return msatOf(options.by('balance'))
}

/** A profile with nothing in it that may speak to loopback. */
async function openEmpty(): Promise<Browser> {
  const browser = await openBrowser()
  const page = await browser.open(browser.screen('options.html#/settings'))
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const port = chrome.runtime.connect({ name: 'ui' })
        port.onMessage.addListener(() => resolve())
        port.postMessage({ id: 1, route: 'settings.set', input: { developer: true } })
      }),
  )
  await page.close()
  return browser
}

test('the words are shown on a press, asked for, and the reminder goes', async ({ user }) => {
  const options = await openOptions(user)
  await expect(options.by('backup-reminder')).toBeVisible()
  await expect(options.by('safety-dot')).toBeVisible()
  await options.go('safety')
  await picture(options.page, 'safety-unconfirmed')
  const words = await reveal(options)
  expect(words).toHaveLength(12)
  await picture(options.page, 'safety-words')
  await options.by('seed-quiz').click()
  await expect(options.by('seed-words')).toHaveCount(0)
  const answers = options.page.locator('[data-testid^=quiz-]:is(input)')
  await expect(answers).toHaveCount(3)
  for (const answer of await answers.all()) await answer.fill('wrong')
  await options.by('quiz-check').click()
  await expect(options.by('error')).toHaveAttribute('data-code', 'wrong_words')
  await picture(options.page, 'safety-quiz-wrong')
  for (const answer of await answers.all()) {
    const position = Number((await answer.getAttribute('data-testid'))?.split('-')[1])
    await answer.fill(words[position - 1] ?? '')
  }
  await options.by('quiz-check').click()
  await expect(options.by('seed-confirmed')).toBeVisible()
  await expect(options.by('safety-dot')).toHaveCount(0)
  await picture(options.page, 'safety-confirmed')
})

test('a backup file made here opens in a fresh profile: the same money', async ({ user }) => {
  const options = await openOptions(user)
  const before = await balanceIn(options)
  await options.go('safety')
  await options.by('export-passphrase').fill(PASSPHRASE)
  await options.by('export-again').fill('something else')
  await expect(options.by('export-submit')).toBeDisabled()
  await options.by('export-again').fill(PASSPHRASE)
  const { path: file } = await user.download(options.page, () => options.by('export-submit').click())
  expect(await readFile(file, 'utf8')).toContain('routstr-backup')
  await expect(options.by('file-last')).toBeVisible()

  const other = await openEmpty()
  const fresh = await openOptions(other, 'safety')
  await fresh.by('import-file').setInputFiles(file)
  await fresh.by('import-passphrase').fill('wrong passphrase')
  await fresh.by('import-submit').click()
  await expect(fresh.by('error')).toHaveAttribute('data-code', 'wrong_passphrase')
  await fresh.by('import-passphrase').fill(PASSPHRASE)
  await fresh.by('import-submit').click()
  await expect(fresh.by('import-done')).toBeVisible()
  await expect(fresh.by('restore-state')).toHaveAttribute('data-state', 'done', { timeout: 30_000 })
  await picture(fresh.page, 'safety-imported')
  expect(await balanceIn(fresh)).toBe(before)
  await other.close()
})

test('the words in a fresh profile bring the money back, over a worker that dies', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await balanceIn(options)
  await options.go('safety')
  const words = await reveal(options)

  const other = await openEmpty()
  const fresh = await openOptions(other, 'safety')
  await picture(fresh.page, 'safety-empty')
  await fresh.by('restore-words').fill(words.join(' ').replace(words[0] ?? '', 'nonsense'))
  await fresh.by('restore-mint').fill(devnet.mint.url)
  await fresh.by('restore-start').click()
  await expect(fresh.by('error')).toHaveAttribute('data-code', 'wrong_words')
  const hold = devnet.mint.hold(/restore/)
  await fresh.by('restore-words').fill(words.join(' '))
  await fresh.by('restore-start').click()
  await hold.waiting
  await expect(fresh.by('restore-state')).toHaveAttribute('data-state', 'running')
  await picture(fresh.page, 'safety-restoring')
  await other.killWorker()
  hold.release()
  await expect(fresh.by('restore-state')).toHaveAttribute('data-state', 'done', { timeout: 40_000 })
  await expect(fresh.by('restore-found')).toBeVisible()
  await picture(fresh.page, 'safety-restored')
  expect(await balanceIn(fresh)).toBe(before)
  await other.close()
})
