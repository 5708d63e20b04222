/**
 * `npm run bench [-- topic …] [--json]`: measures the real source in a service worker of a real Chromium, over loopback.
 * Figures of a machine, not a test: it fails only when something cannot be measured, or with --strict when a limit is exceeded.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium, type Page } from '@playwright/test'
import { build } from 'vite'
import { createRelay, type DevnetRelay } from '../devnet/relay/relay.ts'
import { chromiumFlags, ensureChromium } from '../launch/chromium.mjs'
import { type Figure, figuresOf, tableOf } from './figures.ts'
import { ownTimes, TRACED } from './own-time.ts'
import type { RelayEvent, Times } from './topic.ts'
import { topics } from './topics.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, strict: { type: 'boolean' } } })
const chosen = topics.filter(({ name }) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)))
if (chosen.length === 0) throw new Error(`No such topic. There are: ${topics.map(({ name }) => name).join(', ')}.`)

/** Workers that have answered. */
const seen = new Set<string>()
const server = await serve(await bundle())
const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags() })
try {
  console.error(`Chromium ${browser.version()}, service worker; load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`)
  const figures: Figure[] = []
  for (const topic of chosen) {
    // a context of its own: an empty IndexedDB and no other worker
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${portOf(server)}/`)
    const runs: Times[] = []
    const relay = topic.stored === undefined ? null : await relayWith(topic.stored())
    const address = relay?.url ?? ''
    if (topic.prepare !== undefined) await ask(page, topic.name, 'prepare', address)
    for (let worker = 0; worker < topic.workers; worker++) {
      await stopWorkers(page)
      if (topic.traced === true) await browser.startTracing(undefined, { categories: TRACED })
      const times = await ask(page, topic.name, 'measure', address)
      runs.push(topic.traced === true ? { ...times, ...ownTimes(String(await browser.stopTracing())) } : times)
    }
    figures.push(...figuresOf(topic, runs))
    await context.close()
    await relay?.stop()
  }
  console.log(values.json === true ? JSON.stringify(figures) : tableOf(figures))
  if (values.strict === true && figures.some(({ kept }) => !kept)) process.exitCode = 1
} finally {
  await browser.close()
  server.close()
}

/** Puts one question to the worker; starts it when it is dead. */
async function ask(page: Page, topic: string, phase: 'prepare' | 'measure', relay: string): Promise<Times> {
  const answer = await page.evaluate(
    async (question): Promise<{ workerId: string; times?: Record<string, number[]>; error?: string }> => {
      await navigator.serviceWorker.register('/worker.js', { type: 'module' })
      const { active } = await navigator.serviceWorker.ready
      const { port1, port2 } = new MessageChannel()
      return new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data)
        active?.postMessage(question, [port2])
      })
    },
    { topic, phase, relay },
  )
  if (answer.error !== undefined) throw new Error(`${topic}, ${phase}: ${answer.error}`)
  if (phase === 'measure' && seen.has(answer.workerId)) throw new Error(`${topic}: the worker was not a fresh one`)
  seen.add(answer.workerId)
  return answer.times ?? {}
}

async function relayWith(events: readonly RelayEvent[]): Promise<DevnetRelay> {
  const relay = await createRelay()
  for (const event of events) relay.inject(event)
  return relay
}

async function stopWorkers(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('ServiceWorker.enable')
  await devtools.send('ServiceWorker.stopAllWorkers')
  await devtools.detach()
}

/** The worker and everything it imports, as one file, minified as the extension is. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    publicDir: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    build: { write: false, target: 'es2023', rolldownOptions: { input: fileURLToPath(new URL('worker.ts', import.meta.url)) } },
  })
  const [output] = [result].flat()
  const chunks = output !== undefined && 'output' in output ? output.output.filter((part) => part.type === 'chunk') : []
  const [chunk] = chunks
  if (chunk === undefined || chunks.length !== 1) throw new Error(`the worker was built into ${chunks.length} files instead of one`)
  return chunk.code
}

async function serve(worker: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isWorker = request.url === '/worker.js'
    response.writeHead(200, {
      'content-type': isWorker ? 'text/javascript' : 'text/html',
      // isolated from other origins, a page gets a finer clock: 5 µs instead of 100
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    response.end(isWorker ? worker : '<!doctype html><title>bench</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
