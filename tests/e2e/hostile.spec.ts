/** Pages and hijacked renderers that want too much of everything: limits hold, and our own screens stay quick. */
import { ANSWER, ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { inChromium, playwrightPage } from './support/chromium.ts'
import type { Browser, Page } from './support/driver.ts'
import { expect, grantedPage, onlyInChromium, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

/** Opens the popup now and waits for the balance. How long its own document took is printed: the machines that run this are slow. */
async function popupOpens(user: Browser, meanwhile: string): Promise<void> {
  const page = await user.open(user.screen('popup.html'))
  await expect(page.getByTestId('balance')).toBeVisible()
  const took = await page.evaluate(() => performance.now())
  console.log(`popup opens within ${took.toFixed(0)} ms ${meanwhile}`)
  await page.close()
}

/** Runs script in the isolated world of our relay: what a hijacked renderer of this site could do. */
async function hijack(user: Browser, page: Page): Promise<(script: string) => Promise<unknown>> {
  const session = await inChromium(user).context.newCDPSession(playwrightPage(user, page))
  const contexts: { id: number; origin: string; auxData?: { type?: string; frameId?: string } }[] = []
  session.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context))
  await session.send('Runtime.enable')
  const world = contexts.find(({ origin }) => origin === user.screen('').slice(0, -1))
  if (world === undefined) throw new Error('our relay has no world in this page')
  return async (expression) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { contextId: world.id, expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
}

test('T35: 10,000 calls at once: each is answered or refused, and the popup opens meanwhile', async ({ user, sites, devnet }) => {
  const page = await user.open(`${sites.home}/`)
  const flood = page.evaluate(async () => {
    const { routstr } = window
    if (routstr === undefined) throw new Error('no provider')
    const counts: Record<string, number> = {}
    const count = (what: string): void => {
      counts[what] = (counts[what] ?? 0) + 1
    }
    const body = JSON.stringify({ model: 'owl-mini', max_tokens: 40, messages: [{ role: 'user', content: 'x' }] })
    const began = performance.now()
    const calls = Array.from({ length: 5_000 }, () => routstr.availability().then(count, (error) => count(error.code)))
    const requests = Array.from({ length: 5_000 }, () =>
      routstr.fetch('/chat/completions', { method: 'POST', body, prompt: 'none' }).then(async (response) => count((await response.json()).error.code), () => count('rejected')),
    )
    const sent = performance.now() - began
    await Promise.all([...calls, ...requests])
    return { counts, sent, settled: performance.now() - began }
  })
  await popupOpens(user, 'in a flood of 10,000 calls')
  const { counts, sent, settled } = await flood
  console.log(`10,000 calls: sent in ${sent.toFixed(0)} ms, settled in ${settled.toFixed(0)} ms: ${JSON.stringify(counts)}`)
  expect(Object.keys(counts).filter((what) => !['needs-permission', 'too_many_requests', 'permission_required'].includes(what))).toEqual([])
  expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBe(10_000)
  expect(counts.too_many_requests).toBeGreaterThan(0)
  expect(devnet.upstream.requests).toHaveLength(0)
  expect(user.questionsAsked).toHaveLength(0)
  // and it goes on as if nothing had been
  const asked = await ask(page)
  await (await nextQuestion(user)).approveOnce()
  expect(await asked.end()).toMatchObject({ status: 200, text: ANSWER })
})

test('T9: a page that asks without end gets one question at a time, and after two refusals none', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  const spam = (): Promise<Record<string, number>> =>
    page.evaluate(async () => {
      const counts: Record<string, number> = {}
      const enable = () => window.routstr?.enable().then(() => 'allowed', (error) => error.code)
      for (const code of await Promise.all(Array.from({ length: 1_000 }, enable))) counts[code] = (counts[code] ?? 0) + 1
      return counts
    })
  for (const round of [1, 2]) {
    const told = spam()
    const question = await nextQuestion(user)
    await popupOpens(user, 'in a flood of 1,000 questions')
    expect(user.questionsAsked).toHaveLength(round)
    await question.reject()
    expect((await told).user_rejected).toBeGreaterThan(0)
  }
  expect(Object.keys(await spam()).sort()).toEqual(['origin_cooldown', 'too_many_requests'])
  // another document of the site is no way around it
  await page.reload()
  expect(Object.keys(await spam()).sort()).toEqual(['origin_cooldown', 'too_many_requests'])
  expect(user.questionsAsked).toHaveLength(2)
  expect(await user.badge()).toBe('')
})

test('T4, T35: a hijacked renderer speaks for its own site only, has one port, and loses it with the first nonsense', onlyInChromium('the world of our relay is reached by a debugger there only'), async ({ user, sites, devnet }) => {
  const { page } = await grantedPage(user, sites.home)
  const evil = await user.open(`${sites.other}/`)
  const run = await hijack(user, evil)
  const frame = JSON.stringify({
    ...{ t: 'request', id: 'a'.repeat(32), method: 'POST', path: '/chat/completions', headers: [], more: false, prompt: 'none' },
    ...{ origin: sites.home, topOrigin: sites.home, body: JSON.stringify({ model: 'owl-mini', max_tokens: 40, messages: [] }) },
  })
  const open = `const { runtime } = chrome
    const open = (message) => new Promise((resolve) => {
      const port = runtime.connect({ name: 'page' })
      port.onMessage.addListener((answer) => resolve(answer.error?.code ?? answer.t))
      port.onDisconnect.addListener(() => resolve('closed'))
      try { port.postMessage(message) } catch (error) { resolve(error.message) }
    });`
  const tell = (script: string): Promise<unknown> => run(`(async () => { ${open} return ${script} })()`)
  // the site that is allowed is named in every field it can think of
  expect(await tell(`open({ userActive: true, origin: '${sites.home}', frame: ${frame} })`)).toBe('permission_required')
  // none of the routes of our screens, whatever the name of the port
  expect(await tell(`open({ id: 1, route: 'seed.reveal', input: {} })`)).toBe('closed')
  expect(
    await run(`new Promise((resolve) => {
      const port = chrome.runtime.connect({ name: 'ui' })
      port.onMessage.addListener(() => resolve('answered'))
      port.onDisconnect.addListener(() => resolve('closed'))
      port.postMessage({ id: 1, route: 'seed.reveal', input: {} })
    })`),
  ).toBe('closed')
  for (const nonsense of ['null', '7', '[]', '{ userActive: 1, frame: {} }', `{ userActive: true, frame: { t: 'request' } }`, `{ userActive: true, frame: { t: '__proto__' } }`]) {
    expect(await tell(`open(${nonsense})`), nonsense).toBe('closed')
  }
  // giants: the browser stops 64 MB, we what arrives
  expect(await tell(`open({ userActive: true, frame: 'x'.repeat(65 * 1024 * 1024) })`)).toContain('64MiB')
  const giant = tell(`open({ userActive: true, frame: { ...${frame}, body: 'x'.repeat(40 * 1024 * 1024) } })`)
  await popupOpens(user, 'while 40 MB arrive')
  expect(['closed', 'invalid_request_error']).toContain(await giant)
  // a flood of ports: the last one stands, the others are closed
  const flood = run(`(async () => {
    const ports = Array.from({ length: 1000 }, () => chrome.runtime.connect({ name: 'page' }))
    let closed = 0
    const gone = new Promise((resolve) => { for (const port of ports) port.onDisconnect.addListener(() => { closed++; if (closed >= 999) resolve() }) })
    for (const port of ports) try { port.postMessage({ userActive: true, frame: { t: 'call', id: 'b'.repeat(32), call: { method: 'availability' } } }) } catch {}
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 60000))])
    return closed
  })()`)
  await popupOpens(user, 'in a flood of 1,000 ports')
  expect(await flood).toBe(999)
  // nothing of this touched the others
  expect(devnet.upstream.requests).toHaveLength(1)
  expect(await (await ask(page)).end()).toMatchObject({ status: 200, text: ANSWER })
  expect(await evil.evaluate(() => window.routstr?.availability())).toBe('needs-permission')
  expect(user.questionsAsked).toHaveLength(1)
})
