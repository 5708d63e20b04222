/** Routes of our own screens for the same money in several browsers (NIP-60). */
import * as v from 'valibot'
import type { SyncView } from '../../domain/backup.ts'
import type { Msat } from '../../domain/msat.ts'

const nothing = v.object({})
const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))

export const syncInputs = {
  'sync.get': nothing,
  /** null: the key that was there, or a new one. @throws invalid_request_error (no key), not_empty (money under the key in use) */
  'sync.enable': v.object({ nsec: v.nullable(text(200)) }),
  'sync.disable': nothing,
  /** Asks and tells the relays at once; what went wrong is in `sync.get`. */
  'sync.now': nothing,
  /** The secret key. Only on a deliberate press. @throws not_found */
  'sync.reveal': nothing,
  /** Takes over what other browsers hold, of one mint (trusted from then on) or of all trusted ones. @throws mint_unreachable (no relay answered), not_found */
  'sync.bringHere': v.object({ mint: v.nullable(text(512)) }),
} as const

export interface SyncOutputs {
  'sync.get': SyncView
  'sync.enable': null
  'sync.disable': null
  'sync.now': null
  'sync.reveal': { readonly nsec: string }
  'sync.bringHere': { readonly broughtMsat: Msat }
}
