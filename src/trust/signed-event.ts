/** One signed event of a person (NIP-01), as relays send it: shape and date first, the slow signature last. */
import { verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'

const hex = (length: number) => v.pipe(v.string(), v.length(length), v.regex(/^[0-9a-f]+$/))
const eventSchema = v.object({
  id: hex(64),
  pubkey: hex(64),
  sig: hex(128),
  kind: v.pipe(v.number(), v.integer()),
  created_at: v.pipe(v.number(), v.safeInteger()),
  tags: v.pipe(v.array(v.pipe(v.array(v.pipe(v.string(), v.maxLength(2048))), v.maxLength(16))), v.maxLength(20_000)),
  content: v.pipe(v.string(), v.maxLength(64 * 1024)),
})
export type SignedEvent = v.InferOutput<typeof eventSchema>

/** What relays send late, or is dated by a clock that is wrong, is still found: s behind the newest that is known. More than dates may be ahead. */
const LATE_SECONDS = 3_600
const AHEAD_SECONDS = 900

/** The event, unchecked; null when it is none, or is dated later than `nowSeconds` and a quarter of an hour. */
export function parsedEvent(event: unknown, nowSeconds: number): SignedEvent | null {
  const parsed = v.safeParse(eventSchema, event)
  return parsed.success && parsed.output.created_at <= nowSeconds + AHEAD_SECONDS ? parsed.output : null
}

/** A millisecond or more of computing. */
export function isSigned(event: SignedEvent): boolean {
  // a fresh object: nostr-tools remembers its verdict on the one it saw
  return verifyEvent({ ...event })
}

/** The event, checked; null as `parsedEvent`, and when its signature is not that of its author. */
export function checkedEvent(event: unknown, nowSeconds: number): SignedEvent | null {
  const parsed = parsedEvent(event, nowSeconds)
  return parsed !== null && isSigned(parsed) ? parsed : null
}

/**
 * The part of a question that leaves out what is known. By the authors' clocks: ours may be wrong, and would skip what came meanwhile.
 * @param known `created_at` of checked events, s; none: everything is asked for
 */
export function sinceLast(known: Iterable<number>): { readonly since?: number } {
  let newest = Number.NEGATIVE_INFINITY
  for (const at of known) newest = Math.max(newest, at)
  return newest <= LATE_SECONDS ? {} : { since: newest - LATE_SECONDS }
}
