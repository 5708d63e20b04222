/** What the book says of one provider, in the words of the choice. Pure. */
import type { Experience, Odds } from '../domain/audit.ts'
import type { Standing } from '../domain/standing.ts'
import { type AuditRow, HALF_LIFE_MS, measuredOf } from './audit-row.ts'

/** A ping that fails says that nobody is there; one that answers says little about paid answers. */
const PING_FAILED = 0.5
const PING_ANSWERED = 0.05
/** One proven lie about money takes many right settles to mend. */
const MISMATCH_WEIGHT = 6

/**
 * @param whole the provider as a whole @param model the same with the model asked
 * @param standing what its refunds were like; its own counts do not fade, mismatches do
 */
export function experienceOf(whole: AuditRow, model: AuditRow, standing: Standing | undefined, now: number): Experience {
  const pings = { good: whole.pings.good * PING_ANSWERED, bad: whole.pings.bad * PING_FAILED }
  return {
    // what this model did counts fully, its sisters on the same machine by half
    reliability: plus(model.answers, half(less(whole.answers, model.answers)), pings),
    recent: model.recent.good + model.recent.bad > 0 ? model.recent : whole.recent,
    honesty: plus(whole.prices, refundsOf(standing, now)),
    authenticity: plus(model.models, half(less(whole.models, model.models))),
    firstTokenMs: measuredOf(model.firstToken) ?? measuredOf(whole.firstToken),
    tokensPerSecond: measuredOf(model.rate) ?? measuredOf(whole.rate),
    charged: measuredOf(model.charged) ?? measuredOf(whole.charged),
  }
}

export function refundsOf(standing: Standing | undefined, now: number): Odds {
  if (standing === undefined) return { good: 0, bad: 0 }
  const bad = standing.mismatches.reduce((sum, { at }) => sum + MISMATCH_WEIGHT * 2 ** (-Math.max(0, now - at) / HALF_LIFE_MS.money), 0)
  return { good: standing.right, bad }
}

function plus(...all: readonly Odds[]): Odds {
  return all.reduce((sum, { good, bad }) => ({ good: sum.good + good, bad: sum.bad + bad }), { good: 0, bad: 0 })
}

function less(a: Odds, b: Odds): Odds {
  return { good: Math.max(0, a.good - b.good), bad: Math.max(0, a.bad - b.bad) }
}

function half({ good, bad }: Odds): Odds {
  return { good: good / 2, bad: bad / 2 }
}
