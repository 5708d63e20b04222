/** Runtime ports of pages and of our own screens, each handed to its own contract. */
import browser, { type Runtime } from 'webextension-polyfill'
import type { PagePort, ScreenPort } from '../messaging/ports.ts'
import { UI_PORT } from '../messaging/ui-contract.ts'
import { classify } from './sender.ts'
import { PAGE_PORT } from '../messaging/page-constants.ts'

export function listenForPorts(handlers: { readonly page: (port: PagePort) => void; readonly screen: (port: ScreenPort) => void }): void {
  browser.runtime.onConnect.addListener((port) => {
    const sender = classify(port.sender)
    if (sender.kind === 'screen' && port.name === UI_PORT) return handlers.screen(screenPort(port))
    if (sender.kind === 'page' && port.name === PAGE_PORT) return handlers.page(pagePort(port, sender.origin))
    port.disconnect()
  })
}

function pagePort(port: Runtime.Port, origin: string | undefined): PagePort {
  const closed: (() => void)[] = []
  const end = (): void => {
    // read, or the browser reports it as unchecked (bfcache, navigation)
    void browser.runtime.lastError
    for (const listener of closed.splice(0)) listener()
  }
  port.onDisconnect.addListener(end)
  return {
    origin,
    send: (frame) => post(port, frame),
    onFrame: (listener) => port.onMessage.addListener((message: unknown) => listener(message)),
    onClose: (listener) => void closed.push(listener),
    close() {
      port.disconnect()
      end()
    },
  }
}

function screenPort(port: Runtime.Port): ScreenPort {
  return {
    send: (reply) => post(port, reply),
    onMessage: (listener) => port.onMessage.addListener((message: unknown) => listener(message)),
    onClose: (listener) => port.onDisconnect.addListener(listener),
  }
}

/** A port that has just gone throws; its `onDisconnect` tells everybody who has to know. */
function post(port: Runtime.Port, message: unknown): void {
  try {
    port.postMessage(message)
  } catch {
    void browser.runtime.lastError
  }
}
