/**
 * Money operations that must survive a dead worker (design §5.3).
 *
 *   swap-shaped (receive, split, takeBack):  requested ──answer of the mint──▶ done
 *                                                └──never acceptable──▶ failed (inputs go back where they came from)
 *   send:                                    sent ──redeemed by the receiver──▶ claimed
 *                                                └──takeBack done──▶ takenBack
 *
 * A swap is written down complete, outputs included, before it is sent; recovery sends the identical request again.
 */
import type { PackedSwap } from './mint.ts'

interface OperationFacts {
  readonly id: string
  readonly mint: string
  readonly unit: string
  readonly createdAt: number
}

export interface SwapOperation extends OperationFacts {
  readonly kind: 'receive' | 'split' | 'takeBack'
  readonly state: 'requested' | 'done' | 'failed'
  readonly swap: PackedSwap
  /** Secrets of own notes among the inputs (split); they are `swapping` meanwhile. */
  readonly ownSecrets: readonly string[]
  /** Incoming tokens this swap redeems (receive). */
  readonly incomingIds: readonly string[]
  /** The send whose notes are claimed back (takeBack). */
  readonly sendId: string | null
  /** Whole units, as all amounts here. */
  readonly inputAmount: number
  readonly outputAmount: number
  readonly tries: number
  /** Not before this time, ms. */
  readonly nextTryAt: number
  readonly problem: string | null
}

export interface SendOperation extends OperationFacts {
  readonly kind: 'send'
  readonly state: 'sent' | 'claimed' | 'takenBack'
  /** The string itself: an account key derives from it, it must never be encoded twice. */
  readonly token: string
  readonly amount: number
  readonly secrets: readonly string[]
  /** `user`: handed to a person; `session`: it funds a session, which decides when it comes back. */
  readonly purpose: 'user' | 'session'
  readonly memo: string | null
}

export type Operation = SwapOperation | SendOperation

export function isSwap(operation: Operation): operation is SwapOperation {
  return operation.kind !== 'send'
}

/** 2 s, 4 s, 8 s … at most 5 minutes. */
export function nextTry(now: number, tries: number): number {
  return now + Math.min(300_000, 2_000 * 2 ** Math.min(tries, 12))
}
