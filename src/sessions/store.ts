/** What sessions need to remember. Each method is one transaction. */
import type { Msat } from '../domain/msat.ts'
import type { Attempt, LifeCosts, PaidInvoice, Session, SessionState } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { Standing } from '../domain/standing.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { SendOperation } from '../wallet/journal.ts'
import type { BegunPayment } from '../wallet/lightning/paying-out.ts'

/** The fuse, as it stands in the settings. */
export interface FuseBound {
  readonly mostMsat: Msat
  /** Counts what left since then, ms: a minute ago, or when the user let it go on. */
  readonly since: number
}

/** A session with its attempts: what is left and free there follows from them. Where a place is looked for, one attempt stands for all that are settled, and tells no site. */
export interface OpenSession {
  readonly session: Session
  readonly attempts: readonly Attempt[]
}

/** What a plan needs of sessions, without anything that a locked wallet would hide: it stays in memory. */
export interface SessionGlance {
  /** Not over, or lost. */
  readonly unfinished: readonly Pick<Session, 'state' | 'providerId' | 'debt' | 'unexplainedMsat'>[]
  /** Open, or on their way there, with what new requests may use. */
  readonly places: readonly (Pick<Session, 'origin' | 'life' | 'providerId'> & { readonly freeMsat: Msat })[]
}

/** Which sessions come into question, and which of these it is; null: none serves. */
export interface PickPlace {
  readonly serves: (session: Session) => boolean
  readonly pick: (places: readonly OpenSession[]) => Attempt | null
}

export interface Taken {
  readonly session: Session
  readonly attempt: Attempt
}

export interface SessionStore {
  session(id: string): Promise<Session | undefined>
  sessions(states: readonly SessionState[]): Promise<Session[]>
  /** Over and still to be shown: more was kept than was charged. */
  shortSessions(): Promise<Session[]>
  /** Of sessions begun at or after, ms; one line for each life. */
  costsSince(at: number): Promise<LifeCosts[]>
  /**
   * Of sessions that this origin opened at or after, ms: what did not come home (charges, rounding, mints' fees), and the whole token of
   * each that is not over. Making exact notes beforehand is not in it.
   */
  spentSince(origin: SiteOrigin, at: number): Promise<{ readonly spentMsat: Msat; readonly outMsat: Msat }>
  /**
   * Notes ready → sent, the operation, the `prepared` session, and the attempt that carries the token: all or nothing. `raced` when
   * a note was taken meanwhile; `fuse` when more would have left within a minute than may.
   */
  prepare(session: Session, operation: SendOperation, attempt: Attempt | null, fuse: FuseBound): Promise<'written' | 'raced' | 'fuse'>
  /** The same for an invoice: its payment is begun in the transaction that writes the session. */
  prepareByInvoice(session: Session & { readonly invoice: PaidInvoice }, payment: BegunPayment, attempt: Attempt, fuse: FuseBound): Promise<'written' | 'raced' | 'fuse'>
  /**
   * `prepared` → `open`, and the funding notes leave the wallet. False when it was not `prepared` any more.
   * @param byInvoice the key that the node names, and what the payment has cost beside
   */
  open(id: string, creditedMsat: Msat, byInvoice?: { readonly key: string; readonly feeMsat: Msat }): Promise<boolean>
  /** `prepared` → `cancelled` when its payment has failed: nothing was paid, and its attempts have cost nothing. False otherwise. */
  cancelUnpaid(id: string): Promise<boolean>
  /** Changes fields while the session is in one of `from`, and the provider's standing with it; false otherwise. */
  update(
    id: string,
    from: readonly SessionState[],
    changes: Partial<Omit<Session, 'id'>>,
    standing?: (standing: Standing) => Standing,
  ): Promise<boolean>
  /** `open` → `settling`, unless a request runs there: one transaction. */
  settle(id: string, nextTryAt: number): Promise<boolean>
  /** The refund token is stored and the session `refunded`, together. False when it was not `settling`, or the token is an old one. */
  storeRefund(id: string, token: IncomingToken, changes: Partial<Omit<Session, 'id'>>): Promise<boolean>
  /**
   * An `X-Cashu` token has given change: its notes leave the wallet, the change is stored, its request's cost is what did not come
   * back. False when it is over, or the change is an old one. @param change null: it has cost the whole token
   */
  endXCashu(id: string, change: IncomingToken | null, facts: Pick<Session, 'creditedMsat' | 'refundedMsat' | 'nextTryAt'>): Promise<boolean>

  attemptsOf(sessionId: string): Promise<Attempt[]>
  attemptsOfRequest(requestId: string): Promise<Attempt[]>
  openAttempts(): Promise<Attempt[]>
  /** What lies at providers: on its way there, there, or on its way back. */
  placed(): Promise<OpenSession[]>
  /** Those that are open or on their way there, of these. */
  openSessions(isMeant: (session: Session) => boolean): Promise<OpenSession[]>
  /** Remembered, to plan with. */
  glance(): Promise<SessionGlance>
  /** Check and take in one transaction, among the sessions that are open or on their way there. */
  takePlace(pick: PickPlace): Promise<Taken | null>
  /** The same in two steps, for a transaction of the caller. */
  findPlace(pick: PickPlace): Promise<(Taken & { take(): Promise<void> }) | null>
  /**
   * `open` → `settled` (or `ended` without a charge); a claim above what the account held cannot be true: cut in the same transaction.
   * @param usedAt its session was in use until then
   * @returns its session, as it is now; null: the attempt was over before
   */
  endAttempt(id: string, claimed: Msat | null, usedAt?: number): Promise<Session | null>
  saveAttempts(attempts: readonly Attempt[]): Promise<void>
}
