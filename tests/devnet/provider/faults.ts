/** Switches of a provider: each reproduces something a real or a hostile node does (routstr-node.md §12.2). */

export const FAULT_KINDS = [
  'upstream-500', 'upstream-429', 'upstream-400', 'upstream-dead',
  'midstream-error', 'midstream-cut', 'no-usage',
  'slow-first-byte', // value: milliseconds (500)
  'drop-create-response', 'drop-topup-response', 'drop-refund-response', 'drop-chat-response', // work done, answer lost
  'refund-503', // balance restored
  'refund-409', 'refund-410',
  'refund-502', // balance withheld until the next refund call
  'refund-ongoing', // 400 "ongoing requests"
  'refund-425', // X-Cashu refund: pending for ever
  'refund-stale', // an older (or already spent) token; the balance stays
  'refund-smaller', // the token is worth half of its `sats`; the balance is gone
  'refund-other-mint', // the change is on the other mint; the balance is gone
  'refund-garbage', // not a token; the balance stays
  'overcharge', // value: factor (3)
  'token-consumed', // the token is redeemed, no account is made
  'redirect', // 307 to another origin
  'html', 'never-ending',
  'huge-402', // demands a huge amount
  'price-null', // no price feed
  'silence', // accepts, never answers
  'stale-content-length', // X-Cashu: headers with change, then a broken body (trap 11)
  'echo-as-change', // X-Cashu: the payer's own token comes back as change
  'invoice-refused', // 500 "Failed to create Lightning invoice"
  'invoice-dearer', // for twice the amount that was asked for
  'invoice-uncredited', // the payment arrives, the status stays pending
  'invoice-forgotten', // the status is not found; recover knows it
  'invoice-lapsed', // the status says expired; recover credits it
  'wrong-npub', // /v1/info names another key than the announcement
  'status', // value: HTTP status with a plain JSON error
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface FaultOptions {
  value?: number
  /** only requests with a matching path; by default whatever the fault is about */
  path?: RegExp
}

export interface Faults {
  /** arms a fault for the next `times` requests it applies to; `Infinity` keeps it until cleared */
  fault(kind: FaultKind, times?: number, options?: FaultOptions | number): void
  clearFaults(kind?: FaultKind): void
  /** consumes one use; undefined when not armed */
  take(kind: FaultKind, path?: string): { value?: number } | undefined
  /** like `take`, but a fault without a `path` applies only where `usual` holds */
  takeScoped(kind: FaultKind, path: string, usual: boolean): { value?: number } | undefined
  isArmed(kind: FaultKind): boolean
}

export function createFaults(): Faults {
  let armed: { kind: FaultKind; times: number; options: FaultOptions }[] = []
  const takeScoped = (kind: FaultKind, path: string, usual: boolean): { value?: number } | undefined => {
    const applies = (options: FaultOptions): boolean => options.path?.test(path) ?? usual
    const entry = armed.find((candidate) => candidate.kind === kind && candidate.times > 0 && applies(candidate.options))
    if (!entry) return undefined
    entry.times -= 1
    return entry.options
  }
  return {
    fault(kind, times = 1, options = {}) {
      armed.push({ kind, times, options: typeof options === 'number' ? { value: options } : options })
    },
    clearFaults(kind) {
      armed = kind === undefined ? [] : armed.filter((entry) => entry.kind !== kind)
    },
    take: (kind, path = '') => takeScoped(kind, path, true),
    takeScoped,
    isArmed: (kind) => armed.some((entry) => entry.kind === kind && entry.times > 0),
  }
}
