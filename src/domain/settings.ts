/** What the user can switch, with the defaults of the design. */
import { type Choosing, DEFAULT_CHOOSING } from './choosing.ts'
import { type FallbackRule, NO_FALLBACK } from './fallback.ts'
import type { SessionLife } from './session.ts'

export interface Settings {
  /** Every request is refused with `payments_paused`. */
  readonly paused: boolean
  /**
   * The one change we make to a request body (design §5.8): a missing `max_tokens` becomes this number, because without
   * it a node locks the price of a whole context. null: never touch the body.
   */
  readonly maxTokensCap: number | null
  /** Sessions are settled after this many ms without a request. */
  readonly sessionIdleMs: number
  /** Bound of balances left at providers, sats (design §6 Float). 0: one request at a time. */
  readonly floatSat: number
  /** Sessions are opened before they are asked for, within that bound. */
  readonly openAhead: boolean
  /** Of sites that have no rule of their own. */
  readonly sessionLife: SessionLife
  /** A provider never used before gets at most this, sats, until a settle came back right (*small first*). */
  readonly firstDepositSat: number
  /** The fuse: no more than this leaves the wallet in a minute without a person's own press, sats. */
  readonly fuseSatPerMinute: number
  /** When it tripped, ms (then payments are paused; null: it is whole), and since when it counts. */
  readonly fuse: { readonly trippedAt: number | null; readonly countsFrom: number }
  /**
   * A second provider is asked when the first is slower than nearly always; the slower one is left and its money settled.
   * Both within what the user allowed. Costs more deposits, so it is off.
   */
  readonly hedge: boolean
  /** Models are tried before they are needed, for at most so many sat a day (`engine/probing.ts`). null: never. */
  readonly probeSatPerDay: number | null
  /** Whom to ask; a site may have a profile of its own. */
  readonly choosing: Choosing
  /** When the model asked for can not be had; a site may have a rule of its own, and a page's own list comes before both. */
  readonly fallback: FallbackRule
  /** Ids of providers the user likes: their own word counts most. */
  readonly favourites: readonly string[]
  /** Who the user is on Nostr: whom they follow is heard about providers. Never told to anybody. null: nobody is heard. */
  readonly npub: string | null
  readonly relays: readonly string[]
  /** Opens loopback addresses: the development network. */
  readonly developer: boolean
}

/** Relays: the node's own default list (`routstr-node.md` §8.2). */
export const DEFAULT_SETTINGS: Settings = {
  paused: false,
  maxTokensCap: 4096,
  sessionIdleMs: 5 * 60_000,
  floatSat: 500,
  openAhead: true,
  sessionLife: 'site',
  firstDepositSat: 50,
  fuseSatPerMinute: 2_000,
  fuse: { trippedAt: null, countsFrom: 0 },
  hedge: false,
  probeSatPerDay: null,
  choosing: DEFAULT_CHOOSING,
  fallback: NO_FALLBACK,
  favourites: [],
  npub: null,
  relays: ['wss://relay.routstr.com', 'wss://relay.damus.io', 'wss://nos.lol', 'wss://relay.nostr.band'],
  developer: false,
}

/** With fake sats: no relay of the real market, only what runs on this computer. */
export const FAKE_SATS_SETTINGS: Settings = { ...DEFAULT_SETTINGS, relays: [], developer: true }
