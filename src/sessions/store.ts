/** What sessions need to remember. Each method is one transaction. */
import type { Msat } from '../domain/msat.ts'
import type { Attempt, Session, SessionState } from '../domain/session.ts'
import type { IncomingToken } from '../domain/wallet.ts'
import type { SendOperation } from '../wallet/journal.ts'

export interface SessionStore {
  session(id: string): Promise<Session | undefined>
  sessions(states: readonly SessionState[]): Promise<Session[]>
  sessionsOf(origin: string, providerId: string): Promise<Session[]>
  /** Notes ready → sent, the operation and the `prepared` session: all or nothing. False when a note was taken meanwhile. */
  prepare(session: Session, operation: SendOperation): Promise<boolean>
  /** `prepared` → `open`, and the funding notes leave the wallet. False when it was not `prepared` any more. */
  open(id: string, creditedMsat: Msat): Promise<boolean>
  /** Changes fields while the session is in one of `from`; false otherwise. */
  update(id: string, from: readonly SessionState[], changes: Partial<Omit<Session, 'id'>>): Promise<boolean>
  /** `open` → `settling`, unless a request runs there: one transaction. */
  settle(id: string, nextTryAt: number): Promise<boolean>
  /** The refund token is stored and the session `refunded`, together. False when it was not `settling`, or the token is an old one. */
  storeRefund(id: string, token: IncomingToken, changes: Partial<Omit<Session, 'id'>>): Promise<boolean>

  attempt(id: string): Promise<Attempt | undefined>
  attemptsOf(sessionId: string): Promise<Attempt[]>
  attemptsOfRequest(requestId: string): Promise<Attempt[]>
  openAttempts(): Promise<Attempt[]>
  /** Check and take in one transaction: session open, and credited − charged − required of the others ≥ required. */
  beginAttempt(attempt: Attempt): Promise<boolean>
  /** `open` → `settled` (or `ended` without a charge); a claim above what the account held cannot be true: cut in the same transaction. */
  endAttempt(id: string, claimed: Msat | null): Promise<boolean>
  saveAttempts(attempts: readonly Attempt[]): Promise<void>
}
