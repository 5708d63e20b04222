/** What a finished request cost, and the facts that prove it. */
import type { Msat } from './msat.ts'
import type { SiteOrigin } from './site.ts'

export interface AttemptOutcome {
  readonly providerName: string
  readonly providerUrl: string
  /** `answered`, or why not, in words: `503 upstream_error`, `connection refused`. */
  readonly outcome: string
}

export interface Receipt {
  /** The request's id. */
  readonly id: string
  readonly origin: SiteOrigin
  readonly path: string
  readonly modelAsked: string
  readonly modelServed: string | null
  readonly stream: boolean
  readonly state: 'completed' | 'aborted' | 'interrupted' | 'failed'
  readonly startedAt: number
  readonly finishedAt: number
  /** ms from the page's call to the first byte of the answer. */
  readonly firstByteMs: number | null
  readonly providerName: string | null
  readonly providerUrl: string | null
  /** `x-routstr-request-id` of the node: its key to the money rows. */
  readonly nodeRequestId: string | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** By our price sheet and the reported usage; null without usage. */
  readonly expectedMsat: Msat | null
  /** null: not known yet, the account is read when the session is idle. */
  readonly chargedMsat: Msat | null
  readonly attempts: readonly AttemptOutcome[]
  /** Why this provider, one line. */
  readonly reason: string
}
