/** Pieces of a market for tests of the choice. */
import { NO_ODDS } from '../../../src/domain/audit.ts'
import { msat } from '../../../src/domain/msat.ts'
import type { Model, Offer } from '../../../src/domain/offer.ts'
import type { Bounds, Known, Need, PricedOffer } from '../../../src/routing/known.ts'

export const ANYBODY: Bounds = { maxPriceSat: null, regions: [], minTrust: 0, maxHops: null, pin: null }
export const NO_NEED: Need = { tools: false, vision: false, json: false, contextTokens: 0, answerTokens: 300, maxCostMsat: null }

export const stranger = (): Known => ({
  reliability: NO_ODDS,
  recent: NO_ODDS,
  honesty: NO_ODDS,
  authenticity: NO_ODDS,
  firstTokenMs: null,
  tokensPerSecond: null,
  charged: null,
  trust: 0.4,
  hops: null,
})

export interface Shape {
  readonly required?: number
  readonly mints?: readonly string[]
  readonly model?: Partial<Model>
  readonly region?: string
}

export function priced(name: string, expected: number, { required, mints = ['mint-a'], model, region }: Shape = {}): PricedOffer {
  const offer: Offer = {
    providerId: name,
    providerUrl: `https://${name}.dev`,
    providerName: name,
    mints,
    ...(region === undefined ? {} : { region }),
    model: {
      id: 'owl',
      name: 'Owl',
      description: '',
      aliases: [],
      contextLength: null,
      topProvider: null,
      inputModalities: [],
      outputModalities: [],
      price: null,
      ...model,
    },
    at: 0,
  }
  return { offer, expectedMsat: msat(expected), requiredMsat: msat(required ?? expected * 2) }
}
