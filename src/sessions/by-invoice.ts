/**
 * The last way to place money: a provider that takes none of our mints is paid by its own invoice over Lightning (`routstr-node.md`
 * §2.8). Only what this request needs, because change comes back as a token of the provider's mint, which waits for the user.
 *
 *   invoice asked for (its key is known) ──notes taken, payment and session written──▶ prepared ──paid, and the node says so──▶ open
 *                                                                                        ├──payment failed──▶ cancelled (notes ready again)
 *                                                                                        └──paid, never credited──▶ lost (the invoice is the proof)
 *
 * What the payment costs beside is borne by the request: set aside before it is made, and trued up when it is paid.
 */
import { RoutstrError } from '../domain/errors.ts'
import { fromSat, type Msat, msat, satUp, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, PaidInvoice, Session } from '../domain/session.ts'
import type { Settings } from '../domain/settings.ts'
import type { InvoiceApi, InvoiceStatus } from '../protocol/invoices.ts'
import { type NodeResult, saying } from '../protocol/node-call.ts'
import type { InvoiceDeposits } from '../wallet/lightning/deposits.ts'
import type { Debts } from './debts.ts'
import type { LeaseRequest } from './leasing.ts'
import type { SessionStore } from './store.ts'

export interface InvoiceRequest extends LeaseRequest {
  /** Sets aside what the payment costs beside; false: the grant does not reach for it. */
  readonly reach: (feeMsat: Msat) => Promise<boolean>
}

export type PaidByInvoice =
  | { readonly kind: 'open'; readonly session: Session; readonly attempt: Attempt }
  /** `begun`: the payment is under way, or made; it is looked after. */
  | { readonly kind: 'refused'; readonly why: string; readonly begun: false }
  | { readonly kind: 'refused'; readonly why: string; readonly begun: true; readonly sessionId: string }

/** Between two questions whether the node has the payment while a request waits: twice as long each time, ms. */
const FIRST_WAIT_MS = 100
/** A node credits a payment until a day after its invoice has lapsed, which is an hour after it was made. */
const CREDITED_WITHIN_MS = 26 * 3_600_000

export function createByInvoice(world: {
  readonly store: SessionStore
  readonly deposits: InvoiceDeposits
  readonly invoices: InvoiceApi
  readonly debts: Debts
  readonly now: () => number
  readonly randomId: () => string
  readonly attemptIn: (sessionId: string, request: LeaseRequest) => Attempt
  readonly settings: () => Pick<Settings, 'fuse' | 'fuseSatPerMinute'>
  readonly onFuse: () => Promise<void>
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
  /** How long a request waits until the node has its payment, ms. */
  readonly creditPatienceMs: number
  /** Runs in this worker from now on, until it is over here: whoever got it goes on. */
  readonly onBegun: (attemptId: string) => void
  readonly onEnded: (attemptId: string) => void
}) {
  const { store, deposits, invoices, debts, now } = world

  type ByInvoice = Session & { readonly invoice: PaidInvoice }

  /** @throws RoutstrError `insufficient_balance`, `payments_paused` (the fuse), those of the mint: nothing was paid */
  async function place(request: InvoiceRequest): Promise<PaidByInvoice> {
    const amountSat = satUp(request.requiredMsat)
    const asked = await invoices.create(request.provider.url, amountSat)
    if (asked.kind !== 'ok') return refused(`takes none of your mints, and gave no invoice: ${saying(asked)}`)
    const { id, text, key } = asked.value
    const sessionId = world.randomId()
    let wish: Awaited<ReturnType<InvoiceDeposits['quote']>>
    try {
      wish = await deposits.quote({ invoice: text, amountSat, mint: request.mint, payee: request.provider.name, sessionId })
    } catch (error) {
      if (!(error instanceof RoutstrError) || !['invalid_invoice', 'invoice_expired', 'invalid_request_error'].includes(error.code)) throw error
      return refused(error.message)
    }
    if (!(await request.reach(wish.feeMsat))) {
      await deposits.forget(wish.withdrawalId)
      return refused('the budget does not reach for the fee of paying its invoice')
    }
    const invoice: PaidInvoice = { id, text, ...wish }
    const session: ByInvoice = { ...blankSession(sessionId, request, amountSat), key, invoice }
    const attempt: Attempt = { ...world.attemptIn(sessionId, request), feeMsat: wish.feeMsat }
    world.onBegun(attempt.id)
    try {
      return await open(session, attempt, await pay(session, attempt))
    } finally {
      world.onEnded(attempt.id)
    }
  }

  function blankSession(id: string, { provider, origin, life, mint }: InvoiceRequest, amountSat: number): Omit<Session, 'key'> {
    const at = now()
    return {
      ...{ id, state: 'prepared', origin, life, mint, token: null, operationId: '' },
      ...{ providerId: provider.id, providerUrl: provider.url, providerName: provider.name },
      ...{ faceMsat: fromSat(amountSat), arrivesMsat: fromSat(amountSat), creditedMsat: null, refundedMsat: null, forfeitedMsat: msat(0), unexplainedMsat: 0 },
      ...{ createdAt: at, lastUsedAt: at, nextTryAt: at + 60_000, tries: 0, problem: null, debt: null },
    }
  }

  async function pay(session: ByInvoice, attempt: Attempt) {
    const { fuse, fuseSatPerMinute } = world.settings()
    const bound = { mostMsat: fromSat(fuseSatPerMinute), since: Math.max(now() - 60_000, fuse.countsFrom) }
    return deposits.pay(session.invoice.withdrawalId, async (payment) => {
      const written = await store.prepareByInvoice(session, payment, attempt, bound)
      if (written !== 'fuse') return written === 'written'
      await world.onFuse()
      throw new RoutstrError('payments_paused', `More than ${fuseSatPerMinute} sat would have left the wallet within a minute, so all payments are paused. Nothing was spent.`)
    })
  }

  /** The request waits until the node has the payment, as far as it is worth while. */
  async function open(session: ByInvoice, attempt: Attempt, { state }: { readonly state: string }): Promise<PaidByInvoice> {
    let why = 'the payment of its invoice is under way'
    if (state === 'failed') why = 'its invoice could not be paid'
    const deadline = Date.now() + world.creditPatienceMs
    for (let ms = FIRST_WAIT_MS; state === 'paid' && Date.now() < deadline; ms *= 2) {
      const answer = await invoices.status(session.providerUrl, session.invoice.id)
      if (answer.kind === 'ok' && answer.value.kind === 'paid') {
        await credit(session, answer.value.key)
        const opened = await store.session(session.id)
        if (opened?.state === 'open') return { kind: 'open', session: opened, attempt }
      }
      why = `its invoice is paid, but ${answer.kind === 'ok' ? sayStatus(answer.value) : saying(answer)}`
      // an outage may pass; a no does not change while somebody waits
      if (answer.kind === 'refused' && answer.error.status < 500) break
      await new Promise((resolve) => setTimeout(resolve, ms))
    }
    // what it has cost is known when the payment has come to its end
    await store.endAttempt(attempt.id, null)
    return { kind: 'refused', why, begun: true, sessionId: session.id }
  }

  async function credit(session: ByInvoice, key: string): Promise<void> {
    const payment = await deposits.facts(session.invoice.withdrawalId)
    // the whole face value; what the node has not credited is missing when it gives change
    await store.open(session.id, session.faceMsat, { key, feeMsat: payment?.feeMsat ?? ZERO_MSAT })
    await tellSettled(session)
  }

  async function tellSettled({ id }: Session): Promise<void> {
    await world.onAttemptsSettled((await store.attemptsOf(id)).filter(({ state }) => state === 'settled').map(({ requestId }) => requestId))
  }

  /** By its name, or by the invoice itself where the node has forgotten that, or counts it as over. */
  async function ask(session: ByInvoice): Promise<NodeResult<InvoiceStatus>> {
    const answer = await invoices.status(session.providerUrl, session.invoice.id)
    const isOver = answer.kind === 'ok' ? answer.value.kind === 'over' : answer.kind === 'refused' && answer.error.status === 404
    return isOver ? invoices.recover(session.providerUrl, session.invoice.text) : answer
  }

  async function goOn(session: ByInvoice): Promise<void> {
    const payment = await deposits.facts(session.invoice.withdrawalId)
    if (payment?.state === 'failed') {
      if (await store.cancelUnpaid(session.id)) await tellSettled(session)
      return
    }
    if (payment !== null && payment.state !== 'paid') return debts.later(session, 'the payment of its invoice is under way', null, 5)
    const answer = await ask(session)
    if (answer.kind === 'ok') {
      if (answer.value.kind === 'paid') return credit(session, answer.value.key)
      const problem = `its invoice is paid, but ${sayStatus(answer.value)}`
      if (now() > session.createdAt + CREDITED_WITHIN_MS) return debts.lost(session, problem, 'denied')
      return debts.later(session, problem, 'uncredited', session.tries < 12 ? 5 : undefined)
    }
    if (answer.kind === 'refused' && answer.error.status < 500) return debts.denied(session, `its invoice is paid, and it says ${saying(answer)}`, 'denied')
    await debts.later(session, saying(answer), 'fails')
  }

  return {
    place,
    /** One step further with a session whose payment was begun. */
    async advance(session: Session): Promise<void> {
      const { invoice } = session
      if (invoice !== undefined && session.state === 'prepared') await goOn({ ...session, invoice })
    },
    /** One that was written off: does the node have the payment after all? */
    async revive(session: Session): Promise<void> {
      const { invoice } = session
      if (invoice === undefined || session.creditedMsat !== null) return
      const answer = await ask({ ...session, invoice })
      if (answer.kind !== 'ok' || answer.value.kind !== 'paid') return
      await store.update(session.id, ['lost'], { state: 'prepared', tries: 0, nextTryAt: now(), problem: 'asked for again', debt: null })
    },
  }
}

export type ByInvoice = ReturnType<typeof createByInvoice>

function refused(why: string): PaidByInvoice {
  return { kind: 'refused', why, begun: false }
}

function sayStatus(status: InvoiceStatus): string {
  return status.kind === 'paid' ? 'the account is not there' : status.says
}
