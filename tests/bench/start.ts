/** A worker that starts with 200 open operations at a sick mint: how long until the first exact payment is made? */
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'
import type { SendOperation, SwapOperation } from '../../src/wallet/journal.ts'
import { openMint } from './mint.ts'
import { ACCOUNT, hex } from './purse.ts'
import type { Topic } from './topic.ts'
import { openApp } from './whole-app.ts'

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
    const sick: typeof fetch = () => new Promise((resolve) => setTimeout(() => resolve(new Response('sick', { status: 503 })), ANSWER_AFTER_MS))
    const { app, screen } = openApp(new RoutstrDatabase(NAME), { fetch: sick, subscribe: () => ({ health: () => [], refused: () => undefined, ask: () => undefined, stop: () => undefined }) })
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
