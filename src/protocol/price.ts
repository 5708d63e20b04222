/** What a request locks and what it costs, by the node's own arithmetic (`routstr-node.md` §4.1 and §6.1). */
import { RoutstrError } from '../domain/errors.ts'
import { costUp, maxMsat, minMsat, msat, ZERO_MSAT, type Msat } from '../domain/msat.ts'
import type { Model, PriceSheet } from '../domain/offer.ts'
import type { InferenceRequest } from './request-body.ts'

/** TOLERANCE_PERCENTAGE and MIN_REQUEST_MSAT of the node; not published, these are the defaults. */
const TOLERANCE_PERCENT = 1
const LEAST_MSAT = msat(1)
/** Tokens of a usual answer: for estimates only. */
const TYPICAL_OUTPUT_TOKENS = 600

/** What the formulas look at. */
type Sized = Pick<InferenceRequest, 'path' | 'maxTokens' | 'outputLimit' | 'hasMessages' | 'promptTokens' | 'inputCharacters'>

/**
 * What the node reserves before it lets the request through, in msat: its formula, operation by operation (§4.1,
 * helpers.py:87-262). Only `messages` and `max_tokens` make it smaller than the model's whole `max_cost`.
 * @throws RoutstrError `no_provider_available` when the model has no price: such a model must not be paid (§1.9)
 */
export function requiredMsat(model: Model, request: Sized): Msat {
  const price = priceOf(model)
  const share = Math.max(0, 1 - TOLERANCE_PERCENT / 100)
  let amount = Math.max(LEAST_MSAT, Math.trunc(price.maxCostSat * 1000 * (1 - TOLERANCE_PERCENT / 100)))
  if (request.hasMessages) {
    const limit = promptLimit(model)
    const most = limit === null ? price.maxPromptSat * share : limit * price.promptSat * share
    amount -= discount(most - request.promptTokens * price.promptSat)
  }
  if (request.maxTokens !== null) {
    amount -= discount(price.maxCompletionSat * share - request.maxTokens * price.completionSat)
  }
  return msat(Math.max(LEAST_MSAT, amount))
}

/**
 * What we set aside, in msat: the node's required amount, or what the request can really use if that is more. Never an
 * amount that a truthful node could pass.
 * @throws RoutstrError `no_provider_available` when the model has no price
 */
export function worstMsat(model: Model, request: Sized & Pick<InferenceRequest, 'inputTokensAtMost' | 'outputs'>): Msat {
  const price = priceOf(model)
  const required = requiredMsat(model, request)
  const longest = request.outputLimit ?? model.topProvider?.maxCompletionTokens ?? model.topProvider?.contextLength ?? model.contextLength ?? 0
  const outputTokens = makesText(request.path) ? longest * request.outputs : 0
  const used = chargeMsat(price, { promptTokens: request.inputTokensAtMost, completionTokens: outputTokens }) ?? ZERO_MSAT
  return maxMsat(required, used)
}

/**
 * Our estimate of the real charge in msat: prompt × rate + a usual answer × rate, at least 1 msat and never more than
 * the required amount. Free and input-only models cost the whole required amount (§6.1 item 4).
 * @throws RoutstrError `no_provider_available` when the model has no price
 */
export function expectedMsat(model: Model, request: Sized): Msat {
  return costAfterMsat(model, request, makesText(request.path) ? Math.min(request.outputLimit ?? TYPICAL_OUTPUT_TOKENS, TYPICAL_OUTPUT_TOKENS) : 0)
}

/** The same estimate for an answer of so many tokens. */
export function costAfterMsat(model: Model, request: Sized, completionTokens: number): Msat {
  const required = requiredMsat(model, request)
  const charge = chargeMsat(priceOf(model), { promptTokens: request.promptTokens + Math.ceil(request.inputCharacters / 3), completionTokens }) ?? required
  return maxMsat(LEAST_MSAT, minMsat(charge, required))
}

/**
 * The charge for a usage by the price sheet, in msat (§6.1 item 3): each part rounded to 3 decimals of a msat, the sum up.
 * null: a rate is zero, so that the node charges a flat amount, the whole required one (§6.1 item 4). Nodes whose
 * upstream reports USD may legitimately charge something else (§6.1 item 2), and cached input has rates of its own.
 */
export function chargeMsat(price: PriceSheet, usage: { readonly promptTokens: number; readonly completionTokens: number }): Msat | null {
  if (price.promptSat === 0 || price.completionSat === 0) return null
  const input = roundToThousandths((usage.promptTokens / 1000) * (price.promptSat * 1_000_000))
  const output = roundToThousandths((usage.completionTokens / 1000) * (price.completionSat * 1_000_000))
  return input + output > 0 ? costUp(input + output) : ZERO_MSAT
}

function makesText(path: string): boolean {
  return !/^\/(embeddings|moderations)\b/.test(path)
}

function priceOf(model: Model): PriceSheet {
  if (model.price === null) throw new RoutstrError('no_provider_available', `The provider has no price for ${model.id} at the moment.`)
  return model.price
}

/** Prompt tokens the node assumes at most; null: unknown, the published `max_prompt_cost` counts. */
function promptLimit(model: Model): number | null {
  const context = model.topProvider?.contextLength ?? 0
  const completion = model.topProvider?.maxCompletionTokens ?? 0
  if (context > 0 && completion > 0) return Math.max(0, context - completion)
  if (context > 0) return context
  if (completion > 0) return 0
  return model.contextLength !== null && model.contextLength > 0 ? model.contextLength : null
}

function discount(sat: number): number {
  return sat > 0 ? Math.floor(sat * 1000) : 0
}

/** Python's `round(value, 3)`: to the nearest, exact ties to the even digit. */
function roundToThousandths(value: number): number {
  const below = Math.floor(value * 1000)
  const isTie = Number.isInteger(value * 16) && value * 1000 - below === 0.5
  return isTie ? (below + (below % 2)) / 1000 : Number(value.toFixed(3))
}
