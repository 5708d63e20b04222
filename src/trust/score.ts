/** From parts to one number: each counts by how much is known of it; knowing nothing pulls towards `STRANGER`. Pure. */
import { atLeast, type Experience, observations, type Odds } from '../domain/audit.ts'
import type { Standing } from '../domain/standing.ts'
import type { TrustPart, TrustScore } from '../domain/trust.ts'
import type { AuditRow } from './audit-row.ts'

/** Somebody nobody knows. */
const STRANGER = 0.4
const STRANGER_WEIGHT = 1
/** Observations at which a part has half its full weight. */
const HALF_KNOWN = 5
/** As much as hundreds of good answers, and not more: what goes wrong still shows. */
const FAVOURITE = 4

export function scoreOf(parts: readonly TrustPart[], hops: number | null): TrustScore {
  const weight = parts.reduce((sum, part) => sum + part.weight, STRANGER_WEIGHT)
  const value = parts.reduce((sum, part) => sum + part.value * part.weight, STRANGER * STRANGER_WEIGHT)
  return { score: Math.round((value / weight) * 100), parts, hops }
}

/**
 * Values weigh what was seen (a lie about money more than a right charge, a ping less than an answer); what is said are the plain counts, so that
 * each can be traced. @param whole the provider as a whole, faded to now
 */
export function ownParts(experience: Experience, whole: Pick<AuditRow, 'answers' | 'prices' | 'models' | 'pings'>, standing: Standing | undefined): TrustPart[] {
  const { reliability, honesty, authenticity } = experience
  const parts: (TrustPart | null)[] = [
    part('answers', reliability, 4, answersSaid(whole.answers)),
    part('money', honesty, 4, moneySaid(whole.prices, standing)),
    part('models', authenticity, 2, `${shareOf(whole.models)} answers named the model that was asked`),
    part('uptime', whole.pings, 1, `answered ${shareOf(whole.pings)} cheap questions lately`),
  ]
  return parts.filter((found) => found !== null)
}

function answersSaid(answers: Odds): string {
  if (Math.round(observations(answers)) === 0) return 'no answer of yours lately'
  return `${text(answers.good)} of your last ${text(observations(answers))} answers came whole`
}

function moneySaid(prices: Odds, standing: Standing | undefined): string {
  const wrong = standing?.mismatches.length ?? 0
  return `${shareOf(prices)} charges were right, ${standing?.right ?? 0} sessions came back right, ${wrong === 1 ? 'one mismatch' : `${wrong} mismatches`}`
}

function shareOf(odds: Odds): string {
  return `${text(odds.good)} of ${text(observations(odds))}`
}

function part(name: TrustPart['name'], odds: Odds, most: number, says: string): TrustPart | null {
  const count = observations(odds)
  if (count < 0.5) return null
  return { name, value: atLeast(odds), weight: (most * count) / (count + HALF_KNOWN), says }
}

/** Faded counts are not whole; people read whole numbers. */
function text(count: number): string {
  return String(Math.round(count))
}

/** The user's own word, beside blocks and pins. */
export function favouritePart(): TrustPart {
  return { name: 'favourite', value: 1, weight: FAVOURITE, says: 'you have marked it' }
}
