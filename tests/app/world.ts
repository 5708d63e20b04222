/**
 * The whole app in Node: real Dexie on fake-indexeddb, real HTTP and WebSocket against the development network, the real
 * page provider over a real MessageChannel. Only the browser is missing.
 */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import type { Decision } from '../../src/domain/approval.ts'
import { fromSat } from '../../src/domain/msat.ts'
import type { Ledger } from '../../src/domain/wallet.ts'
import { type App, createApp } from '../../src/background/app.ts'
import { createAppOfBoth } from '../../src/background/fake-sats.ts'
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
  /** After the worker was restarted: tells the page, whose next frames reach the new worker. */
  reattach(): void
  /** As if the tab were closed. */
  close(): void
}

interface PageOptions {
  readonly survives?: () => App
  readonly topOrigin?: string | null
  readonly userActive?: () => boolean
}

export interface World {
  readonly app: App
  readonly database: RoutstrDatabase
  readonly screen: UiClient
  /**
   * @param options.survives the relay outlives this worker and speaks to the app it names
   * @param options.topOrigin the document is a frame of that page
   * @param options.userActive the user has just done something in it; so by default
   */
  page(origin?: string, options?: PageOptions): Page
  /** Ids the approval window was opened for, in order; null: closed. */
  readonly shown: (string | null)[]
  /** The sites that got the stand-ins, each time they were told. */
  readonly standIns: readonly (readonly string[])[]
  /** Answers every question from now on; null leaves them waiting. */
  answerWith(decision: Decision | null): void
  /** Requests that left the app, as `METHOD url`, but for reads of the market. */
  readonly traffic: string[]
  ledger(): Promise<Ledger>
  /** The worker dies: nothing it began goes on, its database connection closes. */
  kill(): Promise<void>
  /** A new worker on the same database; in a new browser session too. */
  restart(of?: 'worker' | 'browser'): Promise<World>
  clock: { skewMs: number }
  readonly sessionMemory: BrowserSession
  /** A stranger lies, or an answer comes at the worst moment; null: the network is straight again. Holds over restarts. */
  bend(answer: Bend | null): void
  /** The worker dies at its n-th request from now on (0 = the next): before it leaves, or when its answer has arrived unseen. */
  dieAt(request: number, when: 'before' | 'after'): void
  /** Resolves when it has died that way. */
  readonly died: Promise<void>
}

/** The market is read beside whatever a test does. */
const isMarketRead = (line: string): boolean => /^GET .*\/v1\/(info|models)$/.test(line)

/** What the app gets for a request instead of the real answer; null lets it through. `go` sends it. */
export type Bend = (url: string, go: () => Promise<Response>, body: string, headers: Headers, method: string) => Promise<Response> | null

/** The memory of the browser session: outlives the worker, not the browser. */
export interface BrowserSession {
  text: string | null
  begun: boolean
}

export const newBrowserSession = (): BrowserSession => ({ text: null, begun: false })

export interface WorldOptions {
  readonly factory?: IDBFactory
  readonly patience?: Partial<Outside['patience']>
  /** For the draw among providers. */
  readonly random?: () => number
  readonly clock?: { skewMs: number }
  readonly bent?: { answer: Bend | null }
  /** The wallet has this passphrase from its first moment on. */
  readonly protectedBy?: string
  readonly sessionMemory?: BrowserSession
  /** Opens the sockets of this app instead of the platform. */
  readonly socket?: (url: string) => WebSocket
  /** Sessions are opened ahead, as the user has it. Off elsewhere: requests are counted, and nobody else may make any. */
  readonly openAhead?: boolean
  /** There is a second wallet, of fake sats; `fake` says which is in use, and outlives the worker. `failing`: it can not be written. */
  readonly choice?: { fake: boolean; failing?: boolean }
  /** The browser takes for ever to open and to close windows. */
  readonly stuckWindows?: boolean
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const factory = options.factory ?? new IDBFactory()
  const clock = options.clock ?? { skewMs: 0 }
  const bent = options.bent ?? { answer: null }
  const sessionMemory = options.sessionMemory ?? newBrowserSession()
  const openDatabase = (name: string) => new RoutstrDatabase(name, { indexedDB: factory, IDBKeyRange })
  let database = openDatabase('routstr')
  const death = new AbortController()
  const traffic: string[] = []
  const shown: (string | null)[] = []
  const standIns: (readonly string[])[] = []
  const pages = new Set<{ workerDied(): void }>()
  let decision: Decision | null = null
  let fatal: { left: number; when: 'before' | 'after' } | null = null
  let tellDeath = (): void => undefined
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve
  })
  const silence = <T>(): Promise<T> => new Promise<T>(() => undefined)
  const isFatal = (): boolean => fatal !== null && fatal.left-- === 0

  async function kill(): Promise<void> {
    death.abort(new Error('the worker died'))
    app.stop()
    screen.dispose()
    database.close()
    for (const page of pages) page.workerDied()
    tellDeath()
  }

  const outside: Omit<Outside, 'stores' | 'readLedger' | 'readHistory' | 'sessionMemory'> = {
    fetch: async (input, init) => {
      if (death.signal.aborted) return silence()
      const line = `${init?.method ?? 'GET'} ${String(input)}`
      const counts = !isMarketRead(line)
      if (counts) traffic.push(line)
      const dies = counts && isFatal()
      if (dies && fatal?.when === 'before') {
        void kill()
        return silence()
      }
      const signal = init?.signal == null ? death.signal : AbortSignal.any([init.signal, death.signal])
      const go = (): Promise<Response> => fetch(input, { ...init, signal })
      const body = typeof init?.body === 'string' ? init.body : ''
      const response = await (bent.answer?.(String(input), go, body, new Headers(init?.headers), init?.method ?? 'GET') ?? go()).catch((error: unknown) =>
        death.signal.aborted ? silence<never>() : Promise.reject(error),
      )
      if (dies) {
        void kill()
        return silence()
      }
      return response
    },
    webSocket(url) {
      if (death.signal.aborted) throw new Error('the worker died')
      const socket = options.socket?.(url) ?? new WebSocket(url)
      death.signal.addEventListener('abort', () => socket.close())
      return socket
    },
    now: () => Date.now() + clock.skewMs,
    randomId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    random: options.random ?? Math.random,
    subscribe: createRelaySubscription(),
    // the tests know no directory
    bootstrap: { directory: null, builtIn: [] },
    showApproval: async (id) => {
      if (shown.at(-1) !== id) shown.push(id)
      if (id !== null && decision !== null)
        setTimeout(() => void screen.call('approvals.decide', { id, decision: structuredClone(decision) ?? REJECT }).catch(() => undefined), 5)
      if (options.stuckWindows === true) await silence()
    },
    setBadge: () => undefined,
    registerStandIn: async (origins) => void standIns.push(origins),
    keepAlive: () => () => undefined,
    setAlarm: () => undefined,
    wakeAt: () => undefined,
    patience: { firstByteMs: 15_000, wholeAnswerMs: 20_000, idleMs: 10_000, totalMs: 60_000, ...options.patience },
  }
  const memory: Outside['sessionMemory'] = {
    read: async () => sessionMemory.text,
    write: async (text) => {
      if (!death.signal.aborted) sessionMemory.text = text
    },
    isNew: async () => !sessionMemory.begun,
    begun: async () => {
      if (!death.signal.aborted) sessionMemory.begun = true
    },
  }
  const { choice } = options
  const app: App =
    choice === undefined
      ? createApp({ ...openStores(database), ...outside, sessionMemory: memory })
      : createAppOfBoth({
          ...outside,
          open(fake) {
            const opened = fake ? openDatabase('routstr-fake-sats') : openDatabase('routstr')
            if (!fake) {
              database.close()
              database = opened
            }
            return { ...openStores(opened), close: () => opened.close() }
          },
          sessionMemory: (fake) => (fake ? { ...memory, read: async () => null, write: async () => undefined } : memory),
          choice: {
            read: async () => choice.fake,
            async write(fake) {
              if (choice.failing === true) throw new Error('no room on the disk')
              choice.fake = fake
            },
          },
        })

  const screen = createUiClient(() => connectScreen(app))
  await app.ready
  if (options.openAhead !== true && (await screen.call('settings.get', {})).openAhead) await screen.call('settings.set', { openAhead: false })
  const everywhere = process.env['ROUTSTR_PROTECTED_BY']
  const passphrase = options.protectedBy ?? everywhere
  const { locked, protected: isProtected } = await screen.call('lock.get', {})
  // scenarios that know nothing of a lock open the browser again
  if (passphrase !== undefined && passphrase === everywhere && locked) await screen.call('lock.unlock', { passphrase })
  if (passphrase !== undefined && !isProtected) {
    await screen.call('lock.protect', { passphrase })
    // scenarios that know nothing of a lock let days pass
    if (passphrase === everywhere) await screen.call('lock.autoLock', { minutes: null })
  }

  return {
    app,
    get database() {
      return database
    },
    screen,
    shown,
    standIns,
    traffic,
    clock,
    sessionMemory,
    answerWith(next) {
      decision = next
    },
    page(origin = SITE, options) {
      const page = connectPage(options?.survives ?? (() => app), origin, options ?? {})
      pages.add(page)
      return page
    },
    ledger: () => screen.call('developer.ledger', {}),
    kill,
    died,
    bend(answer) {
      bent.answer = answer
    },
    dieAt(request, when) {
      fatal = { left: request, when }
    },
    restart: (of = 'worker') => openWorld({ ...options, factory, clock, bent, sessionMemory: of === 'worker' ? sessionMemory : newBrowserSession() }),
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
function connectPage(app: () => App, origin: string, { survives, topOrigin, userActive = () => true }: PageOptions): Page & { workerDied(): void } {
  const { port1, port2 } = new MessageChannel()
  let background = connect()

  function connect(): { deliver: (message: unknown) => void; end: () => void; silence: () => void } {
    const frames: ((message: unknown, userActive: boolean) => void)[] = []
    const closing: (() => void)[] = []
    let closed = false
    const end = (): void => {
      if (closed) return
      closed = true
      for (const listener of closing) listener()
    }
    const port: PagePort = {
      origin,
      topOrigin,
      send: (frame) => {
        if (!closed) port1.postMessage(JSON.parse(JSON.stringify(frame)))
      },
      onFrame: (listener) => void frames.push(listener),
      onClose: (listener) => void closing.push(listener),
      close: () => {
        end()
        lost()
      },
    }
    app().connectPage(port)
    return {
      deliver: (message) => {
        if (!closed) for (const listener of frames) listener(JSON.parse(JSON.stringify(message)), userActive())
      },
      end,
      silence: () => {
        closed = true
      },
    }
  }

  function lost(): void {
    port1.postMessage({ t: 'lost', reason: 'worker_lost' })
  }

  port1.onmessage = (event) => background.deliver(event.data)
  return {
    routstr: createProvider(port2),
    close() {
      background.end()
      port1.close()
      port2.close()
    },
    workerDied() {
      background.silence()
      if (survives !== undefined) return
      lost()
      setTimeout(() => port1.close(), 20)
    },
    reattach() {
      background = connect()
      lost()
    },
  }
}
