import type { Aspect, Profile } from '../../domain/choosing.ts'

export const profileWords: Readonly<Record<Profile, string>> = {
  price: 'Price',
  speed: 'Speed',
  trust: 'Trust',
  quality: 'Quality',
  own: 'Own weights',
}

export const profileHints: Readonly<Record<Profile, string>> = {
  price: 'The cheapest that answers and is honest about it.',
  speed: 'The one whose whole answer is there first, as measured on your requests.',
  trust: 'The one with the best record with you and the people you follow.',
  quality: 'The one that answers whole, and with the model that was asked.',
  own: 'You say how much each thing counts.',
}

export const aspectWords: Readonly<Record<Aspect, string>> = {
  price: 'Price',
  speed: 'Speed',
  reliability: 'Whole answers',
  honesty: 'Honest about money',
  trust: 'Trust',
  quality: 'True to the model',
}

export const choosingWords = {
  title: 'Choosing a provider',
  lead: 'For each request the providers that fit are compared, and one of the best is drawn. The receipt says why it was this one.',
  counts: 'What counts',
  asSet: 'as in Settings',
  bounds: 'Never ask a provider that…',
  maxPrice: 'is dearer than',
  maxPriceUnit: 'sat per 1M answer tokens',
  maxPriceError: 'A number, or empty for any price.',
  minTrust: 'is trusted less than',
  minTrustUnit: 'of 100',
  minTrustError: 'A whole number from 0 to 100.',
  hops: 'nobody vouches for within',
  hopsUnit: 'follows',
  hopsError: 'A whole number from 0 to 6, or empty for no such rule.',
  pinned: 'Only this provider is asked',
  unpin: 'Ask all again',
  npub: 'Your npub',
  npubUnit: 'public key',
  npubHint: 'Whom you follow, and whom they follow, is read from your relays; their words about providers count, the nearer the more. Your key is told to the relays only by that question.',
  npubError: 'An address that begins with npub1, or empty.',
} as const

export const fallbackWords = {
  title: 'When a model can not be had',
  hint: 'Gone, too dear or failing at every provider. Another model answers only if the page lists it itself or you choose so here; the receipt says which one and why.',
  global: 'as in Settings',
  none: 'Say so to the page',
  recommended: 'A recommended one, no dearer',
  model: 'One that I name',
  name: 'Answered by',
  nameUnit: 'model',
  nameWrong: 'The name of a model, as under Providers → Models.',
} as const
