/** Placing money at a provider: the token and its key are saved before anything is sent (`routstr-node.md` §11). */
import { RoutstrError } from '../domain/errors.ts'
import { addMsat, fromSat, minMsat, type Msat, msat, satDown, satUp, ZERO_MSAT } from '../domain/msat.ts'
import type { Attempt, Session } from '../domain/session.ts'
import type { Settings } from '../domain/settings.ts'
import { worthMsat } from '../domain/units.ts'
import { type AccountApi, accountKey } from '../protocol/account.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { DepositWish } from '../wallet/paying.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Place } from './leasing.ts'
import type { SessionStore } from './store.ts'

export interface FundingRequest extends Place {
  readonly requiredMsat: Msat
  /** What others need that wait for the same deposit. Asked when it is made: more may have come meanwhile. */
  readonly othersMsat?: () => Msat
  /** So many more like this one it should serve. */
  readonly ahead: number
  /** No more than this is placed, unless the request itself needs it: what grant, float and the provider's standing leave. */
  readonly mostMsat: () => Promise<Msat>
  /** The request that takes the token there itself; null: it is to be opened by a call of its own. */
  readonly attempt: ((sessionId: string) => Attempt) | null
  /** The token pays for the one request itself (`x-cashu.ts`): all of it is at risk. */
  readonly isXCashu?: true
}

export type CreditOutcome =
  | { readonly kind: 'open' }
  /** The provider did not credit the token: its notes are taken back off the path. */
  | { readonly kind: 'refused'; readonly why: string }

/** For those that wait and some more, within the bound; never less than the request itself needs. */
export function depositWish(request: Pick<FundingRequest, 'requiredMsat' | 'life' | 'ahead'> & { readonly othersMsat: Msat; readonly mostMsat: Msat }): DepositWish {
  const needSat = satUp(request.requiredMsat)
  const waitingSat = satUp(addMsat(request.requiredMsat, request.othersMsat))
  const bound = Math.max(needSat, satDown(request.mostMsat))
  const least = request.life === 'request' ? needSat : 8
  const aimSat = Math.min(Math.max(waitingSat + needSat * request.ahead, least), bound)
  const allSat = Math.min(waitingSat, aimSat)
  // a little overshoot saves asking the mint for exact change, but not beyond what the bound leaves
  const slackSat = Math.max(2, Math.min(Math.ceil(aimSat / 2), satDown(request.mostMsat) - aimSat))
  return { needSat, allSat, aimSat, capSat: aimSat + slackSat }
}

/**
 * Servers in front of nodes refuse heads above 8 kB (`routstr-node.md` §9.2): a longer token goes in the body of a call of its own.
 */
const MOST_TOKEN_IN_HEAD = 4_000

export type Funding = ReturnType<typeof createFunding>

export function createFunding(world: {
  readonly store: SessionStore
  readonly wallet: Pick<Wallet, 'deposit'>
  readonly accounts: AccountApi
  readonly now: () => number
  readonly randomId: () => string
  readonly settings: () => Pick<Settings, 'fuse' | 'fuseSatPerMinute'>
  readonly onFuse: () => Promise<void>
}) {
  const { store, wallet, accounts, now } = world
  const oneDeposit = createExclusive()

  return {
    /**
     * Takes the notes and writes the session, with the attempt that carries the token, in one transaction. Nothing is sent.
     * @throws RoutstrError `insufficient_balance`, `mint_unreachable`, `payments_paused` (the fuse): nothing was paid
     */
    async place(request: FundingRequest): Promise<{ readonly session: Session; readonly attempt: Attempt | null }> {
      let placed: { session: Session; attempt: Attempt | null } | null = null
      await oneDeposit('bounds', async () => {
        const mostMsat = await request.mostMsat()
        return wallet.deposit(request.mint, depositWish({ ...request, othersMsat: request.othersMsat?.() ?? ZERO_MSAT, mostMsat }), async (operation, arrives) => {
          const session: Session = {
            id: world.randomId(),
            state: 'prepared',
            providerId: request.provider.id,
            providerUrl: request.provider.url,
            providerName: request.provider.name,
            origin: request.origin,
            life: request.life,
            mint: request.mint,
            token: operation.token,
            key: await accountKey(operation.token),
            operationId: operation.id,
            faceMsat: worthMsat(operation.amount, operation.unit),
            arrivesMsat: worthMsat(arrives, operation.unit),
            creditedMsat: null,
            refundedMsat: null,
            forfeitedMsat: msat(0),
            unexplainedMsat: 0,
            createdAt: now(),
            lastUsedAt: now(),
            nextTryAt: now() + 60_000,
            tries: 0,
            problem: null,
            debt: null,
            ...(request.isXCashu ? { isXCashu: true } : {}),
            ...lockAt(request, mostMsat, worthMsat(arrives, operation.unit)),
          }
          const begun = request.attempt?.(session.id) ?? null
          const inHead = begun !== null && request.isXCashu ? { ...begun, requiredMsat: session.faceMsat } : begun
          const attempt = operation.token.length > MOST_TOKEN_IN_HEAD ? null : inHead
          const { fuse, fuseSatPerMinute } = world.settings()
          const bound = { mostMsat: fromSat(fuseSatPerMinute), since: Math.max(now() - 60_000, fuse.countsFrom) }
          const written = await store.prepare(session, operation, attempt, bound)
          if (written === 'fuse') {
            await world.onFuse()
            throw new RoutstrError('payments_paused', `More than ${fuseSatPerMinute} sat would have left the wallet within a minute, so all payments are paused. Nothing was spent.`)
          }
          if (written === 'written') placed = { session, attempt }
          return written === 'written'
        })
      })
      if (placed === null) throw new Error('a deposit ended without a session')
      return placed
    },

    /** POST /v1/balance/create: for sessions that are opened ahead, and for tokens too long for a head. */
    async credit(session: Session, requiredMsat: Msat): Promise<CreditOutcome> {
      const answer = await accounts.create(session.providerUrl, session.token ?? '', session.limitMsat)
      if (answer.kind === 'ok' && answer.value.key === session.key) {
        await store.open(session.id, minMsat(answer.value.balanceMsat, session.faceMsat))
        if (answer.value.balanceMsat < requiredMsat) return { kind: 'refused', why: 'it credited less than was paid' }
        return { kind: 'open' }
      }
      const why =
        answer.kind === 'ok'
          ? 'it opened another account than the token belongs to'
          : answer.kind === 'refused'
            ? `${answer.error.status} ${answer.error.code ?? answer.error.message}`
            : answer.message
      await store.update(session.id, ['prepared'], { problem: why, nextTryAt: now() })
      return { kind: 'refused', why }
    },
  }
}

/**
 * The balance itself is the lock that a site's limit needs; only where notes made it a little more, the account gets a limit, told with
 * the call that opens it. One of the life `provider` has no one site whose limit it could be.
 */
function lockAt({ life, attempt }: FundingRequest, mostMsat: Msat, arrivesMsat: Msat): Pick<Session, 'limitMsat'> {
  return attempt !== null || life === 'provider' || arrivesMsat <= mostMsat ? {} : { limitMsat: mostMsat }
}
