/** Hand-over and relay, with a document and a runtime that record what is done to them. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { type RelayPlace, startRelay, type RelayRuntime } from '../../../src/browser/relay.ts'
import * as v from 'valibot'
import { relayedSchema } from '../../../src/messaging/page-contract.ts'
import { HANDOVER_EVENT, HANDOVER_REQUEST } from '../../../src/messaging/page-constants.ts'
import { receivePort } from '../../../src/page/announce.ts'
import { createProvider } from '../../../src/page/provider.ts'
import { pause, present, until } from './harness.ts'

class PageTransition extends Event {
  readonly persisted: boolean
  constructor(persisted: boolean, name: 'pageshow' | 'pagehide' = 'pageshow') {
    super(name)
    this.persisted = persisted
  }
}
Object.assign(globalThis, { PageTransitionEvent: PageTransition })

class Runtime implements RelayRuntime {
  id: string | undefined = 'extension'
  lastError: unknown
  refuses = false
  readonly ports: FakePort[] = []
  readonly names: string[] = []
  connect = ({ name }: { name: string }) => {
    if (this.refuses) throw new Error('Extension context invalidated.')
    this.names.push(name)
    const port = new FakePort()
    this.ports.push(port)
    return port
  }
}

class FakePort {
  /** The frames, out of the relay's envelope. */
  readonly sent: unknown[] = []
  readonly userActive: boolean[] = []
  disconnected = false
  broken = false
  readonly #message: ((message: unknown) => void)[] = []
  readonly #disconnect: (() => void)[] = []
  readonly onMessage = { addListener: (listener: (message: unknown) => void) => void this.#message.push(listener) }
  readonly onDisconnect = { addListener: (listener: () => void) => void this.#disconnect.push(listener) }
  postMessage(message: unknown): void {
    if (this.broken) throw new Error('Message exceeded maximum allowed size of 64MiB.')
    const { frame, userActive } = v.parse(relayedSchema, message)
    this.sent.push(frame)
    this.userActive.push(userActive)
  }
  disconnect(): void {
    this.disconnected = true
  }
  says(message: unknown): void {
    for (const listener of this.#message) listener(message)
  }
  dies(): void {
    for (const listener of this.#disconnect) listener()
  }
}

function place() {
  const document: EventTarget & { prerendering?: boolean } = new EventTarget()
  return { document, window: new EventTarget(), runtime: new Runtime(), user: { active: false } }
}

/** A page that holds its end of the pipe. */
function piped(start: ReturnType<typeof place> & Pick<RelayPlace, 'untilDelegated'> = place()) {
  const { document, window, runtime, user } = start
  const seen: unknown[] = []
  let page: MessagePort | undefined
  receivePort(document, (port) => {
    page = port
    port.onmessage = ({ data }) => seen.push(data)
  })
  startRelay({ document, window, userActive: () => user.active, untilDelegated: start.untilDelegated }, () => runtime)
  if (page === undefined) throw new Error('no port')
  const { close, postMessage } = { close: () => page?.close(), postMessage: (frame: unknown) => page?.postMessage(frame) }
  onTestFinished(close)
  return { document, window, runtime, seen, send: postMessage }
}

describe('T3: the hand-over', () => {
  test.each(['relay first', 'page first'])('%s: the page gets the port once, and nobody else can', async (order) => {
    const { document, window, runtime } = place()
    const ports: MessagePort[] = []
    const receive = () => receivePort(document, (port) => ports.push(port))
    const relay = () => startRelay({ document, window, userActive: () => false }, () => runtime)
    if (order === 'relay first') {
      relay()
      receive()
    } else {
      receive()
      relay()
    }
    expect(ports).toHaveLength(1)
    onTestFinished(() => ports[0]?.close())
    // a script of the page, later
    const stolen: unknown[] = []
    document.addEventListener(HANDOVER_EVENT, (event) => stolen.push(event))
    document.dispatchEvent(new Event(HANDOVER_REQUEST))
    expect(stolen).toEqual([])
    // and a forged hand-over
    document.dispatchEvent(new MessageEvent(HANDOVER_EVENT, { ports: [new MessageChannel().port1] }))
    expect(ports).toHaveLength(1)
    await pause()
    expect(runtime.ports).toEqual([])
  })

  test('without a relay there is no provider (G10)', () => {
    const ports: MessagePort[] = []
    receivePort(new EventTarget(), (port) => ports.push(port))
    expect(ports).toEqual([])
  })
})

describe('the relay', () => {
  test('connects at the first frame and pipes both ways, unread', async () => {
    const { runtime, seen, send } = piped()
    await pause()
    expect(runtime.names).toEqual([])
    send({ any: 'thing' })
    send(['at', { all: null }])
    await until(() => runtime.ports[0]?.sent.length === 2)
    expect(runtime.names).toEqual(['page'])
    expect(runtime.ports[0]?.sent).toEqual([{ any: 'thing' }, ['at', { all: null }]])
    runtime.ports[0]?.says({ t: 'x' })
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'x' }])
  })

  test('T9: what the user did is said by the relay beside the frame; a frame that says so itself says nothing', async () => {
    const start = place()
    const { runtime, send } = piped(start)
    send({ userActive: true })
    await until(() => runtime.ports[0]?.sent.length === 1)
    start.user.active = true
    send(2)
    await until(() => runtime.ports[0]?.sent.length === 2)
    expect(runtime.ports[0]?.sent).toEqual([{ userActive: true }, 2])
    expect(runtime.ports[0]?.userActive).toEqual([false, true])
  })

  test('T7: a frame of another site hears when its page has delegated to it, and not before', async () => {
    let delegated = (): void => undefined
    const { runtime, seen } = piped({ ...place(), untilDelegated: (told) => (delegated = told) })
    await pause()
    expect(seen).toEqual([])
    delegated()
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'delegated' }])
    expect(runtime.ports).toEqual([])
  })

  test('a dead port is told once, and connected again only by the next frame (G17)', async () => {
    const { runtime, seen, send } = piped()
    send(1)
    await until(() => runtime.ports.length === 1)
    runtime.ports[0]?.dies()
    await pause(5)
    expect(seen).toEqual([{ t: 'lost', reason: 'worker_lost' }])
    expect(runtime.ports).toHaveLength(1)
    send(2)
    await until(() => runtime.ports.length === 2)
    runtime.ports[0]?.says('from the grave')
    runtime.ports[0]?.dies()
    await pause(2)
    expect(seen).toHaveLength(1)
    expect(runtime.ports[1]?.sent).toEqual([2])
  })

  test('an updated extension', async () => {
    const { runtime, seen, send } = piped()
    send(1)
    await until(() => runtime.ports.length === 1)
    runtime.id = undefined
    runtime.ports[0]?.dies()
    runtime.refuses = true
    send(2)
    send(3)
    await until(() => seen.length === 3)
    expect(seen).toEqual(Array.from({ length: 3 }, () => ({ t: 'lost', reason: 'extension_reloaded' })))
    expect(runtime.ports).toHaveLength(1)
  })

  test('an extension that is updated under a fresh connection, which only seems to be one', async () => {
    const { runtime, seen, send } = piped()
    send(1)
    await until(() => runtime.ports.length === 1)
    runtime.id = undefined
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'lost', reason: 'extension_reloaded' }])
  })

  test('a postMessage that throws is a loss, not an exception', async () => {
    const { runtime, seen, send } = piped()
    send(1)
    await until(() => runtime.ports.length === 1)
    present(runtime.ports[0]).broken = true
    send(2)
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'lost', reason: 'worker_lost' }])
    send(3)
    await until(() => runtime.ports[1]?.sent.length === 1)
  })

  test('T16: back from the bfcache: navigation_aborted, and the old port is dropped (G43)', async () => {
    const { window, runtime, seen, send } = piped()
    window.dispatchEvent(new PageTransition(true))
    send(1)
    await until(() => runtime.ports.length === 1)
    window.dispatchEvent(new PageTransition(false))
    await pause(2)
    expect(seen).toEqual([])
    window.dispatchEvent(new PageTransition(true))
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'lost', reason: 'navigation_aborted' }])
    expect(runtime.ports[0]?.disconnected).toBe(true)
    send(2)
    await until(() => runtime.ports.length === 2)
  })

  test('T16: into the bfcache: the port is cut at once, and the page hears of it when it is back', async () => {
    const { window, runtime, seen, send } = piped()
    send(1)
    await until(() => runtime.ports.length === 1)
    window.dispatchEvent(new PageTransition(false, 'pagehide'))
    expect(runtime.ports[0]?.disconnected).toBe(false)
    window.dispatchEvent(new PageTransition(true, 'pagehide'))
    expect(runtime.ports[0]?.disconnected).toBe(true)
    expect(seen).toEqual([])
    window.dispatchEvent(new PageTransition(true))
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ t: 'lost', reason: 'navigation_aborted' }])
  })

  test('T17: a prerendered page waits until somebody looks at it', async () => {
    const start = place()
    start.document.prerendering = true
    const { document, runtime, send } = piped(start)
    send(1)
    send(2)
    await pause(3)
    expect(runtime.ports).toEqual([])
    start.document.prerendering = false
    document.dispatchEvent(new Event('prerenderingchange'))
    send(3)
    await until(() => runtime.ports[0]?.sent.length === 3)
    expect(runtime.ports[0]?.sent).toEqual([1, 2, 3])
  })
})

test('a whole chain: provider, relay, runtime port', async () => {
  const { document, window, runtime } = place()
  startRelay({ document, window, userActive: () => false }, () => runtime)
  let provider: ReturnType<typeof createProvider> | undefined
  receivePort(document, (port) => {
    provider = createProvider(port)
    onTestFinished(() => port.close())
  })
  const answer = present(provider).availability()
  await until(() => runtime.ports[0]?.sent.length === 1)
  const [frame] = present(runtime.ports[0]).sent as { id: string }[]
  present(runtime.ports[0]).says({ t: 'result', id: present(frame).id, value: 'needs-setup' })
  expect(await answer).toBe('needs-setup')
})
