/**
 * Paying one request with a token in its `X-Cashu` header: no account, the change comes back with the answer. Nodes lose the token
 * on eight of their error paths (`routstr-node.md` §9.1), so the row is written before the token leaves, and whatever does not come
 * back with the head of the answer is asked for at the refund endpoint (§2.7 A, §3.2). The row is a session without an account:
 *
 *   prepared ──change in the header, or refunded later──▶ refunded ──redeemed──▶ closed
 *      ├──it cost the whole token──▶ closed
 *      ├──never redeemed there, notes unspent──▶ cancelled (taken back)
 *      └──425 for a quarter of an hour, 410, or spent and unknown there──▶ lost (asked for once a day; the token is the proof)
 */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, fromSat, lessMsat, type Msat, msat, satUp, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { AccountApi } from '../protocol/account.ts'
import { nextTry } from '../wallet/journal.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { FundingRequest } from './funding.ts'
import type { LeaseRequest } from './leasing.ts'
import type { SessionStore } from './store.ts'

export interface TokenLease {
  readonly token: string
  readonly sessionId: string
  readonly attemptId: string
  /** All of it is at risk until the change is back. */
  readonly faceMsat: Msat
}

export interface XCashu {
  /** Notes ready → sent, the row, the attempt. @throws RoutstrError `insufficient_balance`, `mint_unreachable`, `payments_paused` (the fuse): nothing was paid */
  begin(request: {
    readonly requestId: string
    readonly origin: SiteOrigin
    readonly provider: { readonly id: string; readonly url: string; readonly name: string }
    readonly mint: string
    readonly requiredMsat: Msat
  }): Promise<TokenLease>
  /**
   * The head of the answer is here, or nothing will come. Resolves when what it carries is stored; what it lacks is asked for later.
   * @param change from the header or the error body; null: there was none. The own token that comes back is not new money (§3.2).
   * @param costMsat what the head of the answer says it cost; a token that was no larger gives no change (§9.1, trap 10)
   */
  ended(lease: TokenLease, change: string | null, costMsat?: Msat | null): Promise<void>
  /** One step further with a row whose request is over. */
  advance(session: Session): Promise<void>
}

/** From here on a pending refund never comes (§3.2). */
const PATIENCE_MS = 15 * 60_000
const DAY_MS = 24 * 60 * 60_000

export function createXCashu(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: Pick<AccountApi, 'refundToken'>
  readonly now: () => number
  readonly place: (request: FundingRequest) => Promise<{ readonly session: Session; readonly attempt: Attempt | null }>
  readonly attemptIn: (sessionId: string, request: LeaseRequest) => Attempt
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
  /** Goes on with a row beside. */
  readonly later: (sessionId: string) => void
}): XCashu {
  const { store, wallet, now } = world

  async function take(session: Session, token: string): Promise<boolean> {
    const row = await wallet.incomingRow(token, 'refund', session.id).catch(() => null)
    if (row === null || token === session.token) return false
    const taken = await store.endXCashu(session.id, row, { creditedMsat: session.arrivesMsat, refundedMsat: row.amountMsat, nextTryAt: now() })
    if (taken) await tellSettled(session)
    return taken
  }

  async function tellSettled(session: Session): Promise<void> {
    await world.onAttemptsSettled((await store.attemptsOf(session.id)).map(({ requestId }) => requestId))
  }

  /** What is lost, or came back, is booked with the session: the request itself has cost nothing. */
  async function end(session: Session, changes: Partial<Omit<Session, 'id'>>): Promise<void> {
    const attempts = await store.attemptsOf(session.id)
    await store.saveAttempts(attempts.map((attempt): Attempt => ({ ...attempt, state: 'settled', chargedMsat: ZERO_MSAT })))
    await store.update(session.id, ['prepared', 'settling', 'lost'], changes)
    await tellSettled(session)
  }

  async function wait(session: Session, problem: string): Promise<void> {
    await store.update(session.id, ['prepared', 'settling'], { tries: session.tries + 1, nextTryAt: nextTry(now(), session.tries), problem })
  }

  async function kept(session: Session, problem: string): Promise<void> {
    if (session.state === 'lost') await store.update(session.id, ['lost'], { nextTryAt: now() + DAY_MS })
    else if (now() - session.createdAt < PATIENCE_MS) await wait(session, problem)
    else await end(session, { state: 'lost', nextTryAt: now() + DAY_MS, problem, debt: { kind: 'pending', since: session.createdAt } })
  }

  async function reclaim(session: Session): Promise<void> {
    if ((await wallet.sendState(session.operationId)) !== 'takenBack') await wallet.takeBack(session.operationId)
    const backMsat = addMsat(await wallet.takenBackMsat(session.operationId), await wallet.endIfSpentElsewhere(session.operationId))
    const keptMsat = lessMsat(session.faceMsat, backMsat)
    await end(session, { state: 'cancelled', token: keptMsat > 0 ? session.token : null, unexplainedMsat: keptMsat, problem: null })
  }

  async function unknownThere(session: Session): Promise<void> {
    if ((await wallet.sendState(session.operationId)) === 'takenBack') return reclaim(session)
    const state = await wallet.isSpent(session.operationId)
    if (state === 'pending') return wait(session, 'the provider is redeeming the token')
    // atomic at the mint: should the provider redeem it now after all, one of the two wins
    if (state === 'unspent') return reclaim(session)
    return kept(session, 'the provider took the token and denies it')
  }

  return {
    async begin(request) {
      const place = { ...request, life: 'request' as const }
      const attempt = (sessionId: string): Attempt => world.attemptIn(sessionId, place)
      const placed = await world.place({ ...place, ahead: 0, mostMsat: async () => request.requiredMsat, attempt, isXCashu: true })
      const { id, token, faceMsat } = placed.session
      if (placed.attempt !== null && token !== null) return { token, sessionId: id, attemptId: placed.attempt.id, faceMsat }
      // too many notes for a header: they come back unsent
      await reclaim(placed.session)
      throw new RoutstrError('insufficient_balance', 'The wallet holds too many small notes to pay by a token in a header. Nothing was spent.')
    },

    async ended(lease, change, costMsat = null) {
      const session = await store.session(lease.sessionId)
      if (session?.state !== 'prepared') return
      if (change !== null && (await take(session, change))) return world.later(session.id)
      if (change === null && costMsat !== null && isUsedUp(session, costMsat)) {
        await store.endXCashu(session.id, null, { creditedMsat: session.arrivesMsat, refundedMsat: ZERO_MSAT, nextTryAt: now() })
        return
      }
      await store.endAttempt(lease.attemptId, null)
      await store.update(session.id, ['prepared'], { nextTryAt: now() })
      world.later(session.id)
    },

    async advance(session) {
      if (session.token === null || !['prepared', 'settling', 'lost'].includes(session.state)) return
      const answer = await world.accounts.refundToken(session.providerUrl, session.token)
      if (answer.kind === 'ok') {
        if (await take(session, answer.value.token)) return
        return kept(session, 'the provider returns something that is no change')
      }
      if (answer.kind !== 'refused') return session.state === 'lost' ? kept(session, '') : wait(session, answer.message)
      switch (answer.error.status) {
        case 425:
          return kept(session, 'the provider redeemed the token and has not given its change')
        case 404:
          return unknownThere(session)
        case 410:
          return end(session, { state: 'lost', nextTryAt: now() + DAY_MS, debt: { kind: 'denied', since: now() }, problem: 'the provider has taken back the change that nobody fetched' })
        default:
          return session.state === 'lost' ? kept(session, '') : wait(session, `${answer.error.status} ${answer.error.message}`)
      }
    },
  }
}

/** Rows of this kind that wait for an answer whose time has come. */
export function isDue(session: Session, now: number): boolean {
  return session.isXCashu === true && session.nextTryAt <= now && (session.state === 'prepared' || session.state === 'lost')
}

/** Nodes round what a request costs up to the token's unit, mostly sat (§3.2): nothing is left. */
function isUsedUp({ arrivesMsat }: Session, costMsat: Msat): boolean {
  return fromSat(satUp(costMsat)) >= arrivesMsat
}

/** @returns what of a token's worth the request took: all that did not come back, less the mint's fee */
export function chargeOf(creditedMsat: Msat, refundedMsat: Msat): Msat {
  return msat(Math.max(0, creditedMsat - refundedMsat))
}
