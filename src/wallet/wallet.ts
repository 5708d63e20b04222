/** The user's money: mints, notes, tokens in and out. Everything that moves money is journalled first (design §5.2). */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, fromSat, type Msat, ZERO_MSAT } from '../domain/msat.ts'
import type { IncomingToken, Mint, MintBalance, SentToken, TokenFacts } from '../domain/wallet.ts'
import { isSwap, type SendOperation } from './journal.ts'
import { connectMint, type MintConnection, type MintFacts } from './mint.ts'
import { sumSat } from './notes.ts'
import { listSentTokens } from './sent-tokens.ts'
import { createPaying, type DepositWish } from './paying.ts'
import { createReceiving, type Received } from './receiving.ts'
import { createRecovery, type Recovery } from './recovery.ts'
import { loadSeedWords, seedBytes } from './seed.ts'
import type { WalletStore } from './store.ts'
import { readToken } from './token.ts'
import { createSwapRunner } from './swaps.ts'

export interface WalletWorld {
  readonly store: WalletStore
  readonly fetch: typeof globalThis.fetch
  readonly now: () => number
  readonly randomId: () => string
  /** Throws RoutstrError `unsafe_address`; answers the address as it is used. */
  readonly checkAddress: (url: string) => string
  readonly onChange: () => void
}

export interface Wallet {
  seedWords(): Promise<readonly string[]>
  balances(): Promise<readonly MintBalance[]>
  /** Ready sat per trusted mint, as msat: what routing may count on. */
  readyByMint(): Promise<ReadonlyMap<string, Msat>>

  /** @throws RoutstrError `unsafe_address`, `mint_unreachable`, `mint_misbehaved` */
  previewMint(url: string): Promise<MintFacts & { readonly url: string; readonly trusted: boolean }>
  trustMint(url: string): Promise<Mint>
  /** @throws RoutstrError `not_empty` */
  removeMint(url: string): Promise<void>

  inspect(token: string): Promise<TokenFacts>
  /** @throws RoutstrError `invalid_token`, `unknown_mint` (kept), `token_already_spent`, `mint_unreachable` (kept) */
  receive(token: string, from: IncomingToken['from'], trustMint: boolean): Promise<Received>
  retryIncoming(id: string, trustMint: boolean): Promise<Received>
  /** A refund for the caller's own transaction: the row is built, not saved. */
  incomingRow(token: string, from: IncomingToken['from'], sessionId: string | null): Promise<IncomingToken>
  incomingOfSession(sessionId: string): Promise<IncomingToken | undefined>
  redeemStored(): Promise<void>
  /** Tokens that came in and are not in the balance: waiting, stored, refused. */
  openIncoming(): Promise<readonly IncomingToken[]>
  /** Worth of the tokens that are being redeemed. */
  storedMsat(): Promise<Msat>

  send(mint: string, amountSat: number, memo: string | null): Promise<SendOperation>
  /** See `paying.ts`. */
  deposit(mint: string, wish: DepositWish, journal: (operation: SendOperation) => Promise<boolean>): Promise<SendOperation>
  /** Claims a sent token back by a swap. @throws RoutstrError `token_already_spent` when the receiver was faster */
  takeBack(operationId: string): Promise<Received>
  /** Did the receiver redeem it? One NUT-07 request. */
  isSpent(operationId: string): Promise<'spent' | 'unspent' | 'pending'>
  sendState(operationId: string): Promise<SendOperation['state']>
  /** Face value that came back by taking back, before the fee. */
  takenBackMsat(operationId: string): Promise<Msat>
  sentTokens(): Promise<readonly SentToken[]>
  /** Seed and keys into memory, beside a start: the first payment then waits for neither. No network for known mints. */
  warm(): Promise<void>
  readonly recovery: Recovery
}

export function createWallet(world: WalletWorld): Wallet {
  const { store } = world
  const connections = new Map<string, Promise<MintConnection>>()
  let seed: Promise<Uint8Array> | null = null
  const swaps = createSwapRunner({ ...world, store: observed(store, world.onChange) })
  const isTrusted = async (mint: string): Promise<boolean> => (await store.mint(mint))?.trusted === true
  const receiving = createReceiving({ store, swaps, now: world.now, connect, isTrusted })
  const paying = createPaying({ store, swaps, now: world.now, randomId: world.randomId })
  const recovery = createRecovery({ store, swaps, connect, redeemStored: receiving.redeemAll, now: world.now })

  /** One connection per mint and worker; keys come from the database, the network is asked only the first time ever. */
  function connect(url: string): Promise<MintConnection> {
    const existing = connections.get(url)
    if (existing !== undefined) return existing
    seed ??= loadSeedWords(store).then(seedBytes)
    const opened = seed.then((bytes) => connectMint(url, { fetch: world.fetch, store, seed: bytes }))
    connections.set(url, opened)
    opened.catch(() => {
      connections.delete(url)
      seed = null
    })
    return opened
  }

  async function redeem(row: IncomingToken): Promise<Received> {
    if (row.state === 'redeemed' || row.state === 'redeeming')
      throw new RoutstrError('token_already_spent', 'This token was received before; it is part of the balance already.')
    if (row.state === 'waiting') {
      throw new RoutstrError(
        'unknown_mint',
        `The token is from ${row.mint}, a mint you have not added. It is kept under Tokens → Incoming; trust the mint to receive it.`,
      )
    }
    return receiving.redeem(row)
  }

  async function trustMint(url: string): Promise<Mint> {
    const address = world.checkAddress(url)
    const connection = await connect(address)
    const addedAt = (await store.mint(address))?.addedAt || world.now()
    await store.saveMint(address, { trusted: true, addedAt, name: connection.facts().name })
    for (const row of await store.incomingTokens(['waiting'])) if (row.mint === address) await store.changeIncoming(row.id, ['waiting'], { state: 'stored' })
    return { url: address, name: connection.facts().name, addedAt }
  }

  return {
    seedWords: async () => (await loadSeedWords(store)).split(' '),

    async balances() {
      const mints = (await store.mints()).filter((mint) => mint.trusted)
      return Promise.all(
        mints.map(async ({ url, name, addedAt }) => {
          const ready = await store.notes(url, ['ready'])
          const pending = sumSat(await store.notes(url, ['swapping']))
          return { mint: { url, name, addedAt }, readyMsat: fromSat(sumSat(ready)), pendingMsat: fromSat(pending), notes: ready.length }
        }),
      )
    },
    async readyByMint() {
      const totals = new Map<string, Msat>((await store.mints()).filter((mint) => mint.trusted).map(({ url }) => [url, ZERO_MSAT]))
      for (const note of await store.notes(null, ['ready'])) {
        const total = totals.get(note.mint)
        if (total !== undefined) totals.set(note.mint, fromSat(total / 1000 + note.amountSat))
      }
      return totals
    },

    async previewMint(url) {
      const address = world.checkAddress(url)
      return { ...(await connect(address)).facts(), url: address, trusted: await isTrusted(address) }
    },
    trustMint,
    async removeMint(url) {
      const left = sumSat(await store.notes(url, ['ready', 'swapping', 'sent']))
      const waiting = (await store.incomingTokens(['stored', 'redeeming'])).filter((row) => row.mint === url).length
      if (left > 0 || waiting > 0)
        throw new RoutstrError('not_empty', `There are still ${left} sat at this mint. Send them away first; then it can be removed.`)
      await store.saveMint(url, { trusted: false })
    },

    async inspect(token) {
      const facts = readToken(token.trim())
      return { ...facts, mint: facts.mint.replace(/\/+$/, ''), mintTrusted: await isTrusted(facts.mint.replace(/\/+$/, '')) }
    },
    async receive(token, from, trust) {
      const row = await receiving.rowFor(token, from, null)
      const saved = await store.addIncoming(row)
      if (trust && saved.state === 'waiting') await trustMint(saved.mint)
      try {
        return await redeem((await store.incoming(saved.id)) ?? saved)
      } finally {
        world.onChange()
      }
    },
    async retryIncoming(id, trust) {
      const row = await store.incoming(id)
      if (row === undefined) throw new RoutstrError('not_found', 'This incoming token is not there any more.')
      if (trust && row.state === 'waiting') await trustMint(row.mint)
      await store.changeIncoming(id, ['refused'], { state: 'stored' })
      try {
        return await redeem((await store.incoming(id)) ?? row)
      } finally {
        world.onChange()
      }
    },
    incomingRow: receiving.rowFor,
    async incomingOfSession(sessionId) {
      const rows = (await store.incomingTokens(['stored', 'redeeming', 'redeemed', 'waiting', 'refused'])).filter((row) => row.sessionId === sessionId)
      return rows.sort((a, b) => b.at - a.at)[0]
    },
    async redeemStored() {
      await receiving.redeemAll()
      world.onChange()
    },

    openIncoming: () => store.incomingTokens(['stored', 'redeeming', 'waiting', 'refused']),
    storedMsat: async () => addMsat(...(await store.incomingTokens(['stored', 'redeeming'])).map(({ amountMsat }) => amountMsat)),

    async send(mint, amountSat, memo) {
      if (!(await isTrusted(mint))) throw new RoutstrError('unknown_mint', `${mint} is not one of your mints.`)
      const operation = await paying.send(await connect(mint), amountSat, memo)
      world.onChange()
      return operation
    },
    deposit: async (mint, wish, journal) => paying.deposit(await connect(mint), wish, journal),

    async takeBack(operationId) {
      const send = await sendOperation(operationId)
      const received = await recovery.takeBack(send)
      world.onChange()
      return received
    },
    async isSpent(operationId) {
      const send = await sendOperation(operationId)
      const states = [...(await recovery.statesOf(send)).values()]
      if (states.includes('PENDING')) return 'pending'
      return states.includes('UNSPENT') ? 'unspent' : 'spent'
    },
    sendState: async (operationId) => (await sendOperation(operationId)).state,
    async takenBackMsat(operationId) {
      const done = (await store.operations({ kind: 'takeBack', state: 'done' })).filter(isSwap).filter(({ sendId }) => sendId === operationId)
      return fromSat(done.reduce((sum, { inputSat }) => sum + inputSat, 0))
    },

    sentTokens: () => listSentTokens(store),
    async warm() {
      for (const { url, trusted } of await store.mints()) if (trusted) await connect(url).catch(() => undefined)
    },
    recovery,
  }

  async function sendOperation(id: string): Promise<SendOperation> {
    const operation = await store.operation(id)
    if (operation === undefined || isSwap(operation)) throw new RoutstrError('not_found', 'There is no sent token with this id.')
    return operation
  }
}

/** The same store, telling when money has moved. */
function observed(store: WalletStore, onChange: () => void): WalletStore {
  return {
    ...store,
    async finishSwap(id, outputs) {
      const finished = await store.finishSwap(id, outputs)
      onChange()
      return finished
    },
  }
}
