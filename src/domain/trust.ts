/** The one score of a provider, with its parts readable by a person. */

/** A part of the score: what was seen, how good that is, and how much it counts. */
export interface TrustPart {
  readonly name: 'answers' | 'money' | 'models' | 'uptime' | 'people' | 'measured' | 'reviewer' | 'followed' | 'followers' | 'favourite'
  /** 0…1 */
  readonly value: number
  /** Beside the weight 1 of knowing nothing. */
  readonly weight: number
  /** One line: the facts behind the value. */
  readonly says: string
}

export interface TrustScore {
  /** 0…100 */
  readonly score: number
  readonly parts: readonly TrustPart[]
  /** Follows between the user and the nearest who vouches for it; null: nobody. */
  readonly hops: number | null
}
