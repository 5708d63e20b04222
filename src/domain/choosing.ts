/** What the user wants of a provider (RIP-06): what counts, and whom not to ask at all. */
import * as v from 'valibot'

/** `own`: the user's own weights. */
export type Profile = 'price' | 'speed' | 'trust' | 'quality' | 'own'
export const PROFILES: readonly Profile[] = ['price', 'speed', 'trust', 'quality', 'own']

/** What a choice can look at. */
export type Aspect = 'price' | 'speed' | 'reliability' | 'honesty' | 'trust' | 'quality'
export const ASPECTS: readonly Aspect[] = ['price', 'speed', 'reliability', 'honesty', 'trust', 'quality']

/** 0…10 each; only their ratio counts. */
export type Weights = Readonly<Record<Aspect, number>>

export interface Choosing {
  readonly profile: Profile
  /** Of the profile `own`. */
  readonly weights: Weights
  /** Dearest answer price, sat per million tokens; null: no bound. */
  readonly maxPriceSat: number | null
  /** Regions a provider may say it stands in, lower case; empty: anywhere. */
  readonly regions: readonly string[]
  /** Least trust, 0…100; 0: nobody is refused. */
  readonly minTrust: number
  /** Somebody at most so many follows away has to vouch for it; null: nobody has to. */
  readonly maxHops: number | null
  /** The id of the only provider to be asked; null: the best one. */
  readonly pin: string | null
}

export const DEFAULT_CHOOSING: Choosing = {
  profile: 'price',
  weights: { price: 5, speed: 3, reliability: 3, honesty: 2, trust: 1, quality: 1 },
  maxPriceSat: null,
  regions: [],
  minTrust: 0,
  maxHops: null,
  pin: null,
}

const weight = v.pipe(v.number(), v.minValue(0), v.maxValue(10))

/** For the borders that read one: the database, our screens, a backup file. */
export const choosingSchema = v.object({
  profile: v.picklist(PROFILES),
  weights: v.object({ price: weight, speed: weight, reliability: weight, honesty: weight, trust: weight, quality: weight }),
  maxPriceSat: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1e12))),
  regions: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(40))), v.maxLength(20), v.readonly()),
  minTrust: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  maxHops: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6))),
  pin: v.nullable(v.pipe(v.string(), v.maxLength(300))),
}) satisfies v.GenericSchema<unknown, Choosing>
