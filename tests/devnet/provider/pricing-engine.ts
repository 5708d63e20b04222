/** Moves a provider's prices while it runs: by load, by the hour, or along a script. Off unless started. */
import type { ModelSpec } from './models.ts'

export interface PricingRules {
  /** milliseconds between two adjustments (1000) */
  intervalMs?: number
  /** up to this factor at ten or more requests within the interval */
  load?: number
  /** factor for an hour of the day, 0–23 */
  hour?: (hour: number) => number
  /** factors used one after another, round and round */
  script?: readonly number[]
}

export interface PricingEngine {
  start(rules: PricingRules): void
  /** one adjustment now */
  step(): void
  /** stops and puts the base prices back */
  stop(): void
}

export function createPricingEngine(target: {
  base: () => { id: string; price: ModelSpec['price'] }[]
  requestCount: () => number
  setPrices: (id: string, price: { promptSat: number; completionSat: number }) => void
}): PricingEngine {
  let timer: NodeJS.Timeout | undefined
  let rules: PricingRules = {}
  let steps = 0
  let seen = 0
  let base: { id: string; price: ModelSpec['price'] }[] = []

  function apply(factor: number): void {
    for (const { id, price } of base) {
      if ('promptSat' in price) target.setPrices(id, { promptSat: price.promptSat * factor, completionSat: price.completionSat * factor })
    }
  }

  function step(): void {
    const requests = target.requestCount() - seen
    seen += requests
    const byLoad = 1 + ((rules.load ?? 1) - 1) * Math.min(1, requests / 10)
    const byHour = rules.hour?.(new Date().getHours()) ?? 1
    const byScript = rules.script?.[steps % rules.script.length] ?? 1
    steps += 1
    apply(byLoad * byHour * byScript)
  }

  function halt(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    start(next) {
      halt()
      rules = next
      steps = 0
      seen = target.requestCount()
      base = target.base()
      timer = setInterval(step, rules.intervalMs ?? 1000)
      timer.unref()
    },
    step,
    stop() {
      halt()
      apply(1)
    },
  }
}
