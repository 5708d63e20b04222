/** Answers that do not end by themselves: everybody lets go, and only what was used is paid. */
import { ANSWER, ask, LONG_QUESTION } from './support/asking.ts'
import { msatOf } from './support/amounts.ts'
import { openPopup } from './support/popup.ts'
import { expect, grantedPage, test } from './support/test.ts'
import type { Browser } from './support/browser.ts'
import type { Devnet } from '../devnet/devnet.ts'

/** The model stopped, and the cut answer costs nothing once the account has been read. */
async function expectFreeEnd(user: Browser, devnet: Devnet, earnedBefore: number, state = 'aborted'): Promise<void> {
  await expect.poll(() => devnet.upstream.requests.at(-1)?.aborted, { message: 'the model behind the provider stopped' }).toBe(true)
  const popup = await openPopup(user)
  const newest = popup.receipts.first()
  await expect(newest).toHaveAttribute('data-state', state)
  await expect(newest.getByTestId('receipt-cost')).toHaveAttribute('data-msat', '0')
  expect(devnet.providers.cheap.earningsMsat()).toBe(earnedBefore)
  await popup.close()
}

test('the page aborts in the middle of an answer', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const earned = devnet.providers.cheap.earningsMsat()
  const asked = await ask(page, LONG_QUESTION)
  await asked.streaming()
  await asked.abort()
  expect(await asked.end()).toMatchObject({ state: 'broken', error: 'AbortError', done: false })
  await expectFreeEnd(user, devnet, earned)
})

test('the page is closed in the middle of an answer', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const earned = devnet.providers.cheap.earningsMsat()
  const asked = await ask(page, LONG_QUESTION)
  await asked.streaming()
  await page.close()
  await expectFreeEnd(user, devnet, earned)
})

test('the page goes elsewhere in the middle of an answer', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const earned = devnet.providers.cheap.earningsMsat()
  await (await ask(page, LONG_QUESTION)).streaming()
  await page.goto(`${sites.other}/`)
  await expectFreeEnd(user, devnet, earned)
})

test('Stop in the popup ends one answer', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const earned = devnet.providers.cheap.earningsMsat()
  const asked = await ask(page, LONG_QUESTION)
  await asked.streaming()
  const popup = await openPopup(user)
  await expect(popup.running).toHaveAttribute('data-phase', 'streaming')
  await popup.stop()
  expect(await asked.end()).toMatchObject({ state: 'broken', done: false })
  await expect(popup.running).toHaveCount(0)
  await popup.close()
  await expectFreeEnd(user, devnet, earned)
})

test('Pause in the popup ends what runs and refuses what comes, until it is taken back', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const running = await ask(page, LONG_QUESTION)
  await running.streaming()
  const popup = await openPopup(user)
  await popup.pause(true)
  expect(await running.end()).toMatchObject({ state: 'broken', done: false })
  const sent = devnet.upstream.requests.length
  expect(await (await ask(page)).end()).toMatchObject({ state: 'ended', status: 403, code: 'payments_paused' })
  expect(devnet.upstream.requests).toHaveLength(sent)
  await popup.pause(false)
  expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
})

test('the cheap provider is down: the dear one answers, the page sees one clean stream', async ({ user, sites, devnet }) => {
  const { page, first } = await grantedPage(user, sites.home)
  expect(first.provider).toBe('Sparrow AI')
  devnet.providers.cheap.down = true
  const story = await (await ask(page)).end()
  expect(story).toMatchObject({ state: 'ended', status: 200, text: ANSWER, done: true, provider: 'Heron Compute', costMsat: devnet.providers.dear.earningsMsat() })
  expect(devnet.providers.dear.earningsMsat()).toBeGreaterThan(0)
  const popup = await openPopup(user)
  await popup.receipts.first().click()
  await expect(popup.receipts.first()).toContainText('2 attempts')
  devnet.providers.cheap.down = false
})

test('the upstream of the cheap provider fails: its error never reaches the page', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const { page: granted } = await grantedPage(user, sites.home)
  await page.close()
  devnet.providers.cheap.fault('upstream-500')
  expect(await (await ask(granted)).end()).toMatchObject({ status: 200, text: ANSWER, done: true, provider: 'Heron Compute' })
})

test('a stream that the provider cuts is an error for the page, never a clean end', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  devnet.providers.cheap.fault('midstream-cut')
  const story = await (await ask(page, '[[words:60]]')).end()
  expect(story).toMatchObject({ state: 'broken', done: false })
  // the node keeps its reservation until it notices; nothing is lost meanwhile
  devnet.providers.cheap.settings.staleReservationMs = 0
  devnet.providers.cheap.sweep()
  const popup = await openPopup(user)
  await expect(popup.receipts.first()).toHaveAttribute('data-state', 'interrupted')
  expect(await msatOf(popup.page.getByTestId('balance'))).toBeGreaterThan(0)
})
