/**
 * Which models for a kind of request: who can do it at all, by what providers publish; then by price, by what else the model can do,
 * and by what this browser has seen of it (answers that came whole, the model that was asked, honest bills, speed). No model is known
 * by its name: a new one is recommended the day somebody sells it. Pure.
 */
import { atLeast, observations } from '../domain/audit.ts'
import type { Msat } from '../domain/msat.ts'
import type { Model, Offer } from '../domain/offer.ts'
import type { Recommendation, Task } from '../domain/task.ts'
import type { Known } from './known.ts'

export interface Sold {
  /** Canonical name. */
  readonly id: string
  readonly offers: readonly {
    readonly offer: Offer
    /** A usual request of the task. */
    readonly typicalMsat: Msat
    /** null: nothing is to be told of what this browser has seen. */
    readonly known: Known | null
  }[]
}

/** Tokens of a usual request: what the price is compared by. */
export const USUAL: Readonly<Record<Task, { readonly promptTokens: number; readonly completionTokens: number }>> = {
  chat: { promptTokens: 500, completionTokens: 500 },
  code: { promptTokens: 3_000, completionTokens: 1_200 },
  vision: { promptTokens: 1_500, completionTokens: 400 },
  long_context: { promptTokens: 50_000, completionTokens: 1_000 },
  embedding: { promptTokens: 1_000, completionTokens: 0 },
}

/** Context that counts as long. */
const LONG = 64_000
/** What a doubling of the context beyond 8k is worth, as a share of the price; five at most. */
const CONTEXT_BONUS = 0.06
const BONUS = { tools: 0.1, json: 0.08, code: 0.5 } as const
const WEIGHT = { success: 3, model: 3, honesty: 1.5, speed: 0.15 } as const
/** Fewer answers than this: not worth a word. */
const WORTH_SAYING = 1
/** A few more or fewer answers make no difference. */
const TOLERATED = 0.3
const TASK_WORDS: Readonly<Record<Task, string>> = {
  chat: 'a usual question',
  code: 'a usual request for code',
  vision: 'a usual picture',
  long_context: 'a long document',
  embedding: '1,000 tokens',
}

/** Best first. */
export function recommend(task: Task, models: readonly Sold[]): readonly Recommendation[] {
  const fitting = models.flatMap(({ id, offers }) => {
    const best = offers.filter(({ offer }) => canDo(offer.model, task)).map((sold) => ({ ...sold, loss: lossOf(task, sold) })).sort((a, b) => a.loss - b.loss)[0]
    return best === undefined ? [] : [{ id, best, providers: offers.length }]
  })
  const cheapest = Math.min(...fitting.map(({ best }) => best.typicalMsat))
  return fitting
    .sort((a, b) => a.best.loss - b.best.loss || a.id.localeCompare(b.id))
    .map(({ id, best, providers }) => ({
      model: id,
      task,
      reasons: reasonsFor(task, best, best.typicalMsat === cheapest ? fitting.length : 0),
      providerName: best.offer.providerName,
      providers,
      typicalMsat: best.typicalMsat,
    }))
}

/** By what its list says. A list that says nothing of pictures takes none; every one that says nothing else is taken for text. */
export function canDo(model: Model, task: Task): boolean {
  switch (task) {
    case 'embedding':
      return isEmbedding(model)
    case 'vision':
      return writesText(model) && model.inputModalities.includes('image')
    case 'long_context':
      return writesText(model) && (model.contextLength ?? 0) >= LONG
    case 'chat':
    case 'code':
      return writesText(model)
    default:
      return task satisfies never
  }
}

/** Fields of a request that make a model able to do more. */
const ABILITIES = ['tools', 'response_format', 'structured_outputs'] as const

/**
 * By what can be known: it publishes everything the other one publishes (kinds of input, tools, JSON, at least its context), and did
 * not fail here more often.
 */
export function isAsGood(model: Model, known: Known | null, than: Model, thanKnown: Known | null): boolean {
  const parameters = model.parameters ?? []
  if (isEmbedding(model) !== isEmbedding(than) || !than.inputModalities.every((kind) => kind === 'text' || model.inputModalities.includes(kind))) return false
  if (ABILITIES.some((ability) => than.parameters?.includes(ability) === true && !parameters.includes(ability))) return false
  if ((model.contextLength ?? 0) < (than.contextLength ?? 0)) return false
  if (known === null || thanKnown === null || observations(thanKnown.reliability) < WORTH_SAYING) return true
  return atLeast(known.reliability) >= atLeast(thanKnown.reliability) - TOLERATED && atLeast(known.authenticity) >= atLeast(thanKnown.authenticity) - TOLERATED
}

/** Catalogues have no field for it: some say it in what comes out, the others in words. */
function isEmbedding({ id, name, description, outputModalities }: Model): boolean {
  return outputModalities.some((kind) => kind.startsWith('embed')) || /\bembed(ding)?s?\b/i.test(`${id} ${name} ${description}`)
}

function writesText(model: Model): boolean {
  return !isEmbedding(model) && (model.outputModalities.length === 0 || model.outputModalities.includes('text'))
}

function isForCode({ id, name, description }: Model): boolean {
  return /\b(code|coder|coding|programming|software)\b/i.test(`${id} ${name} ${description}`)
}

/** In logarithms of the price: 0.1 is as good as ten per cent cheaper. */
function lossOf(task: Task, { offer, typicalMsat, known }: Sold['offers'][number]): number {
  const { model } = offer
  const parameters = model.parameters ?? []
  const doublings = Math.min(5, Math.max(-2, Math.log2((model.contextLength ?? 8192) / 8192)))
  const gains =
    doublings * CONTEXT_BONUS +
    (parameters.includes('tools') ? BONUS.tools : 0) +
    (parameters.includes('structured_outputs') || parameters.includes('response_format') ? BONUS.json : 0) +
    (task === 'code' && isForCode(model) ? BONUS.code : 0)
  return Math.log(Math.max(1, typicalMsat)) - (task === 'embedding' ? 0 : gains) + seen(known)
}

function seen(known: Known | null): number {
  if (known === null) return 0
  const { success, model, honesty, speed } = WEIGHT
  const slow = known.tokensPerSecond === null ? 0 : Math.log(45 / Math.max(1, known.tokensPerSecond.typical)) * speed
  return -Math.log(atLeast(known.reliability)) * success - Math.log(atLeast(known.authenticity)) * model - Math.log(atLeast(known.honesty)) * honesty + slow
}

function reasonsFor(task: Task, { offer, typicalMsat, known }: Sold['offers'][number], cheapestOf: number): readonly string[] {
  const { model } = offer
  const parameters = model.parameters ?? []
  const price = `about ${sats(typicalMsat)} sat for ${TASK_WORDS[task]}${cheapestOf > 1 ? `, the cheapest of ${cheapestOf}` : ''}`
  return [
    price,
    ...(task === 'code' && isForCode(model) ? ['made for code, as its list says'] : []),
    ...(task === 'vision' ? ['takes pictures'] : []),
    ...(model.contextLength !== null && task !== 'embedding' ? [`context of ${model.contextLength.toLocaleString('en-US')} tokens`] : []),
    ...(parameters.includes('tools') && task !== 'embedding' ? ['takes tools'] : []),
    ...experience(known),
  ]
}

/** What this browser has seen, in counts that fade with time. */
function experience(known: Known | null): readonly string[] {
  if (known === null) return []
  const { reliability, authenticity, tokensPerSecond } = known
  const tried = observations(reliability)
  if (tried < WORTH_SAYING) return ['not used here yet']
  const share = Math.round((reliability.good / tried) * 100)
  return [
    `${share} % of its answers here came whole`,
    ...(authenticity.bad >= WORTH_SAYING ? ['another model answered in its name'] : []),
    ...(tokensPerSecond === null ? [] : [`about ${Math.round(tokensPerSecond.typical)} tokens a second`]),
  ]
}

function sats(amount: Msat): string {
  return String(Number((amount / 1000).toPrecision(2)))
}
