/** The script as it is injected: bundled, measured, and run in a realm of its own whose built-ins the page then breaks (T8). */
import vm from 'node:vm'
import { build } from 'vite'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ask, Background, chunk, completion, pause } from './harness.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
let code = ''

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: ROOT,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'install' ? '\0install' : null),
        load: (id) =>
          id !== '\0install'
            ? null
            : `
      import { install } from '${ROOT}src/page/install.ts'
      install()`,
      },
    ],
    build: { write: false, minify: true, rolldownOptions: { input: 'install', output: { format: 'iife' } } },
  })
  const bundle = Array.isArray(built) ? built[0] : built
  const [script] = bundle !== undefined && 'output' in bundle ? bundle.output : []
  code = script?.type === 'chunk' ? script.code : ''
})

/** What a browser gives a window and a bare V8 realm does not. */
const WEB = [
  'EventTarget',
  'Event',
  'CustomEvent',
  'MessageEvent',
  'MessagePort',
  'AbortController',
  'AbortSignal',
  'DOMException',
  'Headers',
  'Request',
  'Response',
  'URL',
  'ReadableStream',
  'ReadableStreamDefaultReader',
  'ReadableStreamDefaultController',
  'TextEncoder',
  'TextDecoder',
  'Crypto',
  'crypto',
  'atob',
  'btoa',
  'FormData',
  'setTimeout',
] as const

function page() {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  const document = new EventTarget()
  const window: Record<string, unknown> = new EventTarget() as never
  Object.assign(window, { origin: 'https://a.test', parent: window, logged: [] })
  const globals: Record<string, unknown> = { window, document, routstrAsk: ask }
  for (const name of WEB) globals[name] = globalThis[name]
  globals.console = new Proxy(
    {},
    {
      get:
        (_, key) =>
        (...args: unknown[]) =>
          void (window.logged as unknown[]).push([key, ...args]),
    },
  )
  const realm = vm.createContext(globals)
  vm.runInContext(code, realm)
  document.dispatchEvent(new MessageEvent('routstr#port', { ports: [port2], cancelable: true }))
  return { background: new Background(port1), run: (script: string) => vm.runInContext(script, realm), window, realm }
}

describe('the injected script', () => {
  test('is small, and holds no schema library', () => {
    // page-api.md §16.8; what the build makes of it is measured in tests/e2e/built.spec.ts
    expect(Buffer.byteLength(code)).toBeLessThan(10_000)
    expect(code).not.toMatch(/safeInteger|Invalid start|console|Math\.random|postMessage\(.*['"]\*/)
  })

  test('T19: leaves nothing in the page but window.routstr', () => {
    const { realm, window } = page()
    expect(
      Object.keys(realm)
        .filter((key) => !WEB.some((name) => name === key))
        .sort(),
    ).toEqual(['console', 'document', 'routstrAsk', 'window'])
    expect(Object.keys(window)).toEqual(['origin', 'parent', 'logged'])
    expect(window.routstr).toMatchObject({ isRoutstr: true, apiVersion: 1, baseURL: 'https://routstr.invalid/v1' })
  })

  test('T8: works when the page broke its built-ins, and logs nothing', async () => {
    const { background, run, window } = page()
    background.onRequest = ({ body, path }, answer) => {
      if (path === '/embeddings') answer.fail('budget_exceeded', 'Enough.')
      else if (JSON.parse(body).stream) answer.events([chunk('a'), chunk('b', 'stop')])
      else answer.json({ ...completion, sent: JSON.parse(body) })
    }
    background.onCall = ({ id }) => background.write({ t: 'result', id, value: 'ready' })
    const result = run(`
      const { chat, fetch, embeddings, availability, on } = window.routstr
      const { parse } = JSON
      const broken = []
      const spoil = (target, names) => { for (const name of names) { broken[broken.length] = name; target[name] = () => { throw 'spoiled ' + String(name) } } }
      spoil(Array.prototype, ['push', 'map', 'forEach', 'slice', 'join', 'filter', 'concat', 'shift'])
      spoil(String.prototype, ['slice', 'indexOf', 'startsWith', 'charCodeAt', 'split', 'trim', 'replace', 'toLowerCase', 'toUpperCase'])
      spoil(Promise.prototype, ['then', 'catch', 'finally'])
      spoil(Promise, ['resolve', 'all', 'race'])
      spoil(JSON, ['parse', 'stringify'])
      spoil(Object, ['freeze', 'keys', 'entries', 'assign', 'create', 'defineProperty', 'getOwnPropertyDescriptors'])
      spoil(Function.prototype, ['apply', 'bind']) // not call: Node's own Headers.forEach looks it up, a browser's does not
      spoil(RegExp.prototype, ['test', 'exec'])
      spoil(Reflect, ['get', 'apply'])
      spoil(Map.prototype, ['get', 'set'])
      spoil(globalThis, ['Headers', 'Request', 'Response', 'URL', 'ReadableStream', 'TextDecoder', 'TextEncoder', 'AbortController', 'Promise',
        'DOMException', 'CustomEvent', 'Uint8Array', 'atob', 'btoa', 'FormData', 'encodeURIComponent', 'Symbol', 'crypto', 'JSON', 'Object', 'Array', 'Reflect'])
      ;(async () => {
        const seen = { broken: broken.length }
        seen.availability = await availability()
        seen.answer = await chat.completions.create(routstrAsk)
        seen.chunks = []
        for await (const chunk of await chat.completions.create({ ...routstrAsk, stream: true })) seen.chunks[seen.chunks.length] = chunk
        try { await embeddings.create({ model: 'm', input: 'x' }) } catch (error) { seen.error = error.code + error.status + error.name }
        seen.text = await (await fetch('/chat/completions', { method: 'POST', body: '{"plain":1}' })).text()
        return seen
      })()`)
    // The realm's own `then` is spoiled: only `await` inside of it works, so the result is looked at from here once it is there.
    const outcome = await settle(result)
    expect(outcome.broken).toBeGreaterThan(20)
    expect(outcome.availability).toBe('ready')
    expect(outcome.answer).toEqual({ ...completion, sent: ask })
    expect(outcome.chunks).toEqual([chunk('a'), chunk('b', 'stop')])
    expect(outcome.error).toBe('budget_exceeded402APIError')
    expect(JSON.parse(String(outcome.text)).sent).toEqual({ plain: 1 })
    await pause()
    expect(window.logged).toEqual([])
  })
})

/** The value of a promise of another realm, without its `then`. */
function settle(promise: unknown): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => Promise.prototype.then.call(promise, resolve, reject))
}
