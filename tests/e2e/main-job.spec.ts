/** The main job: a page asks, the user approves, a provider is paid and streams, the cost and the change are seen. */
import { ANSWER, ask, QUESTION } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { msatOf } from './support/amounts.ts'
import { openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { expect, grantedPage, test } from './support/test.ts'

test('first use, on the demo page: the question, the stream, the receipt', async ({ user, devnet }) => {
  const page = await user.open(`${devnet.url}/`)
  await page.getByTestId('prompt').fill('Why is the sky blue?')
  await page.getByTestId('send').click()
  const question = await nextQuestion(user)
  await expect(question.origin).toContainText(new URL(devnet.url).host)
  await expect(question.page.getByTestId('excerpt')).toHaveText('Why is the sky blue?')
  await question.approveUpTo(500, 50)

  await expect(page.getByTestId('message-assistant')).toContainText('Because light of short waves is scattered')
  await expect(page.getByTestId('message-assistant')).toContainText('red and gold of a sunset')
  await expect(page.getByTestId('cost')).toHaveText(/sats?$/)
  await expect.poll(() => user.questionWindow()).toBeNull()

  const popup = await openPopup(user)
  await expect(popup.receipts).toHaveCount(1)
  await expect(popup.receipts).toHaveAttribute('data-state', 'completed')
  await expect(popup.receipts).toContainText('Sparrow AI')
  expect(await msatOf(popup.page.getByTestId('receipt-cost'))).toBe(devnet.providers.cheap.earningsMsat())
  expect(devnet.providers.cheap.earningsMsat()).toBeGreaterThan(0)
  expect(await popup.balanceMsat()).toBeLessThan(2_000_000)

  const options = await openOptions(user, 'sites')
  expect(await msatOf(options.site(new URL(devnet.url).origin).getByTestId('site-spent'))).toBe(devnet.providers.cheap.earningsMsat())
})

test('the second request of a site with a limit is answered without a question', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const second = await (await ask(page)).end()
  expect(second).toMatchObject({ state: 'ended', status: 200, text: ANSWER, done: true })
  expect(user.questionsAsked).toHaveLength(1)
  // the first took the money along, the second found it there: one round trip each
  expect(devnet.providers.cheap.requests.filter(({ path }) => path === '/v1/balance/create')).toEqual([])
})

test('approved once: the next request asks again', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  const first = await ask(page)
  await (await nextQuestion(user)).approveOnce()
  expect(await first.end()).toMatchObject({ status: 200, text: ANSWER })
  const second = await ask(page)
  await expect.poll(() => user.questionsAsked.length).toBe(2)
  await (await nextQuestion(user)).reject()
  expect(await second.end()).toMatchObject({ status: 403, code: 'user_rejected' })
})

test('the limit of one site is not the limit of another', async ({ user, sites }) => {
  await grantedPage(user, sites.home)
  const page = await user.open(`${sites.other}/`)
  const asked = await ask(page)
  const question = await nextQuestion(user)
  await expect(question.origin).toContainText(new URL(sites.other).host)
  await question.reject()
  expect(await asked.end()).toMatchObject({ status: 403, code: 'user_rejected' })
})

const COSTLY = `${QUESTION} [[usage:100,300]]`

for (const way of ['fetch', 'openai'] as const) {
  test(`the limit is reached: one question, and after a no the page has one 403 (${way})`, async ({ user, sites, devnet }) => {
    const page = await user.open(`${sites.home}/`)
    const first = await ask(page, COSTLY, { way })
    await (await nextQuestion(user)).approveUpTo(5, 5)
    expect(await first.end()).toMatchObject({ state: 'ended', text: ANSWER })
    expect(devnet.providers.cheap.earningsMsat()).toBe(2_600)

    const second = await ask(page, COSTLY, { way })
    await expect.poll(() => user.questionsAsked.length).toBe(2)
    const question = await nextQuestion(user)
    await expect(question.page.getByTestId('over-limit')).toBeVisible()
    await question.reject()
    expect(await second.end()).toMatchObject({ status: 403, code: 'user_rejected', state: way === 'fetch' ? 'ended' : 'broken' })
    expect(user.questionsAsked).toHaveLength(2)
    expect(devnet.upstream.requests).toHaveLength(1)
  })
}

test('a raised limit lets the waiting request through', async ({ user, sites }) => {
  const { page } = await grantedPage(user, sites.home, 5)
  const asked = await ask(page, QUESTION, { maxTokens: 4_000 })
  await expect.poll(() => user.questionsAsked.length).toBe(2)
  const question = await nextQuestion(user)
  await question.page.getByTestId('raise-limit').click()
  await question.armed()
  await question.approveButton.click()
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER, done: true })
  expect((await (await ask(page)).end()).status).toBe(200)
  expect(user.questionsAsked).toHaveLength(2)
})

for (const stream of [true, false]) {
  for (const way of ['openai', 'create', 'fetch'] as const) {
    test(`${way === 'openai' ? 'the unmodified openai package' : way === 'create' ? 'chat.completions.create' : 'routstr.fetch'}, ${stream ? 'streaming' : 'whole'}`, async ({ user, sites, devnet }) => {
      const page = await user.open(`${sites.home}/`)
      const asked = await ask(page, QUESTION, { way, stream })
      await (await nextQuestion(user)).approveUpTo(1_000, 100)
      const story = await asked.end()
      expect(story).toMatchObject({ state: 'ended', text: ANSWER, done: stream, costMsat: devnet.providers.cheap.earningsMsat() })
      if (stream) expect(story.pieces).toBeGreaterThan(3)
    })
  }
}
