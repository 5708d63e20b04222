/**
 * Background → page. What arrives comes from our own background over a port that nobody else holds, so the page asks only whether
 * it is one of our frames at all: a full parser would be a fifth of the script that runs in every page.
 */
import type { BackgroundFrame } from '../messaging/page-contract.ts'

/** Frames that belong to one request or call. */
export type AnswerFrame = Extract<BackgroundFrame, { readonly id: string }>
/** Why a connection to the background ended; each is an error code too. */
export type LossReason = Extract<BackgroundFrame, { readonly t: 'lost' }>['reason']
