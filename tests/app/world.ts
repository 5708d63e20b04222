/**
 * The whole app in Node: real Dexie on fake-indexeddb, real HTTP and WebSocket against the development network, the real
 * page provider over a real MessageChannel. Only the browser is missing.
 */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import type { Decision } from '../../src/domain/approval.ts'
import { fromSat } from '../../src/domain/msat.ts'
import type { Ledger } from '../../src/domain/wallet.ts'
import { type App, createApp } from '../../src/background/app.ts'
import type { Outside } from '../../src/background/outside.ts'
import type { PagePort } from '../../src/messaging/ports.ts'
import { createUiClient, type UiClient } from '../../src/messaging/ui-client.ts'
import type { UiReply } from '../../src/messaging/ui-contract.ts'
import type { RoutstrProvider } from '../../src/page/api.ts'
import { createProvider } from '../../src/page/provider.ts'
import { createRelaySubscription } from '../../src/registry/relays.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'

export const SITE = 'https://chat.example'
export const PER_DAY: Decision = { kind: 'approve', terms: { period: 'day', limitMsat: fromSat(1000), maxPerRequestMsat: fromSat(200) } }
export const REJECT: Decision = { kind: 'reject' }

export interface Page {
  readonly routstr: RoutstrProvider
  /** As if the tab were closed. */
  close(): void
}

export interface World {
  readonly app: App
  readonly database: RoutstrDatabase
  readonly screen: UiClient
  page(origin?: string): Page
  /** Ids the approval window was opened for, in order; null: closed. */
  readonly shown: (string | null)[]
  /** Answers every question from now on; null leaves them waiting. */
  answerWith(decision: Decision | null): void
  /** Requests that left the app, as `METHOD url`. */
  readonly traffic: string[]
  ledger(): Promise<Ledger>
  /** The worker dies: nothing it began goes on, its database connection closes. */
  kill(): Promise<void>
  /** A new worker on the same database. */
  restart(): Promise<World>
  clock: { skewMs: number }
}

export interface WorldOptions {
  readonly factory?: IDBFactory
  readonly patience?: Partial<Outside['patience']>
  readonly clock?: { skewMs: number }
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const factory = options.factory ?? new IDBFactory()
  const clock = options.clock ?? { skewMs: 0 }
  const database = new RoutstrDatabase('routstr', { indexedDB: factory, IDBKeyRange })
  const death = new AbortController()
  const traffic: string[] = []
  const shown: (string | null)[] = []
  const pages = new Set<{ closeFromBackground(): void }>()
  let decision: Decision | null = null

  const app: App = createApp({
    ...openStores(database),
    fetch: async (input, init) => {
      if (death.signal.aborted) return new Promise<never>(() => undefined)
      traffic.push(`${init?.method ?? 'GET'} ${String(input)}`)
      const signal = init?.signal == null ? death.signal : AbortSignal.any([init.signal, death.signal])
      const response = await fetch(input, { ...init, signal }).catch((error: unknown) => (death.signal.aborted ? new Promise<never>(() => undefined) : Promise.reject(error)))
      return response
    },
    now: () => Date.now() + clock.skewMs,
    randomId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    random: Math.random,
    subscribe: createRelaySubscription(),
    showApproval: async (id) => {
      if (shown.at(-1) !== id) shown.push(id)
      if (id !== null && decision !== null) setTimeout(() => void screen.call('approvals.decide', { id, decision: structuredClone(decision) ?? REJECT }).catch(() => undefined), 5)
    },
    setBadge: () => undefined,
    keepAlive: () => () => undefined,
    setAlarm: () => undefined,
    patience: { firstByteMs: 3_000, wholeAnswerMs: 5_000, idleMs: 3_000, totalMs: 20_000, ...options.patience },
  })

  const screen = createUiClient(() => connectScreen(app))
  await app.ready

  return {
    app,
    database,
    screen,
    shown,
    traffic,
    clock,
    answerWith(next) {
      decision = next
    },
    page(origin = SITE) {
      const page = connectPage(app, origin)
      pages.add(page)
      return page
    },
    ledger: () => screen.call('developer.ledger', {}),
    async kill() {
      death.abort(new Error('the worker died'))
      app.stop()
      screen.dispose()
      database.close()
      for (const page of pages) page.closeFromBackground()
    },
    restart: () => openWorld({ ...options, factory, clock }),
  }
}

function connectScreen(app: App): ReturnType<Parameters<typeof createUiClient>[0]> {
  const toBackground: ((message: unknown) => void)[] = []
  const closing: (() => void)[] = []
  let listener: (message: UiReply | null) => void = () => undefined
  app.connectScreen({
    send: (reply) => listener(structuredClone(reply)),
    onMessage: (handle) => void toBackground.push(handle),
    onClose: (handle) => void closing.push(handle),
  })
  return {
    send: (message) => {
      for (const handle of toBackground) handle(structuredClone(message))
    },
    listen: (next) => {
      listener = next
    },
    close: () => {
      for (const handle of closing) handle()
    },
  }
}

/** The relay's part: a MessageChannel on one side, the background's port on the other. JSON in between, as in Chromium. */
function connectPage(app: App, origin: string): Page & { closeFromBackground(): void } {
  const { port1, port2 } = new MessageChannel()
  const frames: ((message: unknown) => void)[] = []
  const closing: (() => void)[] = []
  let closed = false
  const end = (): void => {
    if (closed) return
    closed = true
    for (const listener of closing) listener()
  }
  const port: PagePort = {
    origin,
    send: (frame) => {
      if (!closed) port1.postMessage(JSON.parse(JSON.stringify(frame)))
    },
    onFrame: (listener) => void frames.push(listener),
    onClose: (listener) => void closing.push(listener),
    close: () => {
      end()
      port1.postMessage({ t: 'lost', reason: 'worker_lost' })
    },
  }
  port1.onmessage = (event) => {
    if (!closed) for (const listener of frames) listener(JSON.parse(JSON.stringify(event.data)))
  }
  app.connectPage(port)
  return {
    routstr: createProvider(port2),
    close() {
      end()
      port1.close()
      port2.close()
    },
    closeFromBackground() {
      closed = true
      port1.postMessage({ t: 'lost', reason: 'worker_lost' })
      setTimeout(() => port1.close(), 20)
    },
  }
}
