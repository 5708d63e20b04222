/** Screen routes of the market: relays, one provider with the sources of what is known about it, the models and their names. */
import * as v from 'valibot'
import type { ModelPrices, ProviderRecord } from '../../domain/provider-record.ts'
import type { ProbesToday } from '../../domain/probes.ts'
import type { PriceSheet } from '../../domain/offer.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { RelayHealth } from '../../domain/relay-health.ts'
import { type Recommendation, type Task, TASKS } from '../../domain/task.ts'
import type { TrustScore } from '../../domain/trust.ts'
import type { SessionView } from './tokens.ts'

const nothing = v.object({})

export const marketInputs = {
  /** How the relays of the settings do, in their order. */
  'relays.list': nothing,
  'providers.get': v.object({ id: v.pipe(v.string(), v.minLength(1), v.maxLength(300)) }),
  /** What is sold, under one name each, and what which provider calls it. */
  'models.list': nothing,
  /** Models for a kind of request, best first. */
  'models.recommended': v.object({ task: v.picklist(TASKS) }),
  /** What trying models has cost today. */
  'probes.get': nothing,
} as const

/** Everything on a provider's page. */
export interface ProviderPageView extends ProviderRecord {
  readonly prices: readonly ModelPrices[]
  readonly trust: TrustScore
  /** The id under which people speak of it on Nostr; null: nobody announces it. */
  readonly spokenAs: string | null
  /** As in `ProviderView`. */
  readonly notFunded: string | null
  readonly mismatches: number
  /** Money placed there, or in question. */
  readonly sessions: readonly SessionView[]
  /** The newest in which it was asked. */
  readonly receipts: readonly Receipt[]
}

export interface SoldModel {
  /** The one name under which it is asked for. */
  readonly id: string
  /** What it is among the best for. */
  readonly recommendedFor: readonly Task[]
  readonly offers: readonly {
    readonly providerId: string
    readonly providerName: string
    /** What this provider calls it. */
    readonly calledId: string
    /** Why the two names mean the same. */
    readonly because: 'listed' | 'spelling' | 'alias' | 'date' | 'mapping'
    readonly price: PriceSheet | null
    /** ms */
    readonly at: number
  }[]
}

export interface MarketOutputs {
  'relays.list': readonly RelayHealth[]
  'providers.get': ProviderPageView | null
  'models.list': readonly SoldModel[]
  'models.recommended': readonly Recommendation[]
  'probes.get': ProbesToday
}
