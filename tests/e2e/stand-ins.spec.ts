/** Pages that were written for Chrome's `LanguageModel` and for the old `window.ai`: a paid model where the user wants that, and nowhere else. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextQuestion } from './support/approval.ts'
import { EXTENSION_DIR } from './support/browser.ts'
import type { Page } from './support/driver.ts'
import { openOptions, type Options } from './support/options.ts'
import { checkBooks, expect, grantedPage, openConnected, test } from './support/test.ts'

declare global {
  interface Window {
    seen: Record<string, boolean>
    story(): Promise<object>
  }
}

const seen = (page: Page): Promise<Record<string, boolean>> => page.evaluate(() => window.seen)

/** The same extension, as if the browser's own question about localhost had been answered with *Allow*: no test can press that. */
async function allowedExtension(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'routstr-allowed-'))
  await cp(EXTENSION_DIR, folder, { recursive: true })
  const file = join(folder, 'manifest.json')
  const manifest: object = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...manifest, host_permissions: ['http://localhost/*'] }))
  return folder
}

async function toggle(options: Options, origin: string, on: boolean): Promise<void> {
  await options.page.reload()
  await options.site(origin).getByTestId('edit-limit').click()
  await options.by('site-stand-in').click()
  await expect(options.by('site-stand-in')).toHaveAttribute('aria-checked', String(on))
}

test('LanguageModel and window.ai are there for the first script of a page once the user has switched them on for its site, and gone when switched off', async ({ devnet, sites }) => {
  const extension = await allowedExtension()
  const user = await openConnected(devnet, { extension })
  await (await grantedPage(user, sites.home)).page.close()
  const [modern, old] = [await user.open(`${sites.home}/prompt-api`), await user.open(`${sites.home}/window-ai`)]
  expect([await seen(modern), await seen(old)]).toEqual([{ LanguageModel: false, ai: false }, { ai: false }])

  const options = await openOptions(user, 'sites')
  await toggle(options, sites.home, true)
  await options.by('site-stand-in-model').selectOption('owl-mini')
  await modern.reload()
  await old.reload()
  expect([await seen(modern), await seen(old)]).toEqual([{ LanguageModel: true, ai: true }, { ai: true }])

  const told = modern.evaluate(() => window.story())
  // a session bounds no answer, so more may be placed at a provider nobody knows yet than goes without a yes
  await (await nextQuestion(user)).approveUpTo(1_000, 1_000)
  expect(await told).toEqual({
    progress: [0, 1],
    first: 'I stand in the river.',
    used: true,
    grown: true,
    quota: 8192,
    pieces: expect.any(Number),
    text: 'And I wait for a fish.',
    constrained: { legs: 2 },
    abort: 'AbortError',
    after: 'Still here.',
    destroyed: 'AbortError',
    measured: 4,
    temperature: 0.5,
  })
  expect(await old.evaluate(() => window.story())).toEqual({
    model: 'owl-mini',
    asked: { text: 'I stand in the river.' },
    streamed: expect.any(Number),
    text: 'And I wait for a fish.',
    whole: { message: { role: 'assistant', content: 'And I wait for a fish.' } },
    completion: { text: 'One.' },
    refused: 'INVALID_REQUEST',
    errors: ['error INVALID_REQUEST'],
  })

  // another site sees nothing of it
  const other = await user.open(`${sites.other}/prompt-api`)
  expect(await seen(other)).toEqual({ LanguageModel: false, ai: false })

  await toggle(options, sites.home, false)
  await modern.reload()
  expect(await seen(modern)).toEqual({ LanguageModel: false, ai: false })
  await checkBooks([user], devnet)
  await user.close()
  await rm(extension, { recursive: true, force: true })
})
