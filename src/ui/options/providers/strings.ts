import type { Provider } from '../../../domain/offer.ts'

export const providerWords = {
  lead: 'Providers sell inference. They are found on Nostr and asked for their models and prices; for each request the best one is picked.',
  empty: 'No provider found yet',
  emptyText: 'Providers announce themselves on Nostr relays. Look again in a moment, or add one by its address.',
  add: 'Add a provider',
  addButton: 'Add',
  refresh: 'Refresh',
  filter: 'Find a provider or model',
  noMatch: 'No provider or model of this name.',
  noPrice: 'no price now',
  prices: 'Prices in sat per 1 000 000 tokens',
  noMint: 'No mint in common that holds money of yours: receive a token of one of its mints.',
} as const

export const sourceWords: Readonly<Record<Provider['source'], string>> = { nostr: 'found on Nostr', user: 'added by you', devnet: 'development network' }
