/** The screens' connection to the background, and what they need from the browser. */
import browser from 'webextension-polyfill'
import type { UiPort } from '../messaging/ui-client.ts'
import { UI_PORT, type UiReply } from '../messaging/ui-contract.ts'

/** Opens a port to the background; opening it starts a sleeping worker. */
export function connectUi(): UiPort {
  const port = browser.runtime.connect({ name: UI_PORT })
  return {
    send: (message) => port.postMessage(message),
    listen(listener) {
      // only our own background can be at the other end: its replies follow the contract
      port.onMessage.addListener((message) => listener(message as UiReply))
      port.onDisconnect.addListener(() => listener(null))
    },
    close: () => port.disconnect(),
  }
}

/**
 * The origin of the tab in front, null when it has none that could ask (settings pages, files, plain http).
 * Needs `activeTab`: without it, or outside of the toolbar popup, the address stays hidden and this is null.
 */
export async function activeSite(): Promise<string | null> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true })
  const url = tab?.url === undefined ? null : URL.parse(tab.url)
  if (url === null) return null
  const loopback = url.hostname === 'localhost' || url.hostname === '127.0.0.1'
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback) ? url.origin : null
}

/** The options page in a tab of its own, at a room (`#/activity`). From the popup this closes the popup. */
export async function openOptions(room = ''): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL('options.html') + room })
  if (location.pathname === '/popup.html') window.close()
}
