/** A worker that starts with 200 open operations at a sick mint: how long until the first exact payment is made? */
import { createApp } from '../../src/background/app.ts'
import type { UiReply } from '../../src/messaging/ui-contract.ts'
import { createUiClient } from '../../src/messaging/ui-client.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'
import type { SendOperation, SwapOperation } from '../../src/wallet/journal.ts'
import { openMint } from './mint.ts'
import { ACCOUNT, hex } from './purse.ts'
import type { Topic } from './topic.ts'

const NAME = 'start'
const OPEN = 200
const ANSWER_AFTER_MS = 20

export const start: Topic = {
  name: 'start with 200 open operations',
  workers: 12,
  limits: { 'worker start to first exact payment': { p95: 300 } },

  async prepare() {
    const database = new RoutstrDatabase(NAME)
    const { wallet } = openStores(database).stores
    const { keys, notesOf } = openMint()
    const info = {
      name: 'Bench',
      pubkey: '',
      version: 'bench/1',
      contact: [],
      nuts: { 4: { methods: [] }, 5: { methods: [] }, 7: { supported: true }, 9: { supported: true }, 12: { supported: true } },
    }
    const cache = { info, keys: { mintUrl: ACCOUNT.mint, keysets: [{ id: keys.id, unit: ACCOUNT.unit, active: true, input_fee_ppk: 0, keys: keys.keys }] } }
    await wallet.saveMint(ACCOUNT.mint, { trusted: true, name: 'Bench', addedAt: 1, cache: JSON.stringify(cache) })
    const ready = notesOf(Array.from({ length: 256 }, (_, index) => 2 ** (index % 8))).map(({ id, amount, secret, C }) => ({
      ...{ secret, ...ACCOUNT, keysetId: id, amount: amount.toNumber(), C },
      ...{ dleq: null, state: 'ready' as const, operationId: null },
    }))
    const filling = swap('done')
    await wallet.beginSwap({ ...filling, state: 'requested' })
    await wallet.finishSwap(filling.id, ready)
    for (let index = 0; index < OPEN / 2; index++) {
      await wallet.beginSwap(swap('requested'))
      await wallet.beginSend(sent())
    }
    database.close()
  },

  async measure() {
    const app = createApp(outside())
    const screen = createUiClient(() => connect(app))
    await screen.call('tokens.send', { ...ACCOUNT, amount: 1, memo: null })
    const paid = performance.now()
    app.stop()
    return { 'worker start to first exact payment': [paid] }
  },
}

function swap(state: SwapOperation['state']): SwapOperation {
  return {
    ...{
      ...ACCOUNT,
      id: crypto.randomUUID(),
      kind: 'receive',
      state,
      swap: { keysetId: openKeyset(), inputs: [{ id: openKeyset(), amount: '8', secret: hex(32), C: `02${hex(32)}` }], outputs: [] },
    },
    ...{ ownSecrets: [], incomingIds: [], sendId: null, inputAmount: 8, outputAmount: 8, createdAt: 1, tries: 0, nextTryAt: 0, problem: null },
  }
}

function sent(): SendOperation {
  return {
    ...ACCOUNT,
    id: crypto.randomUUID(),
    kind: 'send',
    state: 'sent',
    token: `cashuB${'x'.repeat(300)}`,
    amount: 8,
    secrets: [],
    purpose: 'user',
    memo: null,
    createdAt: 1,
  }
}

let keyset: string | null = null
function openKeyset(): string {
  keyset ??= openMint().keys.id
  return keyset
}

function outside(): Parameters<typeof createApp>[0] {
  return {
    ...openStores(new RoutstrDatabase(NAME)),
    fetch: () => new Promise((resolve) => setTimeout(() => resolve(new Response('sick', { status: 503 })), ANSWER_AFTER_MS)),
    webSocket: (url) => new WebSocket(url),
    now: () => Date.now(),
    randomId: () => hex(16),
    random: Math.random,
    registerStandIn: async () => undefined,
    subscribe: () => ({ health: () => [], refused: () => undefined, ask: () => undefined, stop: () => undefined }),
    showApproval: async () => undefined,
    setBadge: () => undefined,
    keepAlive: () => () => undefined,
    setAlarm: () => undefined,
    wakeAt: () => undefined,
    sessionMemory: { read: async () => null, write: async () => undefined },
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
