/** The whole app as the worker runs it, over a real database; a screen is connected. What it talks to is handed in. */
import { createApp } from '../../src/background/app.ts'
import { createUiClient } from '../../src/messaging/ui-client.ts'
import type { UiReply } from '../../src/messaging/ui-contract.ts'
import type { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'
import { hex } from './purse.ts'

type Outside = Parameters<typeof createApp>[0]

export function openApp(database: RoutstrDatabase, world: Pick<Outside, 'fetch' | 'subscribe'>) {
  const app = createApp(outside(database, world))
  return { app, screen: createUiClient(() => connect(app)) }
}

function outside(database: RoutstrDatabase, world: Pick<Outside, 'fetch' | 'subscribe'>): Outside {
  return {
    ...openStores(database),
    ...world,
    webSocket: (url) => new WebSocket(url),
    now: () => Date.now(),
    randomId: () => hex(16),
    random: Math.random,
    registerStandIn: async () => undefined,
    showApproval: async () => undefined,
    setBadge: () => undefined,
    keepAlive: () => () => undefined,
    setAlarm: () => undefined,
    wakeAt: () => undefined,
    sessionMemory: { read: async () => null, write: async () => undefined, isNew: async () => false, begun: async () => undefined },
    patience: { firstByteMs: 45_000, wholeAnswerMs: 300_000, idleMs: 120_000, totalMs: 900_000 },
  }
}

function connect(app: ReturnType<typeof createApp>): ReturnType<Parameters<typeof createUiClient>[0]> {
  const toBackground: ((message: unknown) => void)[] = []
  let listener: (message: UiReply | null) => void = () => undefined
  app.connectScreen({ send: (reply) => listener(structuredClone(reply)), onMessage: (handle) => void toBackground.push(handle), onClose: () => undefined })
  return {
    send: (message) => {
      for (const handle of toBackground) handle(structuredClone(message))
    },
    listen: (next) => {
      listener = next
    },
    close: () => undefined,
  }
}
