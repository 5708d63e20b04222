/**
 * The draw among the best five. Two things get a share: nearly equal ones (so that no provider sees all of a user's requests, and none
 * is overrun), and, seldom, one that is hardly known and may turn out to be as good. Pure.
 */
import type { Runner } from './plan.ts'

const SEATS = 5
/** A loss of this much more means e times fewer requests. About two per cent of the price. */
const TEMPERATURE = 0.025
/** Chance of somebody never tried, beside the best; much fewer with every request that is known of it. */
const CURIOSITY = 0.25

/** @param runners best first @returns the same, with the drawn one in front */
export function drawFirst(runners: readonly Runner[], random: () => number): readonly Runner[] {
  const [best] = runners
  if (best === undefined || best.resting) return runners
  const seats = seatsOf(runners, best)
  const chances = seats.map((runner) => chanceOf(runner, best))
  let left = random() * chances.reduce((sum, chance) => sum + chance, 0)
  const drawn =
    seats.find((_, seat) => {
      left -= chances[seat] ?? 0
      return left < 0
    }) ?? best
  return drawn === best ? runners : [drawn, ...runners.filter((runner) => runner !== drawn)]
}

/** The four best, and the most promising of the others: otherwise five good ones would keep out a better one for ever. */
function seatsOf(runners: readonly Runner[], best: Runner): readonly Runner[] {
  const awake = runners.filter(({ resting }) => !resting)
  const others = awake.slice(SEATS - 1)
  const fifth = others.reduce<Runner | undefined>((found, runner) => (found === undefined || promise(runner, best) > promise(found, best) ? runner : found), undefined)
  return fifth === undefined ? awake : [...awake.slice(0, SEATS - 1), fifth]
}

function chanceOf(runner: Runner, best: Runner): number {
  return Math.max(Math.exp((best.loss - runner.loss) / TEMPERATURE), promise(runner, best))
}

/** 0 unless it may be as good as the best. */
function promise(runner: Runner, best: Runner): number {
  return runner.lossAtBest > best.loss ? 0 : CURIOSITY / (1 + runner.traits.tried) ** 2
}
