/** Where the latest requests went: the load is spread by it. In memory; a new worker has no habits. */

export interface Spread {
  note(providerId: string): void
  /** 0…1 of about the latest twenty. */
  shareOf(providerId: string): number
}

/** Each request makes the earlier ones count a twentieth less. */
const LEFT = 0.95
const FORGOTTEN = 0.01

export function createSpread(): Spread {
  const shares = new Map<string, number>()
  let all = 0
  return {
    note(providerId) {
      all = all * LEFT + 1
      for (const [id, share] of shares) {
        if (share * LEFT < FORGOTTEN) shares.delete(id)
        else shares.set(id, share * LEFT)
      }
      shares.set(providerId, (shares.get(providerId) ?? 0) + 1)
    },
    // until there are a few, nobody has had too many
    shareOf: (providerId) => (shares.get(providerId) ?? 0) / Math.max(all, 5),
  }
}
