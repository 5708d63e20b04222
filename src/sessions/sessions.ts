/** Money placed at providers: get a place for a request, give it back, bring everything home. */
import { inBackground } from '../domain/in-background.ts'
import { msat, type Msat, sumMsat } from '../domain/msat.ts'
import type { LifeCosts, Session, SessionLife } from '../domain/session.ts'
import type { Settings } from '../domain/settings.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { AccountApi } from '../protocol/account.ts'
import type { InvoiceApi } from '../protocol/invoices.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { InvoiceDeposits } from '../wallet/lightning/deposits.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { createAcquiring } from './acquiring.ts'
import { chargedMsat, feesMsat } from './balance.ts'
import { type BoundedRequest, createBounds } from './bounds.ts'
import { createByInvoice, type InvoiceRequest } from './by-invoice.ts'
import { createDebts, isOwing } from './debts.ts'
import { createFunding } from './funding.ts'
import { createKeeping, UNFINISHED } from './keeping.ts'
import { createLeasing, type FoundPlace, isFor, type Lease, type LeaseRequest } from './leasing.ts'
import { createPool, type Likely } from './pool.ts'
import { createSettling } from './settling.ts'
import type { Standings } from './standing.ts'
import type { SessionStore } from './store.ts'
import { createXCashu, type XCashu } from './x-cashu.ts'

export type AcquireRequest = BoundedRequest & {
  readonly requestId: string
  /** A moment ago no session had room. */
  readonly hasLooked: boolean
  /** No mint is in common: an invoice of the provider is paid, and this sets its fee aside (`by-invoice.ts`). */
  readonly reachFee?: InvoiceRequest['reach']
}

export type Acquired =
  | { readonly kind: 'leased'; readonly lease: Lease }
  /** This provider did not take our money; it is coming back by itself. `begun`: its invoice is paid, or being paid. */
  | { readonly kind: 'refused'; readonly why: string; readonly begun?: boolean }

export interface SessionView {
  readonly session: Session
  /** For one that came back short: what is missing. */
  readonly leftMsat: Msat
  readonly owing: boolean
}

export interface Sessions {
  /** @throws RoutstrError `insufficient_balance`, `mint_unreachable`, `payments_paused` (the fuse): nothing was paid */
  acquire(request: AcquireRequest): Promise<Acquired>
  /** A place in a session that serves already, and nothing else; in a transaction of the caller, who takes it there. null: none has room. */
  findPlace(request: LeaseRequest): Promise<FoundPlace | null>
  /** The head of an answer with status 2xx is here: a session that this request funds is there from now on. Waits for nothing. */
  answered(lease: Lease): void
  /** The request is over. `chargedMsat` null: its cost was not seen, the account is read as soon as nothing runs there. */
  release(lease: Lease, charged: Msat | null): Promise<void>
  /** What a request has cost so far, what it may still cost, whether anything is open, and what placing its money by invoice cost beside. */
  costOf(requestId: string): Promise<{ readonly attempts: number; readonly chargedMsat: Msat; readonly unknownMsat: Msat; readonly feesMsat: Msat }>
  /** Free balance of the session at each provider that would serve this site, by the life its sessions have. */
  freeAt(origin: SiteOrigin): Promise<(life: SessionLife) => ReadonlyMap<string, Msat>>
  /** Everything that is or may be at providers. */
  onDeposit(): Promise<Msat>
  /** Everything not closed, with what is left of it, and what was closed short. */
  list(): Promise<readonly SessionView[]>
  /** Settles all sessions without running requests. Counts what came back and what is still out. */
  bringHome(): Promise<{ readonly returnedMsat: Msat; readonly open: number }>
  /** One session, now: also one that was written off. */
  retry(sessionId: string): Promise<void>
  /** A debt that the user does not want to see any more. What was lost stays lost in the books. */
  forget(sessionId: string): Promise<void>
  /** Settles idle sessions, goes on with everything unfinished whose time has come, and opens sessions ahead when nothing runs. */
  tick(): Promise<void>
  /** On start, before anything else: attempts of the dead worker end. */
  recover(): Promise<void>
  hasUnfinished(): Promise<boolean>
  /** Of the last 30 days, one line for each life. */
  costs(): Promise<readonly LifeCosts[]>
  /** See `SessionStore.spentSince`. */
  spentBy: SessionStore['spentSince']
  /** Paying one request with a token instead. */
  readonly xCashu: Pick<XCashu, 'begin' | 'ended'>
}

export interface SessionsWorld {
  readonly store: SessionStore
  readonly wallet: Wallet
  readonly accounts: AccountApi
  readonly invoices: InvoiceApi
  readonly deposits: InvoiceDeposits
  readonly standings: Standings
  readonly now: () => number
  readonly randomId: () => string
  readonly settings: () => Settings
  /** How long a request waits until a provider has the payment of its invoice, ms. */
  readonly creditPatienceMs: number
  readonly onAttemptsSettled: (requestIds: readonly string[]) => Promise<void>
  /** Requests that will probably come, most likely first. @param since requests that ended before tell nothing, ms */
  readonly likelyNext: (since: number) => Promise<readonly Likely[]>
  /** More would have left the wallet within a minute than may. */
  readonly onFuse: () => Promise<void>
  readonly onChange: () => void
}

const COSTS_OVER_MS = 30 * 24 * 3_600_000

export function createSessions(world: SessionsWorld): Sessions {
  const { store, now } = world
  const leasing = createLeasing(world)
  const funding = createFunding(world)
  const debts = createDebts(world)
  const xCashu = createXCashu({ ...world, place: funding.place, attemptIn: leasing.attemptIn, later: (sessionId) => inBackground(keeping.advance(sessionId)) })
  const byInvoice = createByInvoice({ ...world, debts, attemptIn: leasing.attemptIn, onBegun: (id) => keeping.begun(id), onEnded: (id) => keeping.ended(id) })
  const settling = createSettling({ ...world, debts, xCashu, byInvoice })
  const keeping = createKeeping({ ...world, settling })
  const bounds = createBounds({ store, standings: world.standings, floatSat: () => world.settings().floatSat })
  const acquire = createAcquiring({ ...world, bounds, leasing, funding, byInvoice, advance: keeping.advance })
  const pool = createPool({ leasing, bounds, funding, likelyNext: world.likelyNext })
  const oneAtATime = createExclusive()
  /** What the user, or a new start, has brought home stays there until the next request. */
  let quietSince = now()

  /** Opens sessions ahead while a site is at work: what ended longer ago than idle sessions stay brings nothing back. */
  const openAhead = () =>
    oneAtATime('ahead', async () => {
      const { paused, openAhead: isOn, floatSat, sessionIdleMs } = world.settings()
      if (isOn && !paused && floatSat > 0 && (await store.openAttempts()).length === 0) await pool.fill(Math.max(quietSince, now() - sessionIdleMs))
    })

  return {
    async acquire(request) {
      const acquired = await acquire(request)
      if (acquired.kind === 'leased') keeping.begun(acquired.lease.attemptId)
      return acquired
    },
    async findPlace(request) {
      const found = await leasing.findPlace(request)
      if (found === null) return null
      const { lease } = found
      return {
        lease,
        async take() {
          await found.take()
          keeping.begun(lease.attemptId)
        },
      }
    },
    answered: keeping.answered,
    release: keeping.release,
    async costOf(requestId) {
      const attempts = await store.attemptsOfRequest(requestId)
      const unsettled = attempts.filter((attempt) => attempt.state !== 'settled')
      const unknownMsat = sumMsat(unsettled.map((attempt) => attempt.requiredMsat))
      return { attempts: attempts.length, chargedMsat: chargedMsat(attempts), unknownMsat, feesMsat: feesMsat(attempts) }
    },
    async freeAt(origin) {
      const { places } = await store.glance()
      return (life) => {
        const free = new Map<string, Msat>()
        for (const place of places) {
          if (isFor(place, origin, life) && place.freeMsat > (free.get(place.providerId) ?? 0)) free.set(place.providerId, place.freeMsat)
        }
        return free
      }
    },
    onDeposit: () => bounds.onDeposit(),
    async list() {
      const sessions = [...(await store.sessions([...UNFINISHED, 'lost'])), ...(await store.shortSessions())]
      return Promise.all(
        sessions.map(async (session) => {
          const isShort = session.debt?.kind === 'short'
          const leftMsat = isShort ? msat(Math.max(0, session.unexplainedMsat)) : await bounds.leftIn(session)
          return { session, leftMsat, owing: isShort || isOwing(session, now()) }
        }),
      )
    },
    bringHome() {
      quietSince = now()
      return keeping.bringHome()
    },
    retry: keeping.retry,
    async forget(sessionId) {
      await store.update(sessionId, ['closed', 'cancelled', 'lost'], { debt: null })
      world.onChange()
    },
    async tick() {
      await keeping.tick()
      await openAhead().catch(() => undefined)
    },
    recover: keeping.recover,
    costs: () => store.costsSince(now() - COSTS_OVER_MS),
    spentBy: store.spentSince,
    hasUnfinished: keeping.hasUnfinished,
    xCashu,
  }
}
