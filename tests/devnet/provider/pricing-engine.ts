/**
 * The seller's pricing: how dear an hour is follows what is running now (load), how many asked lately compared with before
 * (demand), the hour of the day, and a script; their product moves every price while requests run. Off unless started.
 */
import type { ModelSpec } from './models.ts'

export interface PricingRules {
  /** milliseconds between two adjustments (1000) */
  intervalMs?: number
  /** this factor when every slot of the upstreams is busy, or ten requests came within the interval */
  load?: number
  /** up to this factor when many more ask than on the average before, down to its inverse when fewer do */
  demand?: number
  /** intervals that the average of demand looks back (10) */
  memory?: number
  /** factors for the hours of the day, 0–23 */
  hours?: readonly number[]
  /** factors used one after another, round and round */
  script?: readonly number[]
}

/** Why prices are what they are: one adjustment. */
export interface PricingStep {
  /** milliseconds since 1970 */
  at: number
  requests: number
  /** requests per interval on the average before */
  usual: number
  load: number
  demand: number
  hour: number
  script: number
  factor: number
}

export interface PricingEngine {
  start(rules: PricingRules): void
  /** one adjustment now */
  step(): PricingStep
  /** the last adjustments, oldest first */
  history(): readonly PricingStep[]
  /** the models it moves are others now: their present prices are the base */
  rebase(): void
  /** stops and puts the base prices back */
  stop(): void
}

const KEPT_STEPS = 500
const FULL_REQUESTS = 10

export function createPricingEngine(target: {
  base: () => { id: string; price: ModelSpec['price'] }[]
  requestCount: () => number
  /** share of the upstreams' slots in use */
  load: () => number
  setPrices: (id: string, price: { promptSat: number; completionSat: number }) => void
  now?: () => number
}): PricingEngine {
  const now = target.now ?? Date.now
  let timer: NodeJS.Timeout | undefined
  let rules: PricingRules = {}
  let steps: PricingStep[] = []
  let count = 0
  let seen = 0
  let usual: number | null = null
  let base: { id: string; price: ModelSpec['price'] }[] = []

  function apply(factor: number): void {
    for (const { id, price } of base) {
      if ('promptSat' in price) target.setPrices(id, { promptSat: price.promptSat * factor, completionSat: price.completionSat * factor })
    }
  }

  function step(): PricingStep {
    const requests = target.requestCount() - seen
    seen += requests
    const before = usual ?? requests
    usual = before + (requests - before) / Math.max(1, rules.memory ?? 10)
    const busy = Math.min(1, Math.max(target.load(), requests / FULL_REQUESTS))
    const load = 1 + ((rules.load ?? 1) - 1) * busy
    // one more on both sides: the first request after silence is no boom
    const demand = between(1 / (rules.demand ?? 1), (requests + 1) / (before + 1), rules.demand ?? 1)
    const hour = rules.hours?.[new Date(now()).getHours()] ?? 1
    const script = rules.script?.[count % rules.script.length] ?? 1
    count += 1
    const done: PricingStep = { at: now(), requests, usual: before, load, demand, hour, script, factor: load * demand * hour * script }
    steps = [...steps, done].slice(-KEPT_STEPS)
    apply(done.factor)
    return done
  }

  function halt(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    start(next) {
      halt()
      // after another one: from the prices that were there before it
      if (base.length > 0) apply(1)
      rules = next
      steps = []
      count = 0
      usual = null
      seen = target.requestCount()
      base = target.base()
      timer = setInterval(step, rules.intervalMs ?? 1000)
      timer.unref()
    },
    step,
    history: () => steps,
    rebase() {
      const factor = steps.at(-1)?.factor ?? 1
      const known = new Map(base.map(({ id, price }) => [id, price]))
      base = target.base().map(({ id, price }) => ({ id, price: known.get(id) ?? price }))
      if (timer !== undefined) apply(factor)
    },
    stop() {
      halt()
      apply(1)
      base = []
    },
  }
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
