/**
 * Money that comes in over Lightning.
 *
 *   waiting ──paid──▶ paid ──outputs written down──▶ minting ──signatures──▶ done
 *      │ ▲                                              │
 *      │ └───────────────20001: not paid after all──────┘
 *      └──invoice expired──▶ expired ──paid late──▶ paid
 *
 * One function per arrow. Each of them compares the state in the transaction that changes it, so that two workers can carry
 * the same row; `advance` goes as far as it gets and never throws for what the mint says.
 */
import { RoutstrError } from '../../domain/errors.ts'
import type { TopUp } from '../../domain/lightning.ts'
import type { Connections } from '../connections.ts'
import { deriveKey } from '../derived-keys.ts'
import { createExclusive } from '../exclusive.ts'
import { COLLISION_JUMP, reasonOf } from '../mint-answer.ts'
import type { WalletStore } from '../store.ts'
import { createMintQuote, mintQuoteState, offersLocks, postMint, prepareMint } from './mint-quotes.ts'
import type { Pace } from './pace.ts'
import { ASK_AFTER_EXPIRY_MS, hasLapsed, type TopUpRow } from './rows.ts'
import type { LightningStore } from './store.ts'

export interface TopUpsWorld {
  readonly store: LightningStore
  readonly walletStore: WalletStore
  readonly connections: Connections
  readonly pace: Pace
  readonly now: () => number
  readonly randomId: () => string
  readonly onChange: () => void
}

export interface TopUps {
  /** Quote and row; the invoice is shown only when the row is written. Not saved yet. @throws as `createMintQuote` */
  quote(mint: string, amountSat: number, payer: TopUp['payer']): Promise<TopUpRow>
  /** As far as it gets now. */
  advance(id: string): Promise<void>
  /** Asks the mint now whether it is paid. @returns why it could not be asked, null when it could */
  ask(id: string): Promise<string | null>
  /** @throws RoutstrError `not_empty` when it has been paid, `mint_unreachable` when the mint can not be asked */
  forget(id: string): Promise<void>
}

/** Name of the counter that numbers the keys of locked quotes; keysets have hexadecimal names. */
export const LOCK_COUNTER = 'routstr quote keys'

const MOST_STEPS = 8

export function createTopUps(world: TopUpsWorld): TopUps {
  const { store, pace, now } = world
  const exclusive = createExclusive()
  const connect = (mint: string) => world.connections.connect({ mint, unit: 'sat' })

  return {
    async quote(mint, amountSat, payer) {
      const connection = await connect(mint)
      const lockIndex = offersLocks(connection) ? await world.walletStore.reserveCounters(LOCK_COUNTER, 1) : null
      const publicKey = lockIndex === null ? null : deriveKey(await world.connections.seed(), 'quote', lockIndex).publicKey
      return {
        ...(await createMintQuote(connection, amountSat, publicKey)),
        id: world.randomId(),
        mint,
        amountSat,
        lockIndex,
        payer,
        state: 'waiting',
        withdrawalId: null,
        createdAt: now(),
        finishedAt: null,
        problem: null,
        request: null,
        replaced: [],
        hidden: false,
      }
    },
    advance: (id) => exclusive(id, () => advance(id)),
    ask: (id) =>
      exclusive(id, async () => {
        const row = await store.topUp(id)
        return row?.state === 'waiting' || row?.state === 'expired' ? ask(row) : null
      }),
    forget: (id) =>
      exclusive(id, async () => {
        const row = await store.topUp(id)
        if (row === undefined) throw new RoutstrError('not_found', 'This top-up is not there any more.')
        if (row.state === 'waiting' || row.state === 'expired') {
          const problem = await ask(row)
          if (problem !== null) throw new RoutstrError('mint_unreachable', `${row.mint} could not be asked whether this was paid (${problem}). It is kept.`)
        }
        // done ones have their notes; of the others the mint owes us some
        if (await store.changeTopUp(id, ['waiting', 'expired', 'done'], { hidden: true })) return world.onChange()
        await advance(id)
        throw new RoutstrError('not_empty', 'This invoice has been paid, so it is kept until its notes are in the wallet.')
      }),
  }

  async function advance(id: string): Promise<void> {
    for (let step = 0; step < MOST_STEPS; step++) {
      const row = await store.topUp(id)
      if (row === undefined || !(await next(row))) return
    }
  }

  /** One arrow; false: not now. */
  async function next(row: TopUpRow): Promise<boolean> {
    try {
      switch (row.state) {
        case 'waiting':
        case 'expired':
          await ask(row)
          return (await store.topUp(row.id))?.state === 'paid'
        case 'paid':
          return await writeDown(row)
        case 'minting':
          return await mint(row)
        case 'done':
          return false
        default:
          return row.state satisfies never
      }
    } catch (error) {
      return notNow(row, reasonOf(error))
    }
  }

  /** waiting, expired → paid; waiting → expired. @returns why the mint could not be asked, null when it could */
  async function ask(row: TopUpRow): Promise<string | null> {
    try {
      const state = await mintQuoteState(await connect(row.mint), row.quoteId)
      if (state !== 'UNPAID') {
        if (await store.changeTopUp(row.id, ['waiting', 'expired'], { state: 'paid', hidden: false, problem: null, finishedAt: null })) changed(row)
        return null
      }
      if (hasLapsed(row, now())) {
        pace.tried(row.id, 'rarely')
        if (await store.changeTopUp(row.id, ['waiting'], { state: 'expired', problem: null })) world.onChange()
      } else pace.tried(row.id, 'soon')
      return null
    } catch (error) {
      pace.tried(row.id, row.state === 'waiting' ? 'stuck' : 'rarely')
      return reasonOf(error)
    }
  }

  /** paid → minting. The same outputs as before when there are some: the mint may have signed them. */
  async function writeDown(row: TopUpRow): Promise<boolean> {
    const connection = await connect(row.mint)
    const request = row.request ?? (await prepareMint(connection, row, await own(row)))
    const isOurs = await store.changeTopUp(row.id, ['paid'], { state: 'minting', request })
    if (isOurs) changed(row)
    return true
  }

  /** minting → done, or back to waiting. */
  async function mint(row: TopUpRow): Promise<boolean> {
    const { request } = row
    if (request === null) return notNow(row, 'the request is missing')
    const connection = await connect(row.mint)
    const answer = await postMint(connection, row.quoteId, request, row.replaced)
    switch (answer.kind) {
      case 'notes':
        if (await store.finishTopUp(row.id, answer.notes, now())) changed(row)
        return false
      case 'unpaid':
        if (await store.changeTopUp(row.id, ['minting'], { state: 'waiting', problem: 'the mint says that the invoice is not paid' })) world.onChange()
        pace.tried(row.id, 'soon')
        return false
      case 'again':
        await connection.refresh()
        // a mint that refuses a keyset and calls it active in one breath: other outputs would only burn counters, which a restore has to bridge
        if (answer.isRotated && connection.account.current().keysetId === request.keysetId) return notNow(row, answer.problem)
        if (answer.collided) await world.walletStore.reserveCounters(request.keysetId, COLLISION_JUMP)
        await store.replaceMint(row.id, request, await prepareMint(connection, row, await own(row)))
        return row.replaced.length < MOST_STEPS || notNow(row, answer.problem)
      case 'unknown':
        return notNow(row, answer.problem, answer.retryAfterMs)
      default:
        return answer satisfies never
    }
  }

  async function own({ mint }: TopUpRow) {
    return { seed: await world.connections.seed(), have: await world.walletStore.notes({ mint, unit: 'sat' }, ['ready']) }
  }

  async function notNow(row: TopUpRow, problem: string, waitMs: number | null = null): Promise<false> {
    pace.tried(row.id, 'stuck', waitMs)
    if (problem !== row.problem && (await store.changeTopUp(row.id, [row.state], { problem }))) world.onChange()
    return false
  }

  function changed({ id }: TopUpRow): void {
    pace.reset(id)
    world.onChange()
  }
}

/** Whether the mint is still asked for it. */
export function isAskedFor(row: TopUpRow, now: number): boolean {
  if (row.state === 'done') return false
  return row.state !== 'expired' || now < (row.expiresAt ?? row.createdAt) + ASK_AFTER_EXPIRY_MS
}
