import { defineBackground } from 'wxt/utils/define-background'
import browser from 'webextension-polyfill'
import { createApp } from '../src/background/app.ts'
import { createAlarm } from '../src/browser/alarm.ts'
import { approvalWindow } from '../src/browser/approval-window.ts'
import { setBadge } from '../src/browser/badge.ts'
import { createKeepAlive } from '../src/browser/keep-alive.ts'
import { listenForPorts } from '../src/browser/ports.ts'
import { createRelaySubscription } from '../src/registry/relays.ts'
import { openStores } from '../src/storage/stores.ts'

/** Listeners first and synchronously, or the event that woke the worker is lost. */
export default defineBackground({
  type: 'module',
  main() {
    const alarm = createAlarm(() => void app.wake())
    const approval = approvalWindow((id) => void app.approvalWindowClosed(id))
    listenForPorts({ page: (port) => app.connectPage(port), screen: (port) => app.connectScreen(port) })
    browser.runtime.onStartup.addListener(() => void app.browserStarted())
    const app = createApp({
      ...openStores(),
      fetch: (input, init) => fetch(input, init),
      now: () => Date.now(),
      randomId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
      subscribe: createRelaySubscription(),
      showApproval: approval.show,
      setBadge,
      keepAlive: createKeepAlive(),
      setAlarm: alarm,
      patience: { firstByteMs: 45_000, wholeAnswerMs: 300_000, idleMs: 120_000, totalMs: 900_000 },
    })
  },
})
