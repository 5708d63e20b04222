/** Routes of our own screens for the passphrase: set, unlock, lock, change, remove, forget. */
import * as v from 'valibot'
import { type LockView, SHORTEST_PASSPHRASE } from '../../domain/lock.ts'
import type { Msat } from '../../domain/msat.ts'

const LONGEST = 1_024
/** Spaces count: nothing is trimmed. */
const typed = v.pipe(v.string(), v.minLength(1), v.maxLength(LONGEST))
const chosen = v.pipe(v.string(), v.minLength(SHORTEST_PASSPHRASE, `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`), v.maxLength(LONGEST))
const nothing = v.object({})
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

export const lockInputs = {
  'lock.get': nothing,
  /** @throws invalid_request_error (too short, or there is one already) */
  'lock.protect': v.object({ passphrase: chosen }),
  /** @throws wrong_passphrase, later after each wrong one */
  'lock.unlock': v.object({ passphrase: typed }),
  /** Stops running requests. Brings nothing home: what is at providers waits there. */
  'lock.lock': nothing,
  /** @throws wrong_passphrase */
  'lock.change': v.object({ current: typed, next: chosen }),
  /** @throws wrong_passphrase */
  'lock.unprotect': v.object({ current: typed }),
  'lock.autoLock': v.object({ minutes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_080))) }),
  /** The locked wallet is put aside untouched, an empty one takes its place. */
  'lock.startOver': v.object({ confirm: v.literal(true) }),
  /** The wallet in use and the one put aside change places. @throws not_found */
  'lock.reopen': v.object({ id }),
} as const

export interface LockOutputs {
  'lock.get': LockView
  'lock.protect': null
  'lock.unlock': null
  /** What was left at providers; null when it was locked already. */
  'lock.lock': { readonly atProvidersMsat: Msat | null }
  'lock.change': null
  'lock.unprotect': null
  'lock.autoLock': null
  'lock.startOver': null
  'lock.reopen': null
}
