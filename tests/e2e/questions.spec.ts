/** The question itself: who may answer it, when, and where. */
import { ANSWER, ask } from './support/asking.ts'
import { nextQuestion, questionOn } from './support/approval.ts'
import { openOptions } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { expect, test } from './support/test.ts'

test('T10: a click before the button is armed does not approve, nor does a press that began before', async ({ user, sites, devnet }) => {
  const asked = await ask(await user.open(`${sites.home}/`))
  const question = await nextQuestion(user)
  const { page, approveButton } = question
  // another size is another picture: while it changes, the time starts again and again, whatever the speed of this machine
  const timer = await page.evaluate(() => Number(setInterval(() => dispatchEvent(new Event('resize')), 50)))
  await expect(approveButton).toHaveAttribute('data-armed', 'false')
  await approveButton.click({ force: true })
  await approveButton.hover({ force: true })
  await page.mouse.down()
  await expect(approveButton).toHaveAttribute('data-armed', 'false')
  // once more while it is held: it still began before
  await page.evaluate((running) => {
    clearInterval(running)
    dispatchEvent(new Event('resize'))
  }, timer)
  await question.armed()
  await page.mouse.up()
  await question.reject()
  expect(await asked.end()).toMatchObject({ status: 403, code: 'user_rejected' })
  expect(devnet.upstream.requests).toHaveLength(0)
})

test('T10: Enter never approves; the space bar does', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const first = await ask(page)
  const question = await nextQuestion(user)
  await question.armed()
  await question.approveButton.focus()
  await question.page.keyboard.press('Enter')
  await expect(question.card).toBeVisible()
  await question.reject()
  expect(await first.end()).toMatchObject({ status: 403, code: 'user_rejected' })
  expect(devnet.upstream.requests).toHaveLength(0)

  const second = await ask(page)
  await expect.poll(() => user.questionsAsked.length).toBe(2)
  const again = await nextQuestion(user)
  await again.armed()
  await again.approveButton.focus()
  await again.page.keyboard.press('Space')
  expect(await second.end()).toMatchObject({ status: 200, text: ANSWER })
})

test('T10: a script of the screen itself cannot press the button', async ({ user, sites }) => {
  const asked = await ask(await user.open(`${sites.home}/`))
  const question = await nextQuestion(user)
  await question.armed()
  await question.approveButton.evaluate((button: HTMLElement) => button.click())
  await question.reject()
  expect(await asked.end()).toMatchObject({ status: 403, code: 'user_rejected' })
})

test('closing the window is a no', async ({ user, sites }) => {
  const asked = await ask(await user.open(`${sites.home}/`))
  const question = await nextQuestion(user)
  await question.page.close()
  expect(await asked.end()).toMatchObject({ status: 403, code: 'user_rejected' })
  expect(user.questionsAsked).toHaveLength(1)
})

test('T18: the page goes away while the question is open: it is withdrawn, and its window closes', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  await ask(page)
  const question = await nextQuestion(user)
  await expect.poll(() => user.badge()).toBe('1')
  await page.close()
  await expect.poll(() => question.page.isClosed(), { message: 'the window closes' }).toBe(true)
  await expect.poll(() => user.badge()).toBe('')
  expect(devnet.upstream.requests).toHaveLength(0)
})

test('Block: this and every later request is refused without a question, until it is taken back', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const asked = await ask(page)
  await (await nextQuestion(user)).blockSite()
  expect(await asked.end()).toMatchObject({ status: 403, code: 'origin_blocked' })
  expect(await (await ask(page)).end()).toMatchObject({ status: 403, code: 'origin_blocked' })
  expect(user.questionsAsked).toHaveLength(1)
  expect(devnet.upstream.requests).toHaveLength(0)

  const options = await openOptions(user, 'sites')
  const row = options.site(sites.home)
  await expect(row).toHaveAttribute('data-blocked', 'true')
  await row.getByTestId('unblock').click()
  await expect(row).toHaveAttribute('data-blocked', 'false')
  const later = await ask(page)
  await expect.poll(() => user.questionsAsked.length).toBe(2)
  await (await nextQuestion(user)).reject()
  expect(await later.end()).toMatchObject({ status: 403, code: 'user_rejected' })
})

test('the toolbar popup shows the same question, and the icon counts it', async ({ user, sites }) => {
  const asked = await ask(await user.open(`${sites.home}/`))
  await nextQuestion(user)
  await expect.poll(() => user.badge()).toBe('1')
  const popup = await openPopup(user)
  const question = questionOn(popup.page)
  await expect(question.origin).toContainText(new URL(sites.home).host)
  await question.approveOnce()
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
  await expect.poll(() => user.questionWindow(), { message: 'the window closes by itself' }).toBeNull()
  await expect.poll(() => user.badge()).toBe('')
})

test('T9: two sites ask: one window, one after the other', async ({ user, sites }) => {
  const home = await ask(await user.open(`${sites.home}/`))
  const first = await nextQuestion(user)
  const other = await ask(await user.open(`${sites.other}/`))
  await expect.poll(() => user.badge()).toBe('2')
  expect(user.questionsAsked).toHaveLength(1)
  await first.reject()
  expect(await home.end()).toMatchObject({ status: 403, code: 'user_rejected' })
  await expect.poll(() => user.questionsAsked.length).toBe(2)
  const second = await nextQuestion(user)
  await expect(second.origin).toContainText(new URL(sites.other).host)
  await second.approveOnce()
  expect(await other.end()).toMatchObject({ status: 200, text: ANSWER })
})

test('T9: ten calls of a page at once are one question', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  const asked = await Promise.all(Array.from({ length: 10 }, () => ask(page)))
  await (await nextQuestion(user)).approveUpTo(1_000, 100)
  for (const one of asked) expect(await one.end()).toMatchObject({ status: 200, text: ANSWER, done: true })
  expect(user.questionsAsked).toHaveLength(1)
})
