/** The room of the history: every movement is seen there, and can be taken along as a file. */
import { readFile } from 'node:fs/promises'
import { msatOf } from './support/amounts.ts'
import { openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { expect, grantedPage, test } from './support/test.ts'

test('a request, a token and a usd token: each is a line with its amount and its fee, newest first', async ({ user, sites, devnet }) => {
  await grantedPage(user, sites.home)
  const popup = await openPopup(user)
  await popup.bringHome()
  const options = await openOptions(user)
  await options.tab('send')
  await options.by('send-amount').fill('150')
  await options.by('send-memo').fill('for lunch')
  await options.by('send-submit').click()
  await expect(options.by('send-token')).toBeVisible()
  await options.tab('receive')
  await options.paste(await devnet.mint.mintToken(350, { unit: 'usd' }))
  await expect(options.by('other-unit')).toBeVisible()
  await options.by('receive-submit').click()
  await expect(options.by('receive-done')).toContainText('usd')

  await options.go('history')
  const lines = options.by('movement')
  await expect(lines.first()).toHaveAttribute('data-kind', 'received')
  await expect(lines.first().getByTestId('movement-amount')).toHaveAttribute('data-unit', 'usd')
  const sent = options.page.locator('[data-testid=movement][data-kind=sent]')
  await expect(sent).toHaveAttribute('data-state', 'open')
  await expect(sent).toContainText('for lunch')
  expect(await msatOf(sent.getByTestId('movement-amount'))).toBe(150_000)
  // others may stand beside them: sessions that were opened ahead of need, at whom would be asked next as well
  for (const kind of ['placed', 'returned']) await expect(options.page.locator(`[data-testid=movement][data-kind=${kind}]`).filter({ hasText: 'Sparrow AI' }).first()).toBeVisible()

  await options.by('history-out').click()
  await expect(options.page.locator('[data-testid=movement][data-kind=received]')).toHaveCount(0)
  await expect(sent).toHaveCount(1)
  await options.by('history-in').click()
  await expect(sent).toHaveCount(0)
})

test('the file is a download with a line per movement, and no token in it', async ({ user }) => {
  const options = await openOptions(user)
  await options.tab('send')
  await options.by('send-amount').fill('64')
  await options.by('send-memo').fill('=1+1')
  await options.by('send-submit').click()
  await expect(options.by('send-token')).toBeVisible()
  await options.go('history')
  await expect(options.page.locator('[data-testid=movement][data-kind=sent]')).toHaveCount(1)
  const count = await options.by('movement').count()
  const csv = await user.download(options.page, () => options.by('history-export-csv').click())
  expect(csv.name).toMatch(/^routstr-history-.*\.csv$/)
  const text = await readFile(csv.path, 'utf8')
  expect(text.trimEnd().split('\r\n')).toHaveLength(count + 1)
  expect(text).toContain(",'=1+1,")
  expect(text).not.toMatch(/cashu[AB]/)
  const json = await user.download(options.page, () => options.by('history-export-json').click())
  expect(JSON.parse(await readFile(json.path, 'utf8')).movements).toHaveLength(count)
})

test('an empty wallet says what will be here', async ({ user }) => {
  const options = await openOptions(user, 'history')
  await options.by('history-out').click()
  await expect(options.by('empty')).toBeVisible()
})
