/** Connections that come before it is known who serves them: what they say meanwhile is kept, in order. */
import type { PagePort, ScreenPort } from '../messaging/ports.ts'
import type { App } from './app.ts'

export function heldBackPage(port: PagePort): { serve(app: App): void } {
  type Listener = Parameters<PagePort['onFrame']>[0]
  const listeners: Listener[] = []
  let waiting: Parameters<Listener>[] | null = []
  let closed = false
  port.onClose(() => {
    closed = true
  })
  port.onFrame((...frame) => {
    if (waiting !== null) waiting.push(frame)
    else for (const listener of listeners) listener(...frame)
  })
  return {
    serve(app) {
      if (closed) return
      app.connectPage({ ...port, onFrame: (listener) => void listeners.push(listener) })
      const frames = waiting ?? []
      waiting = null
      for (const frame of frames) for (const listener of listeners) listener(...frame)
    },
  }
}

/** A screen stays while the wallets change places: its next question goes to the other one. */
export function heldBackScreen(port: ScreenPort, onClose: () => void): { hold(): void; serve(app: App): void } {
  let listeners: ((message: unknown) => void)[] = []
  let closing: (() => void)[] = []
  let waiting: unknown[] | null = []
  let served = false
  let closed = false
  port.onClose(() => {
    closed = true
    onClose()
    for (const listener of closing) listener()
  })
  port.onMessage((message) => {
    if (waiting !== null) waiting.push(message)
    else for (const listener of listeners) listener(message)
  })
  return {
    hold() {
      waiting ??= []
    },
    serve(app) {
      if (closed) return
      listeners = []
      closing = []
      app.connectScreen({ send: (reply) => port.send(reply), onMessage: (listener) => void listeners.push(listener), onClose: (listener) => void closing.push(listener) })
      const messages = waiting ?? []
      waiting = null
      for (const message of messages) for (const listener of listeners) listener(message)
      // what it shows is of the other wallet
      if (served) port.send({ changed: true })
      served = true
    },
  }
}
