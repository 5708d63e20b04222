/**
 * A market of twelve over a simulated week: the real choice, the real audit book and the real rests; only the clock and the providers are
 * scripted. What each provider is really like is known here, so that every choice can be held against the best one in hindsight.
 */
import type { Profile } from '../../../src/domain/choosing.ts'
import { msat, type Msat } from '../../../src/domain/msat.ts'
import type { Receipt } from '../../../src/domain/receipt.ts'
import { siteOrigin } from '../../../src/domain/site.ts'
import { createCoolDown } from '../../../src/registry/cool-down.ts'
import { PROFILE_WEIGHTS } from '../../../src/routing/known.ts'
import { plan } from '../../../src/routing/plan.ts'
import { createSpread } from '../../../src/routing/spread.ts'
import { createAudits } from '../../../src/trust/audits.ts'
import { experienceOf } from '../../../src/trust/known.ts'
import { ownParts, scoreOf } from '../../../src/trust/score.ts'
import { ANYBODY, NO_NEED, priced } from './market.ts'

export interface Seller {
  readonly name: string
  /** msat for a usual request, as listed. @param hour since the start */
  price(hour: number): number
  /** Charged ÷ listed. */
  lie(hour: number): number
  firstTokenMs(hour: number): number
  readonly tokensPerSecond: number
  isUp(hour: number): boolean
  /** Share of answers by the model that was asked. */
  readonly truth: number
}

export interface Turn {
  readonly hour: number
  readonly chosen: string
  readonly tried: readonly string[]
  readonly msat: number
  readonly bestMsat: number
  readonly seconds: number
  readonly bestSeconds: number
  readonly truth: number
  readonly bestTruth: number
}

const HOUR = 3_600_000
const START = 1_800_000_000_000

export function seller(name: string, changes: Partial<Seller> = {}): Seller {
  return { name, price: () => 1000, lie: () => 1, firstTokenMs: () => 800, tokensPerSecond: 50, isUp: () => true, truth: 1, ...changes }
}

/** @param perHour requests, evenly; all of one site */
export async function simulate(sellers: readonly Seller[], profile: Exclude<Profile, 'own'>, { hours = 168, perHour = 12, seed = 1 } = {}): Promise<Turn[]> {
  let now = START
  const random = numbers(seed)
  const audits = createAudits({ store: { loadAudits: async () => [], saveAudits: async () => undefined, deleteAudits: async () => undefined }, now: () => now })
  const { load: _, ...rests } = createCoolDown({ loadRests: async () => [], saveRest: async () => undefined, deleteRests: async () => undefined }, () => now)
  const spread = createSpread()
  const warm = new Map<string, number>()
  const turns: Turn[] = []
  for (let turn = 0; turn < hours * perHour; turn++) {
    now = START + (turn * HOUR) / perHour
    const hour = (now - START) / HOUR
    const offers = sellers.map((each) => priced(each.name, Math.round(each.price(hour)), { required: Math.round(each.price(hour) * 8) }))
    const known = (url: string) => {
      const whole = audits.of(url, '')
      const experience = experienceOf(whole, audits.of(url, 'owl'), undefined, now)
      const score = scoreOf(ownParts(experience, whole, undefined), null)
      return { ...experience, trust: score.score / 100, hops: null }
    }
    const { candidates } = plan(offers, {
      balances: new Map<string, Msat>([['mint-a', msat(10_000_000)]]),
      coolingDown: (id) => rests.isCoolingDown(id, 'owl'),
      sessionAt: (id) => msat((warm.get(id) ?? 0) > now ? 1_000_000 : 0),
      known: ({ providerUrl }) => known(providerUrl),
      shareOf: spread.shareOf,
      runningAt: () => 0,
      need: NO_NEED,
      bounds: ANYBODY,
      weights: PROFILE_WEIGHTS[profile],
      random,
    })
    const order = candidates.map(({ offer }) => sellers.find(({ name }) => name === offer.providerName)).filter((found) => found !== undefined)
    const failed: Seller[] = []
    let answers: Seller | undefined
    for (const each of order.slice(0, 3)) {
      if (each.isUp(hour)) {
        answers = each
        break
      }
      failed.push(each)
      rests.noteFailure(each.name, null)
    }
    if (answers === undefined) throw new Error('nobody answered')
    rests.noteSuccess(answers.name, 'owl')
    spread.note(answers.name)
    warm.set(answers.name, now + 5 * 60_000)
    const receipt = receiptOf(turn, now, answers, failed, hour, random)
    audits.noteAnswer(receipt)
    audits.noteCost(receipt)
    const up = sellers.filter((each) => each.isUp(hour))
    const cost = (each: Seller) => each.price(hour) * each.lie(hour)
    const time = (each: Seller) => each.firstTokenMs(hour) / 1000 + NO_NEED.answerTokens / each.tokensPerSecond
    turns.push({
      hour,
      chosen: answers.name,
      tried: [...failed.map(({ name }) => name), answers.name],
      msat: cost(answers),
      bestMsat: Math.min(...up.map(cost)),
      seconds: time(answers),
      bestSeconds: Math.min(...up.map(time)),
      truth: answers.truth,
      bestTruth: Math.max(...up.map(({ truth }) => truth)),
    })
  }
  return turns
}

function receiptOf(turn: number, now: number, answered: Seller, failed: readonly Seller[], hour: number, random: () => number): Receipt {
  const expected = Math.round(answered.price(hour))
  const noise = (): number => Math.exp((random() + random() + random() - 1.5) * 0.4)
  return {
    id: String(turn),
    origin: siteOrigin('https://chat.example'),
    path: '/chat/completions',
    providerId: answered.name,
    modelAsked: 'owl',
    modelServed: random() < answered.truth ? 'owl' : 'mouse',
    stream: true,
    state: 'completed',
    startedAt: now,
    finishedAt: now,
    firstByteMs: null,
    firstTokenMs: answered.firstTokenMs(hour) * noise(),
    tokensPerSecond: answered.tokensPerSecond * noise(),
    providerName: answered.name,
    providerUrl: `https://${answered.name}.dev`,
    nodeRequestId: null,
    promptTokens: 100,
    completionTokens: NO_NEED.answerTokens,
    price: null,
    priceAt: now,
    expectedMsat: msat(expected),
    chargedMsat: failed.length > 0 ? null : msat(Math.round(expected * answered.lie(hour))),
    mismatches: [],
    attempts: [
      ...failed.map(({ name }) => ({ providerName: name, providerUrl: `https://${name}.dev`, outcome: 'no answer in time' })),
      { providerName: answered.name, providerUrl: `https://${answered.name}.dev`, outcome: 'answered' },
    ],
    reason: '',
  }
}

/** Park and Miller's: the same week for the same seed. */
function numbers(seed: number): () => number {
  let state = seed * 7919 + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
