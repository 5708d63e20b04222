/** The user's own Lightning wallet (NIP-47): connecting it, its balance, and the automatic refill. */
import * as v from 'valibot'
import { RoutstrError } from '../../domain/errors.ts'
import { inBackground } from '../../domain/in-background.ts'
import type { ConnectedWallet, Refill, TopUp } from '../../domain/lightning.ts'
import { isMsat, type Msat } from '../../domain/msat.ts'
import type { AddressPolicy } from '../../domain/network-address.ts'
import { createNwcClient } from './client.ts'
import { createPaying, type TopUpDesk } from './paying.ts'
import { decideRefill, refilledSince, type RefillDecision, startOfDay } from './refill-rules.ts'
import type { OpenSocket } from './relay-talk.ts'
import type { Connection, NwcStore, WalletPayment } from './store.ts'
import { parseWalletUri, type WalletUri } from './uri.ts'

export interface NwcWorld {
  readonly store: NwcStore
  readonly openSocket: OpenSocket
  readonly topUps: TopUpDesk
  readonly policy: () => AddressPolicy
  readonly paused: () => boolean
  /** What a trusted mint holds for us, ready and inside operations, sat; null: not a mint of ours. */
  readonly heldSat: (mint: string) => Promise<number | null>
  readonly now: () => number
  readonly randomId: () => string
  readonly busy: () => () => void
  readonly onChange: () => void
}

export interface Nwc {
  get(): Promise<ConnectedWallet | null>
  /** @throws RoutstrError `invalid_request_error`, `unsafe_address`, `connected_wallet_failed` */
  connect(uri: string): Promise<ConnectedWallet>
  disconnect(): Promise<void>
  /** @throws RoutstrError `not_found`, `invoice_expired`, `connected_wallet_failed` */
  pay(topUpId: string): Promise<'paid' | 'asked'>
  /** @throws RoutstrError `unknown_mint`, `invalid_request_error`, `connected_wallet_failed` */
  setRefill(refill: Refill | null): Promise<void>
  /** The wallet may have changed: looks soon whether a refill is due. */
  moneyChanged(): void
  /** After a start, and whenever the alarm comes. */
  recover(): Promise<void>
  hasOpen(): Promise<boolean>
  stop(): void
}

const BALANCE_LIFE_MS = 60_000
const ASK_PATIENCE_MS = 10_000
const DEBOUNCE_MS = 1_500
/** An invoice about to expire is not worth asking for. */
const INVOICE_MARGIN_MS = 2 * 60_000
const balanceSchema = v.object({ balance: v.pipe(v.number(), v.transform(Math.floor)) })

export function createNwc(world: NwcWorld): Nwc {
  const { store, topUps, now } = world
  const client = createNwcClient(world)
  const paying = createPaying({ ...world, client })
  /** Named by the moment of connecting: the secret does not stay in memory when the wallet is locked. */
  let balance: { readonly of: number; readonly msat: Msat | null; readonly at: number; readonly problem: string | null } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let looking: Promise<void> | null = null
  let stopped = false

  /** @returns the balance, null when this wallet tells none. @throws RoutstrError `connected_wallet_failed` */
  async function askBalance(wallet: WalletUri & Pick<Connection, 'encryption' | 'methods'>): Promise<Msat | null> {
    const method = ['get_balance', 'get_info'].find((name) => wallet.methods.includes(name))
    if (method === undefined) return null
    const outcome = await client.request(wallet, method, {}).send(ASK_PATIENCE_MS)
    if (outcome.kind === 'result') {
      const read = v.safeParse(balanceSchema, outcome.result)
      return read.success && isMsat(read.output.balance) ? read.output.balance : null
    }
    if (outcome.kind === 'error' && (outcome.code === 'RESTRICTED' || outcome.code === 'NOT_IMPLEMENTED')) return null
    const why =
      outcome.kind === 'error'
        ? outcome.code === 'UNAUTHORIZED'
          ? 'it does not know this connection (any more)'
          : outcome.message || outcome.code
        : outcome.why
    throw unreachable(why)
  }

  async function refreshBalance(connection: Connection): Promise<void> {
    const before = balance
    balance = { of: connection.connectedAt, msat: before?.of === connection.connectedAt ? before.msat : null, at: now(), problem: before?.problem ?? null }
    const next = await askBalance(connection).then(
      (found) => ({ msat: found, problem: null }),
      (error: unknown) => ({ msat: null, problem: error instanceof RoutstrError ? error.message : null }),
    )
    balance = { of: connection.connectedAt, at: now(), ...next }
    if (before?.msat !== next.msat || before?.problem !== next.problem) world.onChange()
  }

  /** Writes the plan down before anything is asked of anybody. */
  async function refillIfDue(refill: Refill): Promise<void> {
    const payments = await store.payments()
    const openTopUps = new Set<string>()
    for (const { topUpId, state } of payments) {
      const topUp = topUpId !== null && state === 'paid' ? await topUps.topUp(topUpId) : undefined
      if (topUp !== undefined && topUp.state !== 'done' && topUp.state !== 'expired') openTopUps.add(topUp.id)
    }
    // read last: a refill that is not open any more is in it
    const heldSat = await world.heldSat(refill.mint)
    if (heldSat === null) return
    const situation = { refill, heldSat, openTopUps, now: now() }
    if (decideRefill({ ...situation, payments }).kind !== 'ask') return
    const plan = { id: world.randomId(), by: 'refill', mint: refill.mint, amountSat: refill.amountSat, topUpId: null, requestId: null } as const
    const row = { ...plan, createdAt: now(), requestExpiresAt: null, state: 'planned', problem: null } as const
    // decided again inside the transaction: two workers, or two looks, make one refill
    if (!(await store.addPayment(row, (others) => decideRefill({ ...situation, payments: others }).kind === 'ask'))) return
    inBackground(refillNow(row.id, refill))
  }

  async function refillNow(paymentId: string, refill: Refill): Promise<void> {
    const release = world.busy()
    try {
      const topUp = (await unpaidInvoice(refill)) ?? (await topUps.create(refill.mint, refill.amountSat))
      const connection = await store.connection()
      if (connection?.refill == null || world.paused()) throw new RoutstrError('payments_paused', 'the refill was switched off meanwhile')
      await paying.sendPlanned(connection, paymentId, topUp)
    } catch (error) {
      // nothing was asked of the wallet; the invoice, if there is one, just expires
      await store.changePayment(paymentId, 'planned', { state: 'dropped', problem: error instanceof RoutstrError ? error.message : 'no invoice could be made' })
    } finally {
      release()
      world.onChange()
    }
  }

  /** The invoice of a refill that was refused, while it can still be paid: failures must not pile up invoices. */
  async function unpaidInvoice({ mint, amountSat }: Refill): Promise<TopUp | undefined> {
    const last = (await store.payments()).findLast(({ by, topUpId }) => by === 'refill' && topUpId !== null)
    if (last?.topUpId == null || last.mint !== mint || last.amountSat !== amountSat) return undefined
    const topUp = await topUps.check(last.topUpId)
    return topUp?.state === 'waiting' && (topUp.expiresAt ?? 0) > now() + INVOICE_MARGIN_MS ? topUp : undefined
  }

  function look(): Promise<void> {
    looking ??= (async () => {
      await paying.noticePaid()
      const connection = await store.connection()
      if (connection?.refill != null && !world.paused() && !stopped) await refillIfDue(connection.refill)
    })().finally(() => {
      looking = null
    })
    return looking
  }

  async function view(connection: Connection): Promise<ConnectedWallet> {
    const payments = await store.payments()
    const { refill } = connection
    const heldSat = refill === null ? null : await world.heldSat(refill.mint)
    const state = refill === null || heldSat === null ? null : decideRefill({ refill, heldSat, payments, openTopUps: new Set(), now: now() })
    return {
      relay: connection.relays[0] ?? '',
      service: connection.service,
      balanceMsat: balance?.of === connection.connectedAt ? balance.msat : null,
      refill,
      refilledTodaySat: refilledSince(payments, startOfDay(now())),
      connectedAt: connection.connectedAt,
      problem: refillProblem(refill, heldSat, state, payments.at(-1)) ?? (balance?.of === connection.connectedAt ? balance.problem : null),
    }
  }

  return {
    async get() {
      const connection = await store.connection()
      if (connection === null) return null
      if (balance?.of !== connection.connectedAt || now() - balance.at > BALANCE_LIFE_MS) inBackground(refreshBalance(connection))
      return view(connection)
    },
    async connect(text) {
      const uri = parseWalletUri(text, world.policy())
      const info = await client.info(uri)
      if (info === null) throw unreachable('it has not announced itself at its relay, or the relay can not be reached')
      if (info.encryption === null) throw unreachable('it speaks no encryption that we know')
      if (!info.methods.includes('pay_invoice')) throw unreachable('this connection may not pay. Allow payments when you make it in your wallet')
      const found = { ...uri, encryption: info.encryption, methods: info.methods }
      const msat = await askBalance(found)
      const before = await store.connection()
      const connection = { ...found, refill: before?.service === uri.service ? before.refill : null, connectedAt: now() }
      await store.saveConnection(connection)
      balance = { of: connection.connectedAt, msat, at: now(), problem: null }
      world.onChange()
      return view(connection)
    },
    async disconnect() {
      await store.saveConnection(null)
      balance = null
      world.onChange()
    },
    pay: paying.pay,
    async setRefill(refill) {
      if ((await store.connection()) === null) throw unreachable('no wallet is connected')
      if (refill !== null && (await world.heldSat(refill.mint)) === null) throw new RoutstrError('unknown_mint', `${refill.mint} is not one of your mints.`)
      if (refill !== null && refill.amountSat > refill.dailyCapSat)
        throw new RoutstrError('invalid_request_error', 'One refill would be more than the limit of a day. Nothing was changed.')
      await store.setRefill(refill)
      world.onChange()
      await look()
    },
    moneyChanged() {
      if (timer !== null || stopped) return
      timer = setTimeout(() => {
        timer = null
        inBackground(look())
      }, DEBOUNCE_MS)
    },
    async recover() {
      await paying.recover()
      await look()
    },
    hasOpen: paying.hasOpen,
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function refillProblem(refill: Refill | null, heldSat: number | null, state: RefillDecision | null, last: WalletPayment | undefined): string | null {
  if (refill === null) return null
  if (last?.by === 'refill' && last.state === 'asked' && last.problem !== null)
    return `The last refill is in doubt: ${last.problem}. Should your wallet have paid, the money arrives by itself; nothing more is asked for until that is clear.`
  if (heldSat === null) return 'The mint of the refill is not one of your mints any more. Choose another one.'
  if (state?.kind === 'cap reached') return `Less than ${refill.thresholdSat} sat are left, but the limit of this day is reached. The refill goes on tomorrow.`
  if (state?.kind !== 'pausing') return null
  const clock = new Date(state.until).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return `The last refill did not work: ${state.why.replace(/\.$/, '')}. It is tried again after ${clock}.`
}

function unreachable(why: string): RoutstrError {
  return new RoutstrError('connected_wallet_failed', `The wallet could not be used: ${why}. No money was moved.`)
}
