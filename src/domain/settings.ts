/** What the user can switch, with the defaults of the design. */
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
  relays: ['wss://relay.routstr.com', 'wss://relay.damus.io', 'wss://nos.lol', 'wss://relay.nostr.band'],
  developer: false,
}
