/** The worker dies, the browser is closed: what was begun is finished, and no sat is missing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from './support/driver.ts'
import { ANSWER, ask, type Asked, LONG_QUESTION } from './support/asking.ts'
import { nextQuestion, questionOn } from './support/approval.ts'
import { type Browser, openBrowser } from './support/browser.ts'
import { openPopup } from './support/popup.ts'
import { checkBooks, expect, grantedPage, onlyInChromium, openConnected, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

const REINSTALLED = 'what a test installs in Firefox is gone at its next start, which is then no start of ours'

const remaining = (page: Page): Promise<number | undefined> => page.evaluate(async () => (await window.routstr?.getGrant())?.remainingMsat)

/** The story has ended, or (which it must not) asks the user again. */
async function endOrQuestion(user: Browser, asked: Asked): Promise<void> {
  await expect.poll(async () => (await asked.story()).state !== 'running' || user.questionsAsked.length > 1, { message: 'the story goes on' }).toBe(true)
}

test('the worker dies while the question is open: the yes afterwards answers the original request', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const asked = await ask(page)
  const question = await nextQuestion(user)
  await user.killWorker()
  await expect(question.card).toBeVisible()
  expect((await asked.story()).state).toBe('running')
  await questionOn(question.page).approveOnce()
  expect(await asked.end()).toMatchObject({ state: 'ended', status: 200, text: ANSWER, done: true })
  expect(user.questionsAsked).toHaveLength(1)
  expect(devnet.upstream.requests).toHaveLength(1)
})

test('the worker dies while the question is open: the no afterwards reaches the page as well', async ({ user, sites }) => {
  const asked = await ask(await user.open(`${sites.home}/`))
  const question = await nextQuestion(user)
  await user.killWorker()
  await question.reject()
  await endOrQuestion(user, asked)
  expect(user.questionsAsked).toHaveLength(1)
  expect(await asked.end()).toMatchObject({ status: 403, code: 'user_rejected' })
})

for (const way of ['fetch', 'create', 'openai'] as const) {
  test(`the worker dies while an answer streams: an error, never a clean end, and the hold is settled (${way})`, async ({ user, sites, devnet }) => {
    const { page } = await grantedPage(user, sites.home)
    const earned = devnet.providers.cheap.earningsMsat()
    expect(await remaining(page)).toBe(1_000_000 - earned)
    const asked = await ask(page, LONG_QUESTION, { way })
    await asked.streaming()
    expect(await remaining(page)).toBeLessThan(1_000_000 - earned)
    await user.killWorker()
    expect(await asked.end()).toMatchObject({ state: 'broken', done: false })
    await expect.poll(() => devnet.upstream.requests.at(-1)?.aborted).toBe(true)
    await expect.poll(() => remaining(page), { message: 'the hold is settled' }).toBe(1_000_000 - earned)
    // and the page can go on as if nothing had been
    expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
    expect(user.questionsAsked).toHaveLength(1)
    const popup = await openPopup(user)
    await expect(popup.receipts.nth(1)).toHaveAttribute('data-state', 'interrupted')
  })
}

test('the worker dies while the provider redeems our token: the request is not sent twice, the money is found, and the next one needs no question', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const hold = devnet.mint.hold(/\/v1\/swap$/)
  const asked = await ask(page)
  await (await nextQuestion(user)).approveUpTo(1_000, 100)
  await hold.waiting
  await user.killWorker()
  hold.release()
  // the token travelled with the request: it may have been answered to nobody, so it is not sent again
  expect(await asked.end()).toMatchObject({ status: 424, code: 'worker_lost' })
  await expect.poll(() => devnet.providers.cheap.requests.some(({ path }) => path.includes('/balance/info')), { message: 'the account is looked up' }).toBe(true)
  expect(await (await ask(page)).end()).toMatchObject({ state: 'ended', status: 200, text: ANSWER, done: true })
  expect(user.questionsAsked).toHaveLength(1)
})

test('the browser is closed and opened again: the balance, the limit and the receipts are still there', onlyInChromium(REINSTALLED), async ({ devnet, sites }) => {
  const profile = await mkdtemp(join(tmpdir(), 'routstr-profile-'))
  const before = await openConnected(devnet, { profile })
  await grantedPage(before, sites.home)
  const popup = await openPopup(before)
  await popup.bringHome()
  // the popup that saw the money arrive may have read the balance before and the rest after
  await popup.close()
  const balance = await (await openPopup(before)).balanceMsat()
  await before.close()

  const after = await openBrowser({ profile })
  const again = await openPopup(after)
  expect(await again.balanceMsat()).toBe(balance)
  await expect(again.receipts).toHaveCount(1)
  const page = await after.open(`${sites.home}/`)
  expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
  expect(after.questionsAsked).toHaveLength(0)
  await checkBooks([after], devnet)
  await after.close()
  await rm(profile, { recursive: true, force: true })
})

test('a question of the last browser session is not asked again in the next', onlyInChromium(REINSTALLED), async ({ devnet, sites }) => {
  const profile = await mkdtemp(join(tmpdir(), 'routstr-profile-'))
  const before = await openConnected(devnet, { profile })
  await ask(await before.open(`${sites.home}/`))
  await nextQuestion(before)
  await before.close()

  const after = await openBrowser({ profile })
  const popup = await openPopup(after)
  await expect(popup.page.getByTestId('balance')).toBeVisible()
  await expect(questionOn(popup.page).card).toHaveCount(0)
  await expect.poll(() => after.badge()).toBe('')
  expect(after.questionWindow()).toBeNull()
  await checkBooks([after], devnet)
  await after.close()
  await rm(profile, { recursive: true, force: true })
})
