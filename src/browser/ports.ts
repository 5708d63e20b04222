/** Runtime ports of pages and of our own screens, each handed to its own contract. */
import * as v from 'valibot'
import browser, { type Runtime } from 'webextension-polyfill'
import type { WebDocument } from '../domain/site.ts'
import { relayedSchema } from '../messaging/page-contract.ts'
import type { PagePort, ScreenPort } from '../messaging/ports.ts'
import { UI_PORT } from '../messaging/ui-contract.ts'
import { classify } from './sender.ts'
import { PAGE_PORT } from '../messaging/page-constants.ts'

export function listenForPorts(handlers: { readonly page: (port: PagePort) => void; readonly screen: (port: ScreenPort) => void }): void {
  /** T35: a document has one port. Our relay never opens a second beside a living one; whoever does gets no more by it. */
  const documents = new Map<string, PagePort>()

  function page(port: PagePort, documentId: string | null): void {
    if (documentId !== null) {
      documents.get(documentId)?.close()
      documents.set(documentId, port)
      port.onClose(() => {
        if (documents.get(documentId) === port) documents.delete(documentId)
      })
    }
    handlers.page(port)
  }

  browser.runtime.onConnect.addListener((port) => {
    const sender = classify(port.sender)
    if (sender.kind === 'screen' && port.name === UI_PORT) return handlers.screen(screenPort(port))
    if (sender.kind === 'page' && port.name === PAGE_PORT) return page(pagePort(port, sender.document), sender.documentId)
    port.disconnect()
  })
}

function pagePort(port: Runtime.Port, document: WebDocument): PagePort {
  const closed: (() => void)[] = []
  const end = (): void => {
    // read, or the browser reports it as unchecked (bfcache, navigation)
    void browser.runtime.lastError
    for (const listener of closed.splice(0)) listener()
  }
  port.onDisconnect.addListener(end)
  return {
    ...document,
    send: (frame) => post(port, frame),
    onFrame: (listener) =>
      port.onMessage.addListener((message: unknown) => {
        const relayed = v.safeParse(relayedSchema, message)
        // what no relay of ours wraps is no frame either
        if (relayed.success) listener(relayed.output.frame, relayed.output.userActive)
        else listener(undefined, false)
      }),
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
