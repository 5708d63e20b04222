/** Bad input of pages: each has its clear answer, and nothing is spent or asked. */
import type { Page } from './support/driver.ts'
import { ask } from './support/asking.ts'
import { expect, grantedPage, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

const hasProvider = (page: Page): Promise<boolean> => page.evaluate(() => window.routstr !== undefined)

test('a model that nobody sells', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  expect(await (await ask(page, undefined, { model: 'owl-gigantic' })).end()).toMatchObject({ state: 'ended', status: 404, code: 'model_not_found' })
  expect(user.questionsAsked).toHaveLength(0)
})

test('a body that is no JSON', async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  expect(await (await ask(page, undefined, { body: '{"model": "owl-mini", ' })).end()).toMatchObject({ state: 'ended', status: 400, code: 'invalid_request_error' })
  expect(devnet.upstream.requests).toHaveLength(1)
})

test('no question where the page wants none', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  expect(await (await ask(page, undefined, { prompt: 'none' })).end()).toMatchObject({ status: 403, code: 'permission_required' })
  expect(user.questionsAsked).toHaveLength(0)
})

test('T6: a page on plain http has no provider', async ({ user, sites }) => {
  const insecure = await user.open(`${sites.insecure}/`)
  expect(await hasProvider(insecure)).toBe(false)
  expect(await hasProvider(await user.open(`${sites.home}/`))).toBe(true)
})

test('T5: a sandboxed frame is refused without a question', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/frame`)
  const frame = page.frames().find((one) => one !== page.mainFrame())
  if (frame === undefined) throw new Error('the page has no frame')
  await expect.poll(() => frame.evaluate(() => window.ask !== undefined)).toBe(true)
  expect(await (await ask(frame)).end()).toMatchObject({ status: 403, code: 'opaque_origin' })
  expect(user.questionsAsked).toHaveLength(0)
})

test('T19: what a page can reach is the page contract and nothing else', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  const reached = await page.evaluate(async (screen) => {
    const runtime = 'chrome' in window && 'runtime' in (window.chrome as object)
    const file = await fetch(screen).then(
      () => true,
      () => false,
    )
    return { runtime, file }
  }, user.screen('popup.html'))
  expect(reached).toEqual({ runtime: false, file: false })
})
