/** What a finished request cost (routstr-node.md §6.1), and the shapes in which the node tells it (§6.2, §6.3). */
import * as v from 'valibot'
import type { ModelEntry } from './models.ts'

const count = v.optional(v.nullable(v.pipe(v.number(), v.minValue(0))), 0)
const usageSchema = v.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  input_tokens: count,
  output_tokens: count,
  cost: v.optional(v.unknown()),
  total_cost: v.optional(v.unknown()),
  prompt_tokens_details: v.optional(v.nullable(v.looseObject({ cached_tokens: count }))),
})

export interface Cost {
  base_msats: number
  input_msats: number
  output_msats: number
  total_msats: number
  total_usd: number
  input_tokens: number
  output_tokens: number
  cache_read_input_tokens: number
  cache_creation_input_tokens: number
  cache_read_msats: number
  cache_creation_msats: number
}

export interface CostRules {
  satUsd: number
  providerFee: number
  /** a dishonest node multiplies; an honest one has 1 */
  overcharge: number
}

const FREE: Omit<Cost, 'total_msats' | 'total_usd'> = {
  base_msats: 0,
  input_msats: 0,
  output_msats: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_msats: 0,
  cache_creation_msats: 0,
}

export const noCost = (): Cost => ({ ...FREE, total_msats: 0, total_usd: 0 })

const roundedToThousandth = (value: number): number => Math.round(value * 1000) / 1000

/** `requiredMsat` is charged flat when a rate is zero and the upstream names no price (rule 4). */
export function costOf(usageValue: unknown, model: ModelEntry, requiredMsat: number, rules: CostRules): Cost {
  const parsed = v.safeParse(usageSchema, usageValue)
  if (!parsed.success) return noCost() // rule 1: no usage, no charge
  const usage = parsed.output
  const prices = model.sats_pricing
  const input = (usage.prompt_tokens ?? 0) || (usage.input_tokens ?? 0)
  const output = (usage.completion_tokens ?? 0) || (usage.output_tokens ?? 0)
  const cached = Math.min(input, usage.prompt_tokens_details?.cached_tokens ?? 0)
  const finish = (totalMsat: number, outputMsat: number, baseMsat = 0): Cost => {
    const total = Math.ceil(totalMsat * rules.overcharge)
    const outputPart = baseMsat > 0 ? 0 : Math.trunc(outputMsat * rules.overcharge)
    return {
      ...FREE,
      base_msats: baseMsat > 0 ? total : 0,
      input_msats: baseMsat > 0 ? 0 : total - outputPart,
      output_msats: outputPart,
      total_msats: total,
      total_usd: (total / 1000) * rules.satUsd,
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: cached,
    }
  }
  const usd = [usage.cost, usage.total_cost].find((value): value is number => typeof value === 'number' && value > 0)
  if (usd !== undefined) {
    if (input + output === 0) return noCost()
    const total = Math.ceil(((usd * rules.providerFee) / rules.satUsd) * 1000) // rule 2: the upstream's price is authoritative
    return finish(total, (total * output) / (input + output))
  }
  if (!prices) return noCost()
  if (prices.prompt === 0 || prices.completion === 0) return finish(requiredMsat, 0, requiredMsat)
  const cacheRate = prices.input_cache_read || prices.prompt
  const inputMsat = roundedToThousandth((input - cached) * prices.prompt * 1000)
  const cacheMsat = roundedToThousandth(cached * cacheRate * 1000)
  const outputMsat = roundedToThousandth(output * prices.completion * 1000)
  return finish(Math.ceil(inputMsat + outputMsat + cacheMsat), outputMsat)
}

/** `usage.cost`: token counts belong to the usage itself, and a zero price in USD is left out (base.py:141-143). */
export function usageCost(cost: Cost): Record<string, number> {
  const { base_msats, input_msats, output_msats, total_msats, total_usd, cache_read_input_tokens, cache_creation_input_tokens } = cost
  const { cache_read_msats, cache_creation_msats } = cost
  const told = { base_msats, input_msats, output_msats, total_msats, cache_read_input_tokens, cache_creation_input_tokens, cache_read_msats, cache_creation_msats }
  return total_usd === 0 ? told : { ...told, total_usd }
}

/** `X-Routstr-*` headers (base.py:86-107). */
export function costHeaders(cost: Cost): Record<string, string> {
  return {
    'x-routstr-cost-msats': String(cost.total_msats),
    'x-routstr-input-cost-msats': String(cost.input_msats),
    'x-routstr-output-cost-msats': String(cost.output_msats),
    ...(cost.total_usd === 0 ? {} : { 'x-routstr-cost-usd': pythonFloat(cost.total_usd) }),
  }
}

/** Python writes 1.8e-05 where JavaScript writes 0.000018; clients must read both. */
function pythonFloat(value: number): string {
  if (value === 0 || Math.abs(value) >= 1e-4) return String(value)
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
}
