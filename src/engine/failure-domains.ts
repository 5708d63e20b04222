/**
 * Who is tried next after a failure: somebody who does not hang on the same thing that broke (`smart-client-architecture`,
 * RIP-06 §4: fallbacks from other failure domains). Pure.
 */
import type { Offer } from '../domain/offer.ts'

/** `host`: the machine did not answer. `upstream`: who stands behind it. `mint`: the money could not be made or taken there. */
export type Domain = 'host' | 'upstream' | 'mint'

export interface Broken {
  note(domain: Domain, offer: Offer, mint: string): void
  /** The first in the plan's order that shares nothing with what broke; when all do, the first of those that share least. */
  pick<C extends { readonly offer: Offer; readonly mint: string }>(candidates: readonly C[]): C | undefined
}

export function createBroken(): Broken {
  const broken = new Set<string>()
  return {
    note(domain, offer, mint) {
      const key = keys(offer, mint)[domain]
      if (key !== null) broken.add(key)
    },
    pick(candidates) {
      const shared = (candidate: { readonly offer: Offer; readonly mint: string }): number =>
        Object.values(keys(candidate.offer, candidate.mint)).filter((key) => key !== null && broken.has(key)).length
      return candidates.toSorted((a, b) => shared(a) - shared(b))[0]
    },
  }
}

function keys(offer: Offer, mint: string): Record<Domain, string | null> {
  const { upstream } = offer.model
  return { host: `host ${houseOf(offer.providerUrl)}`, upstream: upstream === undefined ? null : `upstream ${upstream}`, mint: `mint ${mint}` }
}

/** Names below one another stand in one house; addresses without a name each for themselves. */
function houseOf(url: string): string {
  const address = URL.parse(url)
  if (address === null) return url
  const isNumber = /^[\d.]+$|^\[/.test(address.hostname)
  return isNumber || address.hostname === 'localhost' ? address.host : address.hostname.split('.').slice(-2).join('.')
}
