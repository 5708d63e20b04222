/** What would happen to a request if a page sent it now. Nobody is asked, nothing is set aside, no money moves. */
import type { ApprovalReason } from './approval.ts'
import type { Msat } from './msat.ts'
import type { PlannedModel } from './timeline.ts'

export interface DryRun {
  readonly model: string
  readonly stream: boolean
  /** What would be put in for a missing `max_tokens`; null: the body stays as it is. */
  readonly addedMaxTokens: number | null
  readonly models: readonly PlannedModel[]
  /** Who would be asked first; null: nobody can be. */
  readonly first: {
    readonly model: string
    readonly providerName: string
    readonly mint: string
    readonly expectedMsat: Msat
    /** What would be set aside of the site's limit. */
    readonly holdMsat: Msat
    /** In the session that would be used; null: a new one would be opened, with at least `leastMsat`. */
    readonly sessionFreeMsat: Msat | null
    readonly leastMsat: Msat
  } | null
  /** What the site may still spend now; null: it has no limit. */
  readonly remainingMsat: Msat | null
  /** Why the user would be asked; null: no question. */
  readonly question: ApprovalReason | null
  /** How the page would be refused, in the words it would read; null: it would not be. */
  readonly refusal: { readonly code: string; readonly message: string } | null
}
