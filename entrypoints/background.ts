import { defineBackground } from 'wxt/utils/define-background'
import browser from 'webextension-polyfill'
import { createAppOfBoth } from '../src/background/fake-sats.ts'
import { createAlarm } from '../src/browser/alarm.ts'
import { approvalWindow } from '../src/browser/approval-window.ts'
import { setBadge } from '../src/browser/badge.ts'
import { registerStandIn } from '../src/browser/stand-in-script.ts'
import { createKeepAlive } from '../src/browser/keep-alive.ts'
import { listenForPorts } from '../src/browser/ports.ts'
import { createSessionMemory } from '../src/browser/session-memory.ts'
import { createWakeAlarm } from '../src/browser/wake-alarm.ts'
import { walletChoice } from '../src/browser/wallet-choice.ts'
import { createRelaySubscription } from '../src/registry/relays.ts'
import { openWallet } from '../src/storage/stores.ts'

/** Listeners first and synchronously, or the event that woke the worker is lost. */
export default defineBackground({
  type: 'module',
  main() {
    const alarm = createAlarm(() => void app.wake())
    const wakeAt = createWakeAlarm(() => void app.wake())
    const approval = approvalWindow((id) => void app.approvalWindowClosed(id))
    listenForPorts({ page: (port) => app.connectPage(port), screen: (port) => app.connectScreen(port) })
    browser.runtime.onStartup.addListener(() => undefined) // wakes the worker, which sees by itself that the session is new
    const app = createAppOfBoth({
      fetch: (input, init) => fetch(input, init),
      webSocket: (url) => new WebSocket(url),
      now: () => Date.now(),
      randomId: () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
      subscribe: createRelaySubscription(),
      showApproval: approval.show,
      ...{ registerStandIn, setBadge, wakeAt, open: openWallet, choice: walletChoice },
      keepAlive: createKeepAlive(),
      setAlarm: alarm,
      sessionMemory: createSessionMemory,
      patience: { firstByteMs: 45_000, wholeAnswerMs: 300_000, idleMs: 120_000, totalMs: 900_000 },
    })
  },
})
