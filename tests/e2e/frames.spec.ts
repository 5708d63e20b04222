/** Frames (T7): who may ask from inside of another site's page, and what the user sees then. */
import type { Frame, Page } from './support/driver.ts'
import { ANSWER, ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import type { Browser } from './support/browser.ts'
import { openOptions } from './support/options.ts'
import { expect, grantedPage, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

/** Opens a page of `top` with a frame in it, and waits until the frame has loaded. */
async function embed(user: Browser, top: string, attributes: Record<string, string>): Promise<{ page: Page; frame: Frame }> {
  const page = await user.open(`${top}/embed?${new URLSearchParams(attributes)}`)
  const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame())
  if (frame === undefined) throw new Error('the page has no frame')
  await expect.poll(() => frame.evaluate(() => window.ask !== undefined)).toBe(true)
  return { page, frame }
}

const hasProvider = (frame: Frame): Promise<boolean> => frame.evaluate(() => window.routstr !== undefined)
/** The way the README recommends. */
const found = (frame: Frame): Promise<boolean> =>
  frame.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('routstr:announceProvider', () => resolve(true), { once: true })
        dispatchEvent(new Event('routstr:requestProvider'))
        setTimeout(() => resolve(window.routstr !== undefined), 1_000)
      }),
  )

test('T7: a frame of another site has no provider unless the page delegates', async ({ user, sites }) => {
  const { page, frame } = await embed(user, sites.home, { src: `${sites.other}/` })
  expect(await page.evaluate(() => window.routstr !== undefined)).toBe(true)
  expect(await found(frame)).toBe(false)
  // neither does the frame delegate to itself, nor one that it brings in
  await frame.evaluate((word) => window.postMessage(word, '*'), 'routstr#delegated')
  const inner = await frame.evaluate(async (src) => {
    const nested = document.createElement('iframe')
    nested.allow = 'routstr *'
    nested.src = src
    const loaded = new Promise((resolve) => nested.addEventListener('load', resolve))
    document.body.append(nested)
    await loaded
    for (const word of ['routstr#delegated', 'routstr#port']) nested.contentWindow?.postMessage(word, '*')
    return true
  }, `${sites.home}/`)
  expect(inner).toBe(true)
  const nested = page.frames().find((one) => one.parentFrame() === frame)
  if (nested === undefined) throw new Error('no nested frame')
  expect(await found(nested)).toBe(false)
  expect(await hasProvider(frame)).toBe(false)
  expect(user.questionsAsked).toHaveLength(0)
})

test('T7: a frame the page delegates to asks in a question that shows both sites, and its limit holds there only', async ({ user, sites }) => {
  const { page, frame } = await embed(user, sites.home, { src: `${sites.other}/`, allow: 'routstr' })
  await expect.poll(() => found(frame)).toBe(true)
  const asked = await ask(frame)
  const question = await nextQuestion(user)
  await expect(question.origin).toHaveText(sites.other)
  await expect(question.page.getByTestId('approval-origin-embedder')).toHaveText(sites.home)
  await question.approveUpTo(1_000, 100)
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
  expect(await (await ask(frame)).end()).toMatchObject({ status: 200 })
  // neither the page around it nor the same site by itself may spend of it
  expect(await (await ask(page, undefined, { prompt: 'none' })).end()).toMatchObject({ status: 403, code: 'permission_required' })
  const alone = await user.open(`${sites.other}/`)
  expect(await (await ask(alone, undefined, { prompt: 'none' })).end()).toMatchObject({ status: 403, code: 'permission_required' })
  expect(user.questionsAsked).toHaveLength(1)
  const options = await openOptions(user, 'sites')
  await expect(options.site(`${sites.other} in ${sites.home}`)).toContainText('in a frame of')
  await options.close()
})

test('T7: a delegation names sites: the frame that has gone elsewhere has none', async ({ user, sites }) => {
  const { frame } = await embed(user, sites.home, { src: `${sites.other}/`, allow: `routstr ${sites.home}` })
  expect(await found(frame)).toBe(false)
})

test('T7: frames of the same origin share the grant of their page', async ({ user, sites }) => {
  const { page: first } = await grantedPage(user, sites.home)
  await first.close()
  const { page, frame } = await embed(user, sites.home, { src: `${sites.home}/` })
  expect(await (await ask(frame, undefined, { prompt: 'none' })).end()).toMatchObject({ status: 200, text: ANSWER })
  const written = await page.evaluate(() => {
    const blank = document.createElement('iframe')
    document.body.append(blank)
    return blank.contentWindow?.origin
  })
  // about:blank has the origin of its parent
  expect(written).toBe(sites.home)
})

test('T5: documents without an origin are refused, whatever their address: sandboxed by attribute, by srcdoc, by header', async ({ user, sites }) => {
  const { frame } = await embed(user, sites.home, { src: `${sites.home}/`, sandbox: 'allow-scripts', allow: 'routstr *' })
  expect(await (await ask(frame)).end()).toMatchObject({ status: 403, code: 'opaque_origin' })
  const { frame: foreign } = await embed(user, sites.home, { src: `${sites.other}/`, sandbox: 'allow-scripts', allow: 'routstr *' })
  expect(await (await ask(foreign)).end()).toMatchObject({ status: 403, code: 'opaque_origin' })
  const page = await user.open(`${sites.home}/`)
  await page.goto('data:text/html,<h1>data</h1>')
  // Chromium leaves our scripts out of it, in Firefox they run and are refused
  expect(await page.evaluate(async () => (await window.routstr?.fetch('/models'))?.status ?? 403)).toBe(403)
  expect(user.questionsAsked).toHaveLength(0)
})

test('T6: a secure frame inside of a plain http page is refused', async ({ user, sites }) => {
  const { frame } = await embed(user, sites.insecure, { src: `${sites.other}/`, allow: 'routstr *' })
  expect(await found(frame)).toBe(false)
  expect(user.questionsAsked).toHaveLength(0)
})
