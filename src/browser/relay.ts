/**
 * The pipe between a page and the background, in the isolated world. It reads no frame, keeps no state of a request, and holds a
 * runtime port only while the page uses one (`extension-platform.md` §7, §8). The bare runtime API: the polyfill would be larger
 * than this script.
 */
import { browser } from 'wxt/browser'
import { HANDOVER_EVENT, HANDOVER_REQUEST, PAGE_PORT } from '../messaging/page-constants.ts'
import type { BackgroundFrame, Relayed } from '../messaging/page-contract.ts'

export interface RelayPort {
  postMessage(message: unknown): void
  disconnect(): void
  readonly onMessage: { addListener(listener: (message: unknown) => void): void }
  readonly onDisconnect: { addListener(listener: () => void): void }
}

export interface RelayRuntime {
  /** Undefined once the extension was updated or removed under this document. */
  readonly id?: string | undefined
  readonly lastError?: unknown
  connect(info: { name: string }): RelayPort
}

/** The document a relay serves. */
export interface RelayPlace {
  readonly document: EventTarget & { readonly prerendering?: boolean }
  readonly window: EventTarget
  /** Whether the user has just done something in it. Asked in this world, where the page's scripts can not answer (T9). */
  readonly userActive: () => boolean
  /** For a frame of another site's page: calls back once that page has delegated to it (T7). */
  readonly untilDelegated?: ((delegated: () => void) => void) | undefined
}

/** Right after an update a connection only seems to come about (§8.5): nobody answers, nobody disconnects. Looked at once more then. */
const LOOK_AGAIN_MS = 400

type LossReason = Extract<BackgroundFrame, { t: 'lost' }>['reason']

/**
 * Hands the page its end of the channel and pipes from then on. Synchronous: no script of the page has run yet.
 * @param runtime looked up when it is used: browsers make it then, and every page would wait for that
 */
export function startRelay({ document, window, userActive, untilDelegated }: RelayPlace, runtime: () => RelayRuntime | undefined = () => browser.runtime): void {
  const { port1: page, port2: given } = new MessageChannel()
  let background: RelayPort | null = null
  /** Frames of a prerendered page: it may neither ask nor pay before somebody looks at it (T17). */
  let held: unknown[] | null = null

  function give(): void {
    const taken = !document.dispatchEvent(new MessageEvent(HANDOVER_EVENT, { ports: [given], cancelable: true }))
    if (taken) document.removeEventListener(HANDOVER_REQUEST, give)
  }

  function connect(): RelayPort {
    const api = runtime()
    if (api === undefined) throw new Error('the extension is gone')
    const port = api.connect({ name: PAGE_PORT })
    port.onMessage.addListener((message) => {
      if (port === background) page.postMessage(message)
    })
    port.onDisconnect.addListener(() => {
      // Read, or Chromium writes "Unchecked runtime.lastError" to the page's console (G34).
      void api.lastError
      if (port === background) lose(reasonNow())
    })
    setTimeout(() => {
      if (port === background && runtime()?.id === undefined) lose('extension_reloaded')
    }, LOOK_AGAIN_MS)
    return port
  }

  function forward(frame: unknown): void {
    try {
      background ??= connect()
      background.postMessage({ userActive: userActive(), frame } satisfies Relayed)
    } catch {
      lose(reasonNow())
    }
  }

  /** Never connects again by itself: the page's next frame does (G17). */
  function lose(reason: LossReason): void {
    background = null
    page.postMessage({ t: 'lost', reason } satisfies BackgroundFrame)
  }

  function reasonNow(): LossReason {
    return runtime()?.id === undefined ? 'extension_reloaded' : 'worker_lost'
  }

  page.onmessage = ({ data }) => {
    if (document.prerendering === true) held ??= holdUntilActivation()
    if (held === null) forward(data)
    else held.push(data)
  }

  function holdUntilActivation(): unknown[] {
    const frames: unknown[] = []
    const release = () => {
      held = null
      for (const frame of frames) forward(frame)
    }
    document.addEventListener('prerenderingchange', release, { once: true })
    return frames
  }

  window.addEventListener('pagehide', (event) => {
    if (!(event instanceof PageTransitionEvent) || !event.persisted) return
    // Firefox keeps the ports of a page it keeps: whoever leaves would go on paying. `pageshow` tells the page.
    try {
      background?.disconnect()
    } catch {
      // gone already
    }
  })

  window.addEventListener('pageshow', (event) => {
    if (!(event instanceof PageTransitionEvent) || !event.persisted || background === null) return
    // The port died in the back/forward cache without telling (§8.1).
    const port = background
    lose('navigation_aborted')
    try {
      port.disconnect()
    } catch {
      // as dead as it should be
    }
  })

  untilDelegated?.(() => page.postMessage({ t: 'delegated' } satisfies BackgroundFrame))
  document.addEventListener(HANDOVER_REQUEST, give)
  give()
}
