/**
 * Asking the connected wallet to pay an invoice of ours. A lost answer proves nothing: the id of the request is written down
 * before it leaves, and whether the money came is what the mint says about our invoice (diagram in store.ts).
 */
import { RoutstrError } from '../../domain/errors.ts'
import type { TopUp } from '../../domain/lightning.ts'
import * as v from 'valibot'
import type { NwcClient, Outcome, SignedRequest } from './client.ts'
import type { Connection, NwcStore, WalletPayment } from './store.ts'

/** The part of the top-ups that a payer needs. */
export interface TopUpDesk {
  topUp(id: string): Promise<TopUp | undefined>
  /** Makes an invoice at the mint and writes it down. */
  create(mint: string, amountSat: number): Promise<TopUp>
  /** Asks the mint now, and mints what is paid; the row afterwards. Throws when the mint does not answer. */
  check(id: string): Promise<TopUp | undefined>
}

export interface PayingWorld {
  readonly store: NwcStore
  readonly client: NwcClient
  readonly topUps: TopUpDesk
  readonly now: () => number
  readonly randomId: () => string
  /** Keeps the worker alive until released. */
  readonly busy: () => () => void
  readonly onChange: () => void
}

export interface NwcPaying {
  /** Pays a top-up by the user's press. @throws RoutstrError `not_found`, `invoice_expired`, `connected_wallet_failed` */
  pay(topUpId: string): Promise<'paid' | 'asked'>
  /** A planned payment gets its top-up and goes out; what became of it stands in the row. */
  sendPlanned(connection: Connection, paymentId: string, topUp: TopUp): Promise<void>
  /** Payments whose invoice the mint calls paid are paid, whatever the wallet says or does not say. Asks nobody. */
  noticePaid(): Promise<void>
  /** Goes on with what an earlier worker, or a silent wallet, left open. */
  recover(): Promise<void>
  hasOpen(): Promise<boolean>
}

/** A slow wallet is still listened to after the request has expired: payments take their time. */
const LISTEN_MS = 90_000
const ROUTE_WAITS_MS = 20_000
const LOOKUP_PATIENCE_MS = 10_000
const LOOKUP_EVERY_MS = 60_000
/** A plan this old belongs to a worker that died before it asked. */
const PLAN_LIFE_MS = 2 * 60_000
/** For mints whose invoices name no end. */
const INVOICE_LIFE_MS = 60 * 60_000
/** With these the wallet has not even tried (NIP-47); after any other error it may have. */
const DID_NOT_PAY = new Set([
  'RATE_LIMITED',
  'NOT_IMPLEMENTED',
  'INSUFFICIENT_BALANCE',
  'QUOTA_EXCEEDED',
  'RESTRICTED',
  'UNAUTHORIZED',
  'UNSUPPORTED_ENCRYPTION',
])

const lookupSchema = v.object({ state: v.optional(v.string()), preimage: v.nullish(v.string()), settled_at: v.nullish(v.number()) })

export function createPaying(world: PayingWorld): NwcPaying {
  const { store, topUps, now } = world
  /** Payments whose answer this worker listens for. */
  const followed = new Map<string, { readonly job: Promise<void>; readonly heard: AbortController }>()
  const lookedUpAt = new Map<string, number>()

  async function pay(topUpId: string): Promise<'paid' | 'asked'> {
    const connection = await store.connection()
    if (connection === null) throw new RoutstrError('connected_wallet_failed', 'No wallet is connected. No money was moved.')
    const earlier = (await store.payments()).filter((payment) => payment.topUpId === topUpId)
    // asked before: only the mint knows whether the invoice is still to be paid
    const topUp = earlier.length === 0 ? await topUps.topUp(topUpId) : await topUps.check(topUpId)
    if (topUp === undefined) throw new RoutstrError('not_found', 'This top-up is not there any more.')
    if (topUp.state === 'expired') throw new RoutstrError('invoice_expired', 'This invoice has expired. Make a new one; no money was moved.')
    if (topUp.state !== 'waiting') return 'paid'
    const request = world.client.request(connection, 'pay_invoice', { invoice: topUp.invoice })
    const payment: WalletPayment = {
      id: world.randomId(),
      by: 'user',
      mint: topUp.mint,
      amountSat: topUp.amountSat,
      topUpId,
      requestId: request.id,
      createdAt: now(),
      requestExpiresAt: request.expiresAt,
      state: 'asked',
      problem: null,
    }
    if (!(await store.addPayment(payment, (others) => !isAsked(others, topUpId, now())))) {
      const refused = earlier.findLast(({ state }) => state === 'refused')
      if (refused !== undefined) throw failed(refused.problem, 'It can be asked about this invoice again in a minute.')
      return 'asked'
    }
    void follow(payment, request)
    await Promise.race([followed.get(payment.id)?.job, new Promise((resolve) => setTimeout(resolve, ROUTE_WAITS_MS))])
    const ended = (await store.payments()).find(({ id }) => id === payment.id)
    if (ended?.state === 'refused') throw failed(ended.problem, 'The invoice is unpaid.')
    if (ended?.state === 'asked' && ended.problem !== null && !followed.has(payment.id))
      throw failed(ended.problem, 'Should it have paid all the same, the money arrives by itself.')
    return ended?.state === 'paid' ? 'paid' : 'asked'
  }

  async function sendPlanned(connection: Connection, paymentId: string, topUp: TopUp): Promise<void> {
    const request = world.client.request(connection, 'pay_invoice', { invoice: topUp.invoice })
    const change = { state: 'asked', topUpId: topUp.id, requestId: request.id, requestExpiresAt: request.expiresAt } as const
    if (!(await store.changePayment(paymentId, 'planned', change, (others) => !isAsked(others, topUp.id, now())))) return
    const payment = (await store.payments()).find(({ id }) => id === paymentId)
    if (payment !== undefined) await follow(payment, request)
  }

  function follow(payment: WalletPayment, request: SignedRequest): Promise<void> {
    const release = world.busy()
    const heard = new AbortController()
    const job = request
      .send(LISTEN_MS, heard.signal)
      .then((outcome) => settle(payment, outcome))
      // a database that fails here leaves the row `asked`: recovery asks the mint
      .catch(() => undefined)
      .finally(() => {
        followed.delete(payment.id)
        release()
        world.onChange()
      })
    followed.set(payment.id, { job, heard })
    return job
  }

  async function settle({ id, topUpId }: WalletPayment, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'result':
        await store.changePayment(id, 'asked', { state: 'paid', problem: null })
        if (topUpId !== null) await topUps.check(topUpId).catch(() => undefined)
        return
      case 'unsent':
        await store.changePayment(id, 'asked', { state: 'refused', problem: outcome.why })
        return
      case 'error':
        await store.changePayment(id, 'asked', {
          ...(DID_NOT_PAY.has(outcome.code) ? { state: 'refused' } : {}),
          problem: wordsOf(outcome.code, outcome.message),
        })
        return
      case 'silent':
        await store.changePayment(id, 'asked', { problem: outcome.why })
        return
      default:
        return outcome satisfies never
    }
  }

  async function noticePaid(): Promise<void> {
    for (const { id, topUpId, state } of await store.payments()) {
      const topUp = state === 'asked' && topUpId !== null ? await topUps.topUp(topUpId) : undefined
      if (topUp === undefined || topUp.state === 'waiting' || topUp.state === 'expired') continue
      await store.changePayment(id, 'asked', { state: 'paid', problem: null })
      followed.get(id)?.heard.abort()
    }
  }

  async function recover(): Promise<void> {
    await noticePaid()
    for (const payment of await store.payments()) {
      if (payment.state === 'planned' && now() - payment.createdAt > PLAN_LIFE_MS)
        await store.changePayment(payment.id, 'planned', { state: 'dropped', problem: 'the extension was restarted before it asked' })
      if (payment.state === 'asked' && !followed.has(payment.id)) await goOn(payment)
    }
  }

  /** Nobody listens for this answer any more: the mint's word counts, then the wallet's own books. */
  async function goOn(payment: WalletPayment): Promise<void> {
    const { id, topUpId, requestExpiresAt } = payment
    const topUp = topUpId === null ? undefined : await topUps.topUp(topUpId)
    if (now() < (requestExpiresAt ?? 0)) return
    const invoiceEnd = topUp?.expiresAt ?? payment.createdAt + INVOICE_LIFE_MS
    if (topUp === undefined || topUp.state === 'expired' || now() > invoiceEnd + LISTEN_MS) {
      await store.changePayment(id, 'asked', { state: 'unknown', problem: payment.problem ?? 'the wallet did not answer' })
      return
    }
    if (now() - (lookedUpAt.get(id) ?? 0) < LOOKUP_EVERY_MS) return
    lookedUpAt.set(id, now())
    const said = await lookUp(topUp.invoice)
    if (said === 'settled') await store.changePayment(id, 'asked', { state: 'paid', problem: null })
    // its word is not enough to ask again: `pay` asks the mint first
    if (said === 'not paid') await store.changePayment(id, 'asked', { state: 'refused', problem: payment.problem ?? 'the wallet did not pay' })
    if (said !== 'unclear') world.onChange()
  }

  async function lookUp(invoice: string): Promise<'settled' | 'not paid' | 'unclear'> {
    const connection = await store.connection()
    if (connection === null || !connection.methods.includes('lookup_invoice')) return 'unclear'
    const outcome = await world.client.request(connection, 'lookup_invoice', { invoice }).send(LOOKUP_PATIENCE_MS)
    if (outcome.kind === 'error') return outcome.code === 'NOT_FOUND' ? 'not paid' : 'unclear'
    if (outcome.kind !== 'result') return 'unclear'
    const found = v.safeParse(lookupSchema, outcome.result)
    if (!found.success) return 'unclear'
    const { state, preimage, settled_at: settledAt } = found.output
    if (state === 'settled' || (state === undefined && (settledAt ?? null) !== null && (preimage ?? '') !== '')) return 'settled'
    return state === 'failed' ? 'not paid' : 'unclear'
  }

  return {
    pay,
    sendPlanned,
    noticePaid,
    recover,
    hasOpen: async () => (await store.payments()).some(({ state }) => state === 'planned' || state === 'asked'),
  }
}

/** A request about this invoice is out, or was until a moment ago: nothing is asked a second time. */
function isAsked(payments: readonly WalletPayment[], topUpId: string, now: number): boolean {
  return payments.some((payment) => payment.topUpId === topUpId && (payment.state === 'paid' || now < (payment.requestExpiresAt ?? 0)))
}

function failed(problem: string | null, where: string): RoutstrError {
  return new RoutstrError('connected_wallet_failed', `Your wallet did not pay: ${problem ?? 'it did not answer'}. ${where}`)
}

function wordsOf(code: string, message: string): string {
  switch (code) {
    case 'INSUFFICIENT_BALANCE':
      return 'it has not enough money for this'
    case 'QUOTA_EXCEEDED':
      return 'its own limit for this connection is used up'
    case 'RATE_LIMITED':
      return 'it was asked too often; try again later'
    case 'UNAUTHORIZED':
      return 'it does not know this connection any more; connect it again'
    case 'RESTRICTED':
    case 'NOT_IMPLEMENTED':
      return 'this connection may not pay'
    default:
      return message === '' ? code : `${message} (${code})`
  }
}
