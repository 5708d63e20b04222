/** Who sells what: providers, their models, and the price of one at a time. */

/**
 * Prices of one model at one provider as the node publishes them (`sats_pricing`): sats per token as floating point
 * numbers, and the whole-request bounds in sats. Kept unrounded, because the node's required-amount formula works on them.
 * Source: `routstr-node.md` §2.4.
 */
export interface PriceSheet {
  readonly promptSat: number
  readonly completionSat: number
  readonly maxPromptSat: number
  readonly maxCompletionSat: number
  readonly maxCostSat: number
}

export interface Model {
  /** As listed by this provider; sent back to it in requests. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Every other name this provider accepts for it, lower case. */
  readonly aliases: readonly string[]
  /** Tokens; null when not published. */
  readonly contextLength: number | null
  /** `top_provider` of the node's entry; null when absent. The required-amount formula needs to know which it was. */
  readonly topProvider: { readonly contextLength: number | null; readonly maxCompletionTokens: number | null } | null
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  /** Request fields it understands (`tools`, `response_format`), as listed; absent: the list says nothing. */
  readonly parameters?: readonly string[]
  /** null: the node has no price at the moment and must not be paid (`routstr-node.md` §1.9). */
  readonly price: PriceSheet | null
  /** The kind of upstream behind it, when it says more than that there is one: `openrouter`. What fails there fails for all who use it. */
  readonly upstream?: string
  /** What a dollar was worth when the node made its list: its price in USD beside the one in sats. Absent when it can not be told. */
  readonly satPerUsd?: number
}

export interface Provider {
  /** `pubkey:d` of the announcement, or `url:` + address for one added by hand. */
  readonly id: string
  /** Without trailing slash. */
  readonly url: string
  readonly name: string
  readonly about: string
  /** Hex public key of the announcement, null when added by hand. */
  readonly pubkey: string | null
  /** Exact mint strings of `/v1/info`; the first is the primary. */
  readonly mints: readonly string[]
  readonly version: string
  /** `directory` and `built-in`: known only because every relay was silent; an announcement of the same address comes before them. */
  readonly source: 'nostr' | 'user' | 'devnet' | 'directory' | 'built-in'
  /** When `/v1/info` and `/v1/models` last answered, ms; null: never yet. */
  readonly seenAt: number | null
  /** Why it could not be read last time; null when it answered. */
  readonly problem: string | null
  readonly blocked: boolean
}

/** Provider × model × price, at a time. */
export interface Offer {
  readonly providerId: string
  readonly providerUrl: string
  readonly providerName: string
  readonly mints: readonly string[]
  /** Where the provider says it stands, lower case; absent: it does not say. */
  readonly region?: string
  readonly model: Model
  /** When this price was read, ms. */
  readonly at: number
}
