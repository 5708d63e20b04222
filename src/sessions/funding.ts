/** Placing money at a provider: the token and its key are saved before anything is sent (`routstr-node.md` §11). */
import { fromSat, minMsat, type Msat, msat, satDown, satUp } from '../domain/msat.ts'
import type { Session } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { type AccountApi, accountKey } from '../protocol/account.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { DepositWish } from '../wallet/paying.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { SessionStore } from './store.ts'

export interface FundingRequest {
  readonly origin: SiteOrigin
  readonly provider: { readonly id: string; readonly url: string; readonly name: string }
  readonly mint: string
  readonly requiredMsat: Msat
  /** Requests waiting for money at the same place, this one included. */
  readonly waiting: number
  /** The grant does not reach further: no more than this is placed, unless the request itself needs it. */
  readonly mostMsat: Msat
  /** What the float bound leaves. */
  readonly floatLeft: () => Promise<Msat>
}

export type FundingOutcome =
  | { readonly kind: 'open'; readonly sessionId: string }
  /** The provider did not credit the token: its notes are taken back off the path. */
  | { readonly kind: 'refused'; readonly sessionId: string; readonly why: string }

/**
 * Four requests like this one per waiter, bounded by the float and by the grant; never less than the request needs.
 */
export function depositWish(request: Pick<FundingRequest, 'requiredMsat' | 'waiting' | 'mostMsat'> & { readonly floatLeftMsat: Msat }): DepositWish {
  const needSat = satUp(request.requiredMsat)
  const bound = Math.max(needSat, Math.min(satDown(request.floatLeftMsat), satDown(request.mostMsat)))
  const aimSat = Math.min(Math.max(needSat * (3 + request.waiting), 8), bound)
  // a little overshoot saves asking the mint for exact change, but not beyond what the grant leaves
  const slackSat = Math.max(2, Math.min(Math.ceil(aimSat / 2), satDown(request.mostMsat) - aimSat))
  return { needSat, aimSat, capSat: aimSat + slackSat }
}

export function createFunding(world: {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly now: () => number
  readonly randomId: () => string
}): (request: FundingRequest) => Promise<FundingOutcome> {
  const { store, wallet, accounts, now } = world
  const oneDeposit = createExclusive()
  return async (request) => {
    let prepared: Session | null = null
    await oneDeposit('float', async () =>
      wallet.deposit(request.mint, depositWish({ ...request, floatLeftMsat: await request.floatLeft() }), async (operation) => {
        const session: Session = {
          id: world.randomId(),
          state: 'prepared',
          providerId: request.provider.id,
          providerUrl: request.provider.url,
          providerName: request.provider.name,
          origin: request.origin,
          mint: request.mint,
          token: operation.token,
          key: await accountKey(operation.token),
          operationId: operation.id,
          faceMsat: fromSat(operation.amountSat),
          creditedMsat: null,
          refundedMsat: null,
          forfeitedMsat: msat(0),
          unexplainedMsat: 0,
          createdAt: now(),
          lastUsedAt: now(),
          nextTryAt: now() + 60_000,
          tries: 0,
          problem: null,
        }
        const written = await store.prepare(session, operation)
        if (written) prepared = session
        return written
      }),
    )
    if (prepared === null) throw new Error('a deposit ended without a session')
    return credit(prepared, request)
  }

  async function credit(session: Session, request: FundingRequest): Promise<FundingOutcome> {
    const answer = await accounts.create(session.providerUrl, session.token ?? '')
    if (answer.kind === 'ok' && answer.value.key === session.key) {
      await store.open(session.id, minMsat(answer.value.balanceMsat, session.faceMsat))
      if (answer.value.balanceMsat < request.requiredMsat) return { kind: 'refused', sessionId: session.id, why: 'it credited less than was paid' }
      return { kind: 'open', sessionId: session.id }
    }
    const why =
      answer.kind === 'ok'
        ? 'it opened another account than the token belongs to'
        : answer.kind === 'refused'
          ? `${answer.error.status} ${answer.error.code ?? answer.error.message}`
          : answer.message
    await store.update(session.id, ['prepared'], { problem: why, nextTryAt: now() })
    return { kind: 'refused', sessionId: session.id, why }
  }
}
