/** The line between a page and the extension, in a real browser: what a page can see, break, forge and wake. */
import { generateKeyPairSync, createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumFlags, ensureChromium } from '../launch/chromium.mjs'
import { ask } from './support/asking.ts'
import { nextQuestion } from './support/approval.ts'
import { EXTENSION_DIR, openBrowser } from './support/browser.ts'
import { inChromium, playwrightPage } from './support/chromium.ts'
import type { Page } from './support/driver.ts'
import { expect, grantedPage, onlyInChromium, test } from './support/test.ts'
import type {} from '../../src/page/api.ts'

interface Look {
  readonly globals: readonly string[]
  readonly [fact: string]: unknown
}

declare global {
  interface Window {
    heard: string[]
    first: Look
    look(): Look
  }
}

const looksOf = (page: Pick<Page, 'evaluate'>): Promise<Look[]> => page.evaluate(() => [window.first, window.look()])

test('T3, T19: of the extension a page sees window.routstr and its announcement, and nothing else', onlyInChromium('it compares with a Chromium without the extension'), async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/probe`)
  const plain = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags() })
  const bare = await plain.newPage({ colorScheme: 'light' })
  await bare.goto(`${sites.home}/probe`)
  const [withIt, without] = [await looksOf(page), await looksOf(bare)]
  await plain.close()
  // the same before the first script of the page has ended, and afterwards
  for (const [index, look] of withIt.entries()) {
    expect(look.globals.filter((name) => !without[index]?.globals.includes(name))).toEqual(['routstr'])
    expect({ ...look, globals: null }).toEqual({ ...without[index], globals: null })
  }
  // nothing came by as an event: the hand-over was over before
  expect(await page.evaluate(() => window.heard)).toEqual([])
  // asked, it announces itself, with a name that no other document saw
  const announced = (): Promise<string> =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          addEventListener('routstr:announceProvider', ({ detail }) => resolve(detail.info.uuid), { once: true })
          dispatchEvent(new Event('routstr:requestProvider'))
        }),
    )
  const first = await announced()
  await page.reload()
  expect(await announced()).not.toBe(first)
  // a whole request goes by without a message to the page
  await page.evaluate(() => window.routstr?.availability())
  expect((await page.evaluate(() => window.heard)).filter((line) => !line.startsWith('routstr:announceProvider'))).toEqual([])
})

test('T3: forged hand-overs, messages and announcements change nothing', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/probe`)
  const told = await page.evaluate(async () => {
    const { port1, port2 } = new MessageChannel()
    const overheard: unknown[] = []
    port1.onmessage = ({ data }) => overheard.push(data)
    document.dispatchEvent(new Event('routstr#port?'))
    document.dispatchEvent(new MessageEvent('routstr#port', { ports: [port2], cancelable: true }))
    for (const t of ['result', 'lost', 'delegated', 'event', 'head', 'fail']) {
      for (const target of [window, document]) target.dispatchEvent(new MessageEvent('message', { data: { t, id: '0'.repeat(32) } }))
      window.postMessage({ t, id: '0'.repeat(32), value: 'ready' }, '*')
    }
    window.postMessage('routstr#delegated', '*')
    const availability = await window.routstr?.availability()
    return { availability, overheard, frozen: Object.isFrozen(window.routstr) }
  })
  expect(told).toEqual({ availability: 'needs-permission', overheard: [], frozen: true })
})

test('T8: a page that broke its built-ins harms itself only; the provider works, and nothing leaks to it', async ({ user, sites }) => {
  await grantedPage(user, sites.home)
  const page = await user.open(`${sites.home}/poisoned`)
  await page.locator('button').click()
  await expect.poll(() => page.title()).toBe('done unharmed unharmed')
})

test('G18: pages that do not use the API never wake the worker; the first call does', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  // what was begun is done: the alarm of it would wake the worker
  const screen = await user.open(user.screen('popup.html'))
  await expect.poll(() => screen.evaluate(async () => (await chrome.alarms.get('unfinished')) === undefined)).toBe(true)
  await screen.close()
  await user.killWorker()
  for (const path of ['/probe', '/frame', `/embed?${new URLSearchParams({ src: `${sites.other}/probe`, allow: 'routstr' })}`]) await (await user.open(sites.home + path)).close()
  await page.reload()
  await page.evaluate(() => dispatchEvent(new Event('routstr:requestProvider')))
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await user.workerRuns()).toBe(false)
  expect(await page.evaluate(() => window.routstr?.availability())).toBe('needs-permission')
  expect(await user.workerRuns()).toBe(true)
})

test('T9, T29: without a click there is no window; text of the page is text', async ({ user, sites }) => {
  const page = await user.open(`${sites.home}/`)
  const told = page.evaluate(
    () =>
      new Promise((resolve) => {
        // a timer of the page, long after any click
        setTimeout(() => {
          const reason = '<img src=x onerror="document.body.remove()"><script>document.body.remove()</script> free'
          window.routstr?.enable({ reason }).then(() => resolve('yes'), (error) => resolve(error.code))
        }, 6_000)
      }),
  )
  await expect.poll(() => user.badge()).toBe('1')
  expect(user.questionsAsked).toHaveLength(0)
  // a click in the page, and the same question has its window
  await page.locator('h1').click()
  await ask(page)
  const question = await nextQuestion(user)
  await expect(question.page.getByTestId('page-reason')).toContainText('<img src=x onerror=')
  await expect(question.page.locator('img[src=x]')).toHaveCount(0)
  await question.reject()
  expect(await told).toBe('user_rejected')
})

test('T4, T20: another extension reaches nothing: not from its own page, not from its script in ours', onlyInChromium('the id of a second extension is known beforehand only there'), async ({ sites }) => {
  const stranger = await writeStranger(sites.home)
  const user = await openBrowser({ extension: `${EXTENSION_DIR},${stranger.folder}` })
  try {
    const page = await user.open(`chrome-extension://${stranger.id}/page.html`)
    expect(await playwrightPage(user, page).evaluate(reaching(inChromium(user).extensionId))).toEqual(['message: refused', 'page: refused', 'ui: refused'])
    // its script beside our relay in the same document
    const ours = await user.open(`${sites.home}/`)
    await expect(ours.locator('html')).toHaveAttribute('data-stranger', 'refused ')
  } finally {
    await user.close()
    await rm(stranger.folder, { recursive: true, force: true })
  }
})

test('T30: the package runs nothing but its own files, and the lock file knows every package by its hash', async () => {
  const files = await readdir(EXTENSION_DIR, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files.filter((file) => file.isFile() && /\.(js|html)$/.test(file.name)).map(async (file) => ({ name: file.name, text: await readFile(join(file.parentPath, file.name), 'utf8') })),
  )
  expect(texts.length).toBeGreaterThan(5)
  const foreign = /\beval\(|new Function\(|\bimportScripts\(|import\(\s*["'`]https?:|from\s*["']https?:|(?:src|href)="(?:https?:)?\/\//
  expect(texts.filter(({ text }) => foreign.test(text)).map(({ name }) => name)).toEqual([])
  const { packages }: { packages: Record<string, { integrity?: string; link?: boolean }> } = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'))
  expect(Object.entries(packages).filter(([name, { integrity, link }]) => name !== '' && link !== true && !/^sha512-/.test(integrity ?? '')).map(([name]) => name)).toEqual([])
})

/** What it tries from its own page, as a script: every way that one extension has to another. */
const reaching = (id: string): string => `new Promise((resolve) => {
  const told = []
  const note = (what) => () => {
    told.push(what + (chrome.runtime.lastError === undefined ? ': reached' : ': refused'))
    if (told.length === 3) resolve(told.sort())
  }
  chrome.runtime.sendMessage('${id}', { id: 1, route: 'seed.reveal', input: {} }, note('message'))
  for (const name of ['ui', 'page']) {
    const port = chrome.runtime.connect('${id}', { name })
    port.onMessage.addListener(() => told.push(name + ': answered'))
    port.onDisconnect.addListener(note(name))
    port.postMessage({ id: 1, route: 'settings.get', input: {} })
  }
})`

/** An extension that wants our money; its id follows from its key. */
async function writeStranger(site: string): Promise<{ folder: string; id: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'routstr-stranger-'))
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' })
  const id = createHash('sha256').update(key).digest('hex').slice(0, 32).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)))
  const script = `
    let seen = ''
    document.addEventListener('routstr#port', (event) => { if (event.ports.length > 0) seen = 'port' }, true)
    document.dispatchEvent(new Event('routstr#port?'))
    addEventListener('load', () => {
      let told = 'refused'
      try { chrome.runtime.connect({ name: 'page' }).postMessage({ frame: {} }) } catch { told = 'refused, no runtime' }
      document.documentElement.dataset.stranger = told + ' ' + seen
    })`
  const manifest = {
    ...{ manifest_version: 3, name: 'Stranger', version: '1', key: key.toString('base64') },
    content_scripts: [{ matches: [`${new URL(site).protocol}//${new URL(site).hostname}/*`], js: ['script.js'], run_at: 'document_end' }],
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'script.js'), script)
  await writeFile(join(folder, 'page.html'), '<!doctype html><title>Stranger</title>')
  return { folder, id }
}
