/** The user's money: mints, notes, tokens in and out. Everything that moves money is journalled first (design §5.2). */
import { RoutstrError } from '../domain/errors.ts'
import { maxMsat, msat, type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'
import { unitsOfSat, worthMsat } from '../domain/units.ts'
import type { IncomingToken, MintBalance, SentToken, TokenFacts } from '../domain/wallet.ts'
import { isSwap, type SendOperation } from './journal.ts'
import { balancesOf } from './balances.ts'
import type { Connections } from './connections.ts'
import { deriveKey } from './derived-keys.ts'
import { createLadderKeeper } from './ladders.ts'
import { createMints, type Mints } from './mints.ts'
import type { Account } from './mint-wallet.ts'
import { listSentTokens } from './sent-tokens.ts'
import { createPaying, type DepositJournal, type DepositWish } from './paying.ts'
import { createReceiving, type Received } from './receiving.ts'
import { createRecovery, type Recovery } from './recovery.ts'
import { loadSeedWords } from './seed.ts'
import type { WalletStore } from './store.ts'
import { readToken } from './token.ts'
import type { SwapRunner } from './swaps.ts'
import { createTogether } from './together.ts'

export interface WalletWorld {
  readonly store: WalletStore
  readonly connections: Connections
  readonly swaps: SwapRunner
  readonly now: () => number
  readonly randomId: () => string
  /** Throws RoutstrError `unsafe_address`; answers the address as it is used. */
  readonly checkAddress: (url: string) => string
  readonly onChange: () => void
}

export interface Wallet {
  seedWords(): Promise<readonly string[]>
  balances(): Promise<readonly MintBalance[]>
  /** Ready money per trusted mint in its larger bitcoin account: one payment comes from one account. What routing may count on. */
  readyByMint(): Promise<ReadonlyMap<string, Msat>>
  /** Notes are being changed at their mint: resolves when that is over, however it ended. null: none are. */
  changing(): Promise<unknown> | null

  readonly mints: Mints
  /** Tokens locked to this key are ours to redeem (NUT-11), 33 bytes hex. */
  lockKey(): Promise<string>

  inspect(token: string): Promise<TokenFacts>
  /** @throws RoutstrError `invalid_token`, `unknown_mint` (kept), `token_already_spent`, `mint_unreachable` (kept) */
  receive(token: string, from: IncomingToken['from'], trustMint: boolean): Promise<Received>
  retryIncoming(id: string, trustMint: boolean): Promise<Received>
  /** Redeems a waiting token at its own mint, which stays untrusted: for a move to one of ours. @throws as `receive` */
  receiveThere(id: string): Promise<Received>
  /** A refund for the caller's own transaction: the row is built, not saved. */
  incomingRow(token: string, from: IncomingToken['from'], sessionId: string | null): Promise<IncomingToken>
  incomingOfSession(sessionId: string): Promise<IncomingToken | undefined>
  redeemStored(): Promise<void>
  /** Tokens that came in and are not in the balance: waiting, stored, refused. */
  openIncoming(): Promise<readonly IncomingToken[]>
  /** Worth of the tokens that are being redeemed. */
  storedMsat(): Promise<Msat>

  /** @param amount whole units */
  send(account: Account, amount: number, memo: string | null): Promise<SendOperation>
  /** See `paying.ts`. */
  deposit(mint: string, wish: DepositWish, journal: DepositJournal): Promise<SendOperation>
  /** Claims a sent token back by a swap. @throws RoutstrError `token_already_spent` when the receiver was faster */
  takeBack(operationId: string): Promise<Received>
  /** Did the receiver redeem it? One NUT-07 request. */
  isSpent(operationId: string): Promise<'spent' | 'unspent' | 'pending'>
  sendState(operationId: string): Promise<SendOperation['state']>
  /** Face value that came back by taking back, before the fee. */
  takenBackMsat(operationId: string): Promise<Msat>
  /**
   * Worth of the notes of a sent token that another browser of the user has spent before it could be redeemed (NIP-60); when there
   * are such, nobody waits for this token any more.
   */
  endIfSpentElsewhere(operationId: string): Promise<Msat>
  sentTokens(): Promise<readonly SentToken[]>
  /** Seed and keys into memory, beside a start: the first payment then waits for neither. No network for known mints. */
  warm(): Promise<void>
  /** In idle time: see `ladders.ts`. */
  refillLadders(): Promise<void>
  readonly recovery: Recovery
}

export function createWallet(world: WalletWorld): Wallet {
  const { store, swaps } = world
  const { connect, isTrusted } = world.connections
  const mints = createMints(world)
  const refillLadders = createLadderKeeper(world)
  const receiving = createReceiving({ store, swaps, now: world.now, connect, isTrusted })
  const paying = createPaying({ store, swaps, now: world.now, randomId: world.randomId })
  const recovery = createRecovery({ store, swaps, connect, redeemStored: receiving.redeemAll, now: world.now })

  // tokens that arrive while a swap runs go into the next one together: a mint takes its fee for each
  const redeemStored = createTogether(() => receiving.redeemAll().finally(world.onChange))

  const inHand = <T>(id: string, work: () => Promise<T>): Promise<T> => receiving.inHand(id, work).finally(world.onChange)

  async function redeem(kept: IncomingToken): Promise<Received> {
    const row = await receiving.release(kept)
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

  return {
    mints,
    lockKey: async () => deriveKey(await world.connections.seed(), 'p2pk', 0).publicKey,
    seedWords: async () => (await loadSeedWords(store)).split(' '),

    async balances() {
      return balancesOf(await store.mints(), await store.buckets(null))
    },
    async readyByMint() {
      const { mints, buckets } = await store.glance()
      const balances = balancesOf(mints, buckets).filter(({ trusted }) => trusted)
      return new Map(
        balances.map(({ mint, accounts }) => [mint.url, accounts.map((account) => worthMsat(account.ready, account.unit)).reduce(maxMsat, ZERO_MSAT)]),
      )
    },
    changing: () => swaps.running(),

    async inspect(token) {
      const facts = readToken(token.trim())
      return { ...facts, mint: facts.mint.replace(/\/+$/, ''), mintTrusted: await isTrusted(facts.mint.replace(/\/+$/, '')) }
    },
    async receive(token, from, trust) {
      const row = await receiving.rowFor(token, from, null)
      return inHand(row.id, async () => {
        const saved = await store.addIncoming(row)
        if (trust && saved.state === 'waiting') await mints.trust(saved.mint)
        return redeem((await store.incoming(saved.id)) ?? saved)
      })
    },
    async retryIncoming(id, trust) {
      const row = await store.incoming(id)
      if (row === undefined) throw new RoutstrError('not_found', 'This incoming token is not there any more.')
      return inHand(id, async () => {
        if (trust && row.state === 'waiting') await mints.trust(row.mint)
        await store.changeIncoming(id, ['refused'], { state: 'stored' })
        return redeem((await store.incoming(id)) ?? row)
      })
    },
    receiveThere: (id) =>
      inHand(id, async () => {
        await store.changeIncoming(id, ['waiting', 'refused'], { state: 'stored' })
        const row = await store.incoming(id)
        if (row === undefined) throw new RoutstrError('not_found', 'This incoming token is not there any more.')
        return redeem(row)
      }),
    incomingRow: receiving.rowFor,
    async incomingOfSession(sessionId) {
      const rows = (await store.incomingTokens(['stored', 'redeeming', 'redeemed', 'waiting', 'refused'])).filter((row) => row.sessionId === sessionId)
      return rows.sort((a, b) => b.at - a.at)[0]
    },
    redeemStored,

    async openIncoming() {
      const rows = await store.incomingTokens(['stored', 'redeeming', 'waiting', 'refused'])
      // another browser of the user was faster: nothing to decide about
      return rows.filter(({ from, state }) => from !== 'sync' || state !== 'refused')
    },
    storedMsat: async () => sumMsat((await store.incomingTokens(['stored', 'redeeming'])).map(({ amountMsat }) => amountMsat)),

    async send(account, amount, memo) {
      if ((await store.mint(account.mint)) === undefined) throw new RoutstrError('unknown_mint', `${account.mint} is not one of your mints.`)
      const operation = await paying.send(await connect(account), amount, memo)
      world.onChange()
      return operation
    },
    async deposit(mint, wish, journal) {
      if (!(await isTrusted(mint))) throw new RoutstrError('unknown_mint', `${mint} is not one of your mints.`)
      const unit = await unitFor(mint, wish.needSat)
      const { needSat, allSat, aimSat, capSat } = wish
      const range = { need: unitsOfSat(needSat, unit), all: unitsOfSat(allSat, unit), aim: unitsOfSat(aimSat, unit), cap: unitsOfSat(capSat, unit) }
      return paying.deposit(await connect({ mint, unit }), range, journal)
    },

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
      return sumMsat(done.map(({ inputAmount, unit }) => worthMsat(inputAmount, unit)))
    },

    async endIfSpentElsewhere(operationId) {
      const elsewhere = msat(await store.spentElsewhereMsat(operationId))
      if (elsewhere > 0) await store.finishSend(operationId)
      return elsewhere
    },

    refillLadders,
    sentTokens: () => listSentTokens(store),
    async warm() {
      for (const { url, trusted } of await store.mints()) if (trusted) await connect({ mint: url, unit: 'sat' }).catch(() => undefined)
    },
    recovery,
  }

  /** The account a payment comes from: sat when it reaches, else msat. */
  async function unitFor(mint: string, needSat: number): Promise<'sat' | 'msat'> {
    const inSat = await readyIn({ mint, unit: 'sat' })
    if (inSat > needSat) return 'sat'
    const inMsat = await readyIn({ mint, unit: 'msat' })
    return inMsat > inSat * 1000 ? 'msat' : 'sat'
  }

  async function readyIn(account: Account): Promise<number> {
    return (await store.buckets({ account, state: 'ready' })).reduce((sum, { amount, count }) => sum + amount * count, 0)
  }

  async function sendOperation(id: string): Promise<SendOperation> {
    const operation = await store.operation(id)
    if (operation === undefined || isSwap(operation)) throw new RoutstrError('not_found', 'There is no sent token with this id.')
    return operation
  }
}
