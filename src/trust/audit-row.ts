/**
 * Own audits (RIP-04, RIP-09) of one provider, as counts that fade: what is long ago says little, and few observations say little. Each
 * observation is a receipt, a settle or a ping, so every number can be traced; the row is nothing but their faded sum. Pure.
 */
import { type Measured, NO_ODDS, type Odds } from '../domain/audit.ts'

/** Faded sums of a logarithm: enough for mean and scatter. */
export interface Moments {
  readonly count: number
  readonly sum: number
  readonly squares: number
}

export interface AuditRow {
  /** Address of the provider, and ` model` behind it for what depends on the model. */
  readonly id: string
  readonly url: string
  /** Lower case; empty: the provider as a whole. */
  readonly model: string
  /** All sums are faded to this moment, ms. */
  readonly at: number
  /** Whole answers against failures. */
  readonly answers: Odds
  /** The same of the latest eight or so, forgotten within hours: whether it is down now. */
  readonly recent: Odds
  /** Charges within tolerance of the price sheet against others. */
  readonly prices: Odds
  /** Answers that name the model asked against those that name another. */
  readonly models: Odds
  /** `/v1/info` and `/v1/models` that answered against those that did not. */
  readonly pings: Odds
  readonly firstToken: Moments
  readonly rate: Moments
  /** Charged ÷ expected. */
  readonly charged: Moments
  /** Observations ever, unfaded. */
  readonly seen: number
}

export interface Observation {
  readonly answer?: boolean
  readonly price?: boolean
  readonly model?: boolean
  readonly ping?: boolean
  readonly firstTokenMs?: number
  readonly tokensPerSecond?: number
  readonly chargedRatio?: number
}

const HOUR = 3_600_000
/** Half of what an observation said is forgotten after. A node that was down last night may be well; who cheated is watched for days. */
export const HALF_LIFE_MS = { answers: 72 * HOUR, recent: 2 * HOUR, pings: 24 * HOUR, speed: 36 * HOUR, money: 24 * HOUR, models: 72 * HOUR } as const
/** Measured values count at most as the latest so many: who changes is known for it within a handful of requests. */
const LATEST = 8

const NO_MOMENTS: Moments = { count: 0, sum: 0, squares: 0 }

export function emptyRow(url: string, model: string, at: number): AuditRow {
  const id = model === '' ? url : `${url} ${model}`
  const none = { answers: NO_ODDS, recent: NO_ODDS, prices: NO_ODDS, models: NO_ODDS, pings: NO_ODDS, firstToken: NO_MOMENTS, rate: NO_MOMENTS, charged: NO_MOMENTS }
  return { id, url, model, at, ...none, seen: 0 }
}

export function observed(row: AuditRow, observation: Observation, now: number): AuditRow {
  const faded = fadedTo(row, now)
  const { answer, price, model, ping, firstTokenMs, tokensPerSecond, chargedRatio } = observation
  return {
    ...faded,
    answers: counted(faded.answers, answer),
    recent: answer === undefined ? faded.recent : counted(scaled(faded.recent, 1 - 1 / LATEST), answer),
    prices: counted(faded.prices, price),
    models: counted(faded.models, model),
    pings: counted(faded.pings, ping),
    firstToken: measured(faded.firstToken, firstTokenMs),
    rate: measured(faded.rate, tokensPerSecond),
    charged: measured(faded.charged, chargedRatio),
    seen: row.seen + 1,
  }
}

/** A clock that was set back fades nothing. */
export function fadedTo(row: AuditRow, now: number): AuditRow {
  const passed = Math.max(0, now - row.at)
  if (passed === 0) return row
  const left = (halfLife: number): number => 2 ** (-passed / halfLife)
  const moments = ({ count, sum, squares }: Moments, share: number): Moments => ({ count: count * share, sum: sum * share, squares: squares * share })
  return {
    ...row,
    at: now,
    answers: scaled(row.answers, left(HALF_LIFE_MS.answers)),
    recent: scaled(row.recent, left(HALF_LIFE_MS.recent)),
    prices: scaled(row.prices, left(HALF_LIFE_MS.money)),
    models: scaled(row.models, left(HALF_LIFE_MS.models)),
    pings: scaled(row.pings, left(HALF_LIFE_MS.pings)),
    firstToken: moments(row.firstToken, left(HALF_LIFE_MS.speed)),
    rate: moments(row.rate, left(HALF_LIFE_MS.speed)),
    charged: moments(row.charged, left(HALF_LIFE_MS.money)),
  }
}

/** null: never measured, or so long ago that it says nothing. */
export function measuredOf({ count, sum, squares }: Moments): Measured | null {
  if (count < 0.05) return null
  const mean = sum / count
  return { typical: Math.exp(mean), spread: Math.sqrt(Math.max(0, squares / count - mean * mean)), count }
}

function scaled({ good, bad }: Odds, share: number): Odds {
  return { good: good * share, bad: bad * share }
}

function counted(odds: Odds, good: boolean | undefined): Odds {
  if (good === undefined) return odds
  return good ? { ...odds, good: odds.good + 1 } : { ...odds, bad: odds.bad + 1 }
}

function measured(moments: Moments, value: number | undefined): Moments {
  if (value === undefined || !(value > 0)) return moments
  const log = Math.log(value)
  const left = moments.count + 1 > LATEST ? (LATEST - 1) / moments.count : 1
  return { count: moments.count * left + 1, sum: moments.sum * left + log, squares: moments.squares * left + log * log }
}
