/** What a node says a request cost: in bodies, stream trailers and headers (`routstr-node.md` §6.2, §7.1, §7.2). */
import { costUp, ZERO_MSAT, type Msat } from '../domain/msat.ts'
import { cleanText, isRecord, wholeNumber } from './foreign.ts'

export interface ChargeFacts {
  /** null: the answer tells usage but no charge. */
  readonly chargedMsat: Msat | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** Of these, what the page does not get to see as text: thinking, sound, pictures. */
  readonly hiddenTokens: number
  readonly modelServed: string | null
}

type Json = Readonly<Record<string, unknown>>

/**
 * From a non-stream body, a stream's trailer chunk, a Responses API event (`response.usage`) or an Anthropic `cost` event.
 * `usage.cost` may be an object with msat, or a plain number in another currency, which is ignored.
 * @returns null when the value tells neither usage nor cost
 */
export function readCharge(json: unknown): ChargeFacts | null {
  if (!isRecord(json)) return null
  const response = record(json.response)
  const usage = record(json.usage) ?? record(response?.usage)
  const chargedMsat = totalMsat(record(usage?.cost)) ?? totalMsat(record(json.cost)) ?? totalMsat(record(record(record(json.metadata)?.routstr)?.cost))
  if (usage === null && chargedMsat === null) return null
  return {
    chargedMsat,
    promptTokens: wholeNumber(usage?.prompt_tokens) ?? wholeNumber(usage?.input_tokens),
    completionTokens: wholeNumber(usage?.completion_tokens) ?? wholeNumber(usage?.output_tokens),
    hiddenTokens: hidden(record(usage?.completion_tokens_details) ?? record(usage?.output_tokens_details)),
    modelServed: modelName(json.model) ?? modelName(response?.model),
  }
}

/** From `X-Routstr-Cost-Msats` of a non-stream answer (§6.2); null when it is missing or no number. */
export function readChargeHeaders(headers: Headers): ChargeFacts | null {
  const text = headers.get('x-routstr-cost-msats')
  const chargedMsat = text !== null && /^\d{1,16}$/.test(text) ? totalMsat({ total_msats: Number(text) }) : null
  return chargedMsat === null ? null : { chargedMsat, promptTokens: null, completionTokens: null, hiddenTokens: 0, modelServed: null }
}

/** Two sights of the same charge: what the later one does not know is taken from the earlier one. */
export function mergeCharge(earlier: ChargeFacts | null, later: ChargeFacts | null): ChargeFacts | null {
  if (earlier === null || later === null) return later ?? earlier
  return {
    chargedMsat: later.chargedMsat ?? earlier.chargedMsat,
    promptTokens: later.promptTokens ?? earlier.promptTokens,
    completionTokens: later.completionTokens ?? earlier.completionTokens,
    hiddenTokens: Math.max(later.hiddenTokens, earlier.hiddenTokens),
    modelServed: later.modelServed ?? earlier.modelServed,
  }
}

function hidden(details: Json | null): number {
  return (wholeNumber(details?.reasoning_tokens) ?? 0) + (wholeNumber(details?.audio_tokens) ?? 0) + (wholeNumber(details?.image_tokens) ?? 0)
}

function record(value: unknown): Json | null {
  return isRecord(value) ? value : null
}

function totalMsat(cost: Json | null): Msat | null {
  const total = cost?.total_msats
  if (typeof total !== 'number' || total < 0 || total > Number.MAX_SAFE_INTEGER) return null
  return total === 0 ? ZERO_MSAT : costUp(total)
}

function modelName(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? cleanText(value, 256) : null
}
