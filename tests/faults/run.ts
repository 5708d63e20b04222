/** One process of the generator: a network of its own, its share of the cases, a line for each that breaks a law. */
import { type Case, runCase } from './case.ts'
import { installClock } from './clock.ts'
import { caseFrom, caseOf, everyCase, type Profile, type Profiles, textOf } from './draw.ts'
import { LawBroken } from './laws.ts'
import { LONG_LIFE } from './life.ts'
import { OPERATIONS } from './operations/all.ts'
import type { Operation } from './operations/operation.ts'
import { type Ground, layGround } from './scene.ts'
import type { Wanted } from './wanted.ts'

export interface Result {
  readonly cases: number
  readonly deaths: number
  readonly failures: number
  /** By law, how often it was broken first. */
  readonly laws: Readonly<Record<string, number>>
  readonly seconds: number
}

/** The mint remembers every note. */
const CASES_PER_GROUND = 150
/** Keysets pile up with every rotation, and a restore asks for hundreds of counters of each. */
const KEYSETS_OF_A_RESTORE = 4

export async function runShare(wanted: Wanted, say: (line: string) => void): Promise<Result> {
  installClock()
  const began = performance.now()
  const laws: Record<string, number> = {}
  let ground = await layGround()
  let cases = 0
  let deaths = 0
  const profiles = profilesOn(() => ground)

  for await (const { name, wish } of casesOf(wanted, profiles, say)) {
    if (isWornOut(ground, wish)) {
      await ground.devnet.stop()
      ground = await layGround()
    }
    cases++
    try {
      const { died, moments } = await runCase(ground, wish)
      if (died) deaths++
      if (wanted.verbose) say(`ok ${name} ${textOf(wish)}${died ? ` — died at: ${moments.at(-1) ?? 'its start'}` : ''}`)
    } catch (error) {
      const law = error instanceof LawBroken ? error.law : 'no law: an error of the generator'
      laws[law] = (laws[law] ?? 0) + 1
      say(`BROKEN ${name}: ${error instanceof LawBroken ? error.message : error instanceof Error ? error.stack : String(error)}`)
      say(`       again: npm run test:faults -- --case "${textOf(wish)}"`)
      // whatever is left half-done there is no business of the next case
      await ground.devnet.stop()
      ground = await layGround()
    }
  }
  await ground.devnet.stop()
  const failures = Object.values(laws).reduce((sum, count) => sum + count, 0)
  return { cases, deaths, failures, laws, seconds: (performance.now() - began) / 1000 }
}

function isWornOut({ cases, devnet }: Ground, { actors }: Case): boolean {
  const keysets = devnet.mint.keysetIds.length + devnet.otherMint.keysetIds.length
  return cases >= CASES_PER_GROUND || (keysets > KEYSETS_OF_A_RESTORE && actors.some(({ operation }) => operation.name === 'restore'))
}

async function* casesOf(wanted: Wanted, profiles: Profiles, say: (line: string) => void): AsyncGenerator<{ readonly name: string; readonly wish: Case }> {
  const { kind, share, shares } = wanted
  if (kind === 'case') {
    yield { name: 'case', wish: caseFrom(wanted.text) }
    return
  }
  if (kind === 'seeds') {
    for (let seed = wanted.from + share; seed < wanted.from + wanted.count; seed += shares)
      yield { name: `seed ${seed}`, wish: await caseOf(seed, profiles, wanted.only) }
    return
  }
  let number = 0
  for (const operation of OPERATIONS) {
    if (wanted.only.length > 0 && !wanted.only.includes(operation.name)) continue
    const profile = await profiles(operation)
    const all = [...everyCase(operation, profile)].filter(
      ({ actors }) => wanted.states.length === 0 || actors.some(({ fate }) => wanted.states.includes(fate.state)),
    )
    if (share === 0) say(`${operation.name}: ${profile.moments.length} moments, ${profile.requests} requests, ${profile.writes} writes, ${all.length} cases`)
    for (const wish of all) if (number++ % shares === share && number % wanted.each < shares) yield { name: 'exhaustive', wish }
  }
}

function profilesOn(ground: () => Ground): Profiles {
  const known = new Map<Operation, Profile>()
  return async (operation) => {
    const before = known.get(operation)
    if (before !== undefined) return before
    const undisturbed: Case = { actors: [{ operation, fate: LONG_LIFE }], second: null, late: 'before', stays: true }
    // if even that breaks a law, its cases will say so
    const profile = await runCase(ground(), undisturbed).catch(() => ({ moments: [], requests: 1, writes: 1 }))
    known.set(operation, profile)
    return profile
  }
}
