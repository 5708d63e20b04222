/** Quotes over bolt11 in both directions (NUT-04, 05, 08, 20, 23). */
import { createMeltQuotes, type MeltQuotes } from './melt-quotes.ts'
import { createMintQuotes, type MintQuotes } from './mint-quotes.ts'
import { quoteNotFound, type QuoteSettings, type QuoteWorld } from './quote-facts.ts'

export interface Quotes extends MintQuotes, MeltQuotes {
  readonly settings: QuoteSettings
  /** puts the expiry of a mint or melt quote into the past */
  expireQuote(id: string): void
}

export function createQuotes(world: QuoteWorld): Quotes {
  const minting = createMintQuotes(world)
  const melting = createMeltQuotes(world)
  return {
    settings: world.settings,
    ...minting,
    ...melting,
    expireQuote(id) {
      if (!minting.expireMintQuote(id) && !melting.expireMeltQuote(id)) throw quoteNotFound()
    },
  }
}
