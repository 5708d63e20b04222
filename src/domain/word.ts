/** What the user says of a provider to everybody on Nostr: a recommendation or a warning (kind 38000; NIP-87, RIP-02), and what became of it. */

export type Verdict = 'recommend' | 'warn'

/** Whose key signs: the user's own, kept by a remote signer (NIP-46), or one made for this word alone. */
export type SignedBy = 'signer' | 'throw-away'

/** An event as it will be signed (NIP-01). */
export interface UnsignedEvent {
  readonly kind: number
  /** Hex. */
  readonly pubkey: string
  /** s */
  readonly created_at: number
  readonly tags: readonly (readonly string[])[]
  readonly content: string
}

export interface SignedEvent extends UnsignedEvent {
  readonly id: string
  readonly sig: string
}

/** What one relay said: `silent`: no answer, it may have it all the same. */
export interface Delivery {
  readonly relay: string
  readonly result: 'kept' | 'refused' | 'silent'
  /** The relay's own words. */
  readonly why: string
}

/** Signed, written down, then sent: without deliveries it is not known whether it left. */
export interface Statement {
  readonly event: SignedEvent
  readonly deliveries: readonly Delivery[]
}

export interface Word {
  readonly providerId: string
  readonly verdict: Verdict
  readonly text: string
  readonly by: SignedBy
  /** Hex key it is signed with. */
  readonly pubkey: string
  /** The word itself first. */
  readonly said: readonly Statement[]
  /** The wish to delete it (NIP-09); null: it stands. */
  readonly withdrawal: Statement | null
}

/** What would be signed and where it would go, to be looked at first. */
export interface WordDraft {
  readonly id: string
  readonly by: SignedBy
  readonly events: readonly UnsignedEvent[]
  readonly relays: readonly string[]
}

/** The remote signer that holds the user's key. */
export interface SignerView {
  readonly npub: string
  readonly relays: readonly string[]
  /** ms */
  readonly connectedAt: number
}
