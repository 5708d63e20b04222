/** Lightning in the browser: in by invoice and by connected wallet, out to an invoice and an address, between mints. */
import type { Devnet } from '../devnet/devnet.ts'
import { msatOf } from './support/amounts.ts'
import { openOptions } from './support/options.ts'
import { expect, test } from './support/test.ts'

/** Somebody else's Lightning wallet. */
async function friend<T>(devnet: Devnet, path: string, body: object): Promise<T> {
  const response = await fetch(`${devnet.url}/lightning/${path}`, { method: 'POST', body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return (await response.json()) as T
}

test('top up by an invoice that somebody pays, with a reload and a dead worker in between', async ({ user, devnet }) => {
  devnet.mint.quotes.autoPayMs = null
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await options.tab('top-up')
  await options.by('top-up-1000').click()
  await options.by('top-up-mint').selectOption(devnet.mint.url)
  await options.by('top-up-make').click()
  const invoice = await options.by('top-up-invoice').inputValue()
  await expect(options.by('qr')).toBeVisible()
  await expect(options.by('top-up-open')).toHaveAttribute('href', `lightning:${invoice}`)
  await expect(options.by('top-up')).toHaveAttribute('data-state', 'waiting')

  await options.page.reload()
  await expect(options.by('top-up-invoice')).toHaveValue(invoice)
  await user.killWorker()
  await friend(devnet, 'pay', { invoice })
  await expect(options.by('top-up-done').or(options.by('top-up-row').first())).toBeVisible({ timeout: 60_000 })
  await expect(options.page.locator('[data-testid=top-up-row][data-state=done]')).toHaveCount(1, { timeout: 60_000 })
  await expect.poll(() => msatOf(options.by('balance'))).toBe(before + 1_000_000)
})

test('top up by the connected wallet, and let it refill by itself', async ({ user, devnet }) => {
  devnet.mint.quotes.autoPayMs = null
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await expect(options.by('nwc-uri')).toHaveAttribute('type', 'password')
  await options.by('nwc-uri').fill(devnet.walletService.uri)
  await options.by('nwc-uri-go').click()
  await expect(options.by('connected-wallet')).toHaveAttribute('data-connected', 'true')
  await expect(options.by('nwc-balance')).toHaveAttribute('data-msat', '1000000000')

  await options.tab('top-up')
  await options.by('top-up-amount').fill('700')
  await options.by('top-up-mint').selectOption(devnet.mint.url)
  await options.by('top-up-make').click()
  await options.by('pay-connected').click()
  await expect(options.by('top-up-done')).toBeVisible()
  await expect.poll(() => msatOf(options.by('balance'))).toBe(before + 700_000)

  await options.by('refill').click()
  await options.by('refill-threshold').fill('5 000')
  await options.by('refill-amount').fill('3 000')
  await options.by('refill-cap').fill('4 000')
  await options.by('refill-mint').selectOption(devnet.mint.url)
  await options.by('refill-save').click()
  await expect.poll(() => msatOf(options.by('balance'))).toBe(before + 3_700_000)
  await expect(options.by('refill-today')).toContainText(/3\u2009000 of 4\u2009000/)
  expect(devnet.walletService.balanceMsat).toBe(1_000_000_000 - 3_700_000)
  await options.by('nwc-disconnect').click()
  await options.by('nwc-disconnect-confirm').click()
  await expect(options.by('connected-wallet')).toHaveAttribute('data-connected', 'false')
})

test('withdraw to an invoice: the cost is seen first, Enter does not pay', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  const { invoice, paymentHash } = await friend<{ invoice: string; paymentHash: string }>(devnet, 'invoice', { amountSat: 120, memo: 'Two <b>coffees</b>' })
  await options.tab('withdraw')
  await options.by('withdraw-input').fill(invoice)
  await options.by('withdraw-input-go').click()
  await expect(options.by('withdraw-target')).toContainText('Two <b>coffees</b>')
  await expect(options.by('withdraw-asked')).toHaveAttribute('data-msat', '120000')
  await options.by('withdraw-quote').click()
  await expect(options.by('withdraw-total')).toBeVisible()
  await expect(options.by('withdraw-pay')).not.toBeFocused()
  await options.page.keyboard.press('Enter')
  await expect(options.by('withdraw-pay')).toBeVisible()
  await options.by('withdraw-pay').click()
  await expect(options.by('withdraw-paid')).toBeVisible({ timeout: 30_000 })
  const cost = await msatOf(options.by('withdraw-fee'))
  await options.by('withdraw-details').first().click()
  expect((await options.by('preimage').first().inputValue()).length).toBe(64)
  await expect.poll(() => msatOf(options.by('balance'))).toBeLessThanOrEqual(before - 120_000 - cost)
  const paid = await (await fetch(`${devnet.url}/lightning/invoice/${paymentHash}`)).json()
  expect(paid).toMatchObject({ paid: true, paidMsat: 120_000 })
})

test('a payment the mint never heard of is cancelled: the money is back', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  const { invoice, paymentHash } = await friend<{ invoice: string; paymentHash: string }>(devnet, 'invoice', { amountSat: 120, memo: 'lunch' })
  devnet.mint.fault(/^\/v1\/melt\/bolt11$/, 'before', 20)
  await options.tab('withdraw')
  await options.by('withdraw-input').fill(invoice)
  await options.by('withdraw-input-go').click()
  await options.by('withdraw-quote').click()
  await options.by('withdraw-pay').click()
  await options.by('withdraw-cancel').first().click()
  await expect(options.by('withdraw-failed').first()).toBeVisible()
  // the fee of the swap that made the notes new
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThanOrEqual(before - 2_000)
  expect(await (await fetch(`${devnet.url}/lightning/invoice/${paymentHash}`)).json()).toMatchObject({ paid: false })
})

test('withdraw to a Lightning address', async ({ user, devnet }) => {
  const options = await openOptions(user)
  await options.tab('withdraw')
  await options.by('withdraw-input').fill(devnet.lightningAddress)
  await options.by('withdraw-input-go').click()
  await options.by('withdraw-amount').fill('90')
  await options.by('withdraw-quote').click()
  await options.by('withdraw-pay').click()
  await expect(options.by('withdraw-paid')).toBeVisible({ timeout: 30_000 })
  expect(devnet.lnurl.invoices.map(({ paidMsat }) => paidMsat)).toEqual([90_000])
})

test('move between two mints', async ({ user, devnet }) => {
  const options = await openOptions(user)
  // with one mint there is nothing to move between
  await expect(options.by('tab-move')).toHaveCount(0)
  await options.by('mint-url').fill(devnet.otherMint.url)
  await options.by('mint-ask').click()
  await options.by('mint-trust').click()
  await options.tab('move')
  await options.by('move-from').selectOption(devnet.mint.url)
  await options.by('move-to').selectOption(devnet.otherMint.url)
  await options.by('move-amount').fill('300')
  await options.by('move-quote').click()
  await expect(options.by('move-arrives')).toHaveAttribute('data-msat', '300000')
  await expect(options.by('move-start')).not.toBeFocused()
  await options.by('move-start').click()
  await expect(options.by('move-done')).toBeVisible({ timeout: 30_000 })
  await expect(options.by('move-row')).toHaveAttribute('data-state', 'paid')
  const there = options.page.locator('[data-testid=mint-row]').filter({ hasText: devnet.otherMint.url })
  await expect(there.getByTestId('mint-balance')).toHaveAttribute('data-msat', '300000')
})

test('a token of a mint that is not trusted: swapped to one that is', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await options.paste(await devnet.faucet(400, devnet.otherMint))
  await options.by('keep-token').click()
  await expect(options.by('incoming-row')).toHaveAttribute('data-state', 'waiting')
  await options.by('incoming-swap-mint').selectOption(devnet.mint.url)
  await options.by('incoming-swap').click()
  await expect(options.by('incoming-row')).toHaveCount(0, { timeout: 30_000 })
  await expect(options.by('move-row')).toHaveAttribute('data-state', 'paid', { timeout: 30_000 })
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(before + 370_000)
})

test('a token of a mint that is not trusted: swapped right where it was pasted', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await options.paste(await devnet.faucet(400, devnet.otherMint))
  await options.by('swap-to-mint').click()
  await expect(options.by('receive-kept')).toBeVisible({ timeout: 30_000 })
  await expect.poll(() => msatOf(options.by('balance')), { timeout: 30_000 }).toBeGreaterThan(before + 370_000)
  await expect(options.by('incoming-row')).toHaveCount(0)
})
