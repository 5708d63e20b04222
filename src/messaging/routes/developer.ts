/** Screen routes of the developer room. */
import * as v from 'valibot'
import type { DryRun } from '../../domain/dry-run.ts'
import type { Msat } from '../../domain/msat.ts'
import type { Timeline, TimelineHead } from '../../domain/timeline.ts'
import type { Ledger } from '../../domain/wallet.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const nothing = v.object({})

export const developerInputs = {
  /** Reads `devnet.json`, opens loopback, trusts its mints, adds its relays and providers, receives its token. */
  'developer.connect': v.object({ configUrl: text(512) }),
  'developer.ledger': nothing,

  /** Which wallet is in use. */
  'fakesats.get': nothing,
  /** The other wallet takes its place; running requests are stopped. */
  'fakesats.change': v.object({ on: v.boolean() }),

  /** The latest requests, newest first. */
  'timeline.list': nothing,
  /** null: neither watched nor on any receipt. */
  'timeline.get': v.object({ id: text(64) }),
  /** A request played up to the moment before anything is asked or paid. `origin` null: of a site that has never asked. */
  'dryrun.preview': v.object({ origin: v.nullable(text(1024)), path: text(200), body: text(1_000_000) }),
} as const

export interface DeveloperOutputs {
  'developer.connect': { readonly mints: number; readonly providers: number; readonly receivedMsat: Msat }
  'developer.ledger': Ledger
  'fakesats.get': { readonly on: boolean }
  'fakesats.change': null
  'timeline.list': readonly TimelineHead[]
  'timeline.get': Timeline | null
  'dryrun.preview': DryRun
}
