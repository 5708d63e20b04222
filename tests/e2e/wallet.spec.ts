/** Tokens by hand, in the options: receive, send, take back, and everything that can be wrong with a token. */
import { ANSWER, ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { msatOf } from './support/amounts.ts'
import { openOptions } from './support/options.ts'
import { checkBooks, expect, openConnected, test } from './support/test.ts'

test('receive: amount and mint are seen first, then it is in the balance', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await options.paste(await devnet.faucet(321))
  await expect(options.by('token-facts')).toContainText('321')
  await expect(options.by('token-facts')).toHaveAttribute('data-trusted', 'true')
  expect(await msatOf(options.by('balance'))).toBe(before)
  await options.by('receive-submit').click()
  await expect(options.by('receive-done')).toBeVisible()
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(before + 315_000)
})

test('the same token twice: refused, and the balance stays', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const token = await devnet.faucet(100)
  await options.paste(token)
  await options.by('receive-submit').click()
  await expect(options.by('receive-done')).toBeVisible()
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(2_000_000)
  const balance = await msatOf(options.by('balance'))
  await options.paste(token)
  await options.by('receive-submit').click()
  await expect(options.by('error')).toHaveAttribute('data-code', 'token_already_spent')
  expect(await msatOf(options.by('balance'))).toBe(balance)
})

test('a broken token: a clear error, nothing changes', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const balance = await msatOf(options.by('balance'))
  const token = await devnet.faucet(50)
  await options.by('receive-input').fill(token.slice(0, Math.floor(token.length / 2)))
  await expect(options.by('error')).toHaveAttribute('data-code', 'invalid_token')
  await expect(options.by('receive-submit')).toBeDisabled()
  await options.by('receive-input').fill('my grandmother')
  await expect(options.page.getByText('This does not look like an ecash token')).toBeVisible()
  await expect(options.by('receive-submit')).toBeDisabled()
  expect(await msatOf(options.by('balance'))).toBe(balance)
  await expect(options.by('incoming-row')).toHaveCount(0)
})

test('a token of a foreign mint is kept, and received once the mint is trusted', async ({ user, devnet }) => {
  const options = await openOptions(user)
  const balance = await msatOf(options.by('balance'))
  await options.paste(await devnet.faucet(200, devnet.otherMint))
  await expect(options.by('token-facts')).toHaveAttribute('data-trusted', 'false')
  await options.by('keep-token').click()
  await expect(options.by('receive-kept')).toBeVisible()
  await expect(options.by('incoming-row')).toHaveAttribute('data-state', 'waiting')
  expect(await msatOf(options.by('balance'))).toBe(balance)

  await options.page.reload()
  await options.by('incoming-trust').click()
  await expect(options.by('incoming-row')).toHaveCount(0)
  await expect(options.by('mint-row')).toHaveCount(2)
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(balance + 195_000)
})

test('the mint cannot be reached: the token is kept and received later', async ({ user, devnet }) => {
  test.setTimeout(120_000)
  const options = await openOptions(user)
  const balance = await msatOf(options.by('balance'))
  const token = await devnet.faucet(200)
  devnet.mint.down = true
  await options.paste(token)
  await options.by('receive-submit').click()
  await expect(options.by('error')).toHaveAttribute('data-code', 'mint_unreachable')
  await expect(options.by('incoming-row')).toHaveCount(1)
  expect(await msatOf(options.by('balance'))).toBe(balance)
  devnet.mint.down = false
  // "by itself as soon as the mint answers": at the latest with the alarm, every 30 seconds
  await expect(options.by('incoming-row')).toHaveCount(0, { timeout: 75_000 })
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(balance + 195_000)
})

test('send a token, see it, take it back', async ({ user }) => {
  const options = await openOptions(user)
  const before = await msatOf(options.by('balance'))
  await options.by('send-amount').fill('150')
  await options.by('send-submit').click()
  await expect(options.by('send-token')).toHaveValue(/^cashuB/)
  await expect(options.by('qr')).toBeVisible()
  await expect(options.by('sent-row')).toHaveAttribute('data-state', 'pending')
  await expect.poll(() => msatOf(options.by('balance'))).toBeLessThanOrEqual(before - 150_000)
  const without = await msatOf(options.by('balance'))
  await options.by('take-back').click()
  await expect(options.by('sent-row')).toHaveAttribute('data-state', 'taken back')
  await expect.poll(() => msatOf(options.by('balance'))).toBeGreaterThan(without + 145_000)
})

test('what one wallet sends, another receives', async ({ devnet }) => {
  const sender = await openConnected(devnet)
  const friend = await openConnected(devnet)
  const giving = await openOptions(sender)
  await giving.by('send-amount').fill('64')
  await giving.by('send-submit').click()
  const token = await giving.by('send-token').inputValue()

  const taking = await openOptions(friend)
  const before = await msatOf(taking.by('balance'))
  await taking.paste(token)
  await taking.by('receive-submit').click()
  await expect(taking.by('receive-done')).toBeVisible()
  await expect.poll(() => msatOf(taking.by('balance'))).toBe(before + 63_000)

  // the sender sees that it was claimed, and cannot take it back
  await giving.by('take-back').click()
  await expect(giving.by('error').or(giving.page.locator('[data-testid=sent-row][data-state=claimed]')).first()).toBeVisible()
  await checkBooks([sender, friend], devnet)
  await sender.close()
  await friend.close()
})

test('the wallet is short: the question offers to receive a token, and the waiting request goes on', async ({ user, devnet, sites }) => {
  const options = await openOptions(user)
  const balance = await msatOf(options.by('balance'))
  await options.by('send-amount').fill(String(Math.floor(balance / 1000) - 3))
  await options.by('send-submit').click()
  await expect(options.by('send-token')).toBeVisible()

  const asked = await ask(await user.open(`${sites.home}/`), undefined, { maxTokens: 1_000 })
  const question = await nextQuestion(user)
  await expect(question.page.getByTestId('wallet-short')).toBeVisible()
  await question.page.getByTestId('receive-input').fill(await devnet.faucet(500))
  await question.page.getByTestId('receive-submit').click()
  await expect(question.page.getByTestId('wallet-short')).toHaveCount(0)
  await question.approveOnce()
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
})
