/** Cases as text, and which case a seed stands for. */
import type { Actor, Case } from './case.ts'
import { type Fate, LONG_LIFE } from './life.ts'
import { isOfDisk, NETWORK_STATES, type NetworkState } from './network.ts'
import { OPERATIONS, operationNamed } from './operations/all.ts'
import { bystander } from './operations/bystander.ts'
import type { Operation } from './operations/operation.ts'
import { createRandom, type Random } from './random.ts'

/** How long an operation is when nothing happens to it. */
export interface Profile {
  readonly moments: readonly string[]
  readonly requests: number
  readonly writes: number
}
export type Profiles = (operation: Operation) => Promise<Profile>

/** The states that lose money where somebody was careless come more often. */
const DRAWN: readonly NetworkState[] = [...NETWORK_STATES, 'late', 'late', 'late', 'answer-lost', 'answer-lost', 'rotated']
/** Recoveries are about as long as this. */
const RECOVERY_MOMENTS = 80
const LATE = ['before', 'amid', 'after'] as const

/** @param only names of operations; empty: all */
export async function caseOf(seed: number, profiles: Profiles, only: readonly string[]): Promise<Case> {
  const random = createRandom(seed)
  const wanted = OPERATIONS.filter(({ name }) => only.length === 0 || only.includes(name))
  const choice = wanted.flatMap((operation) => (operation.rare === true ? [operation] : [operation, operation]))
  const operation = choice[seed % choice.length] ?? random.pick(choice)
  const isRace = random.chance(1 / 5)
  // round by round each operation dies at the next of the moments that matter; between two workers the race itself is what happens
  const turn = isRace ? null : Math.floor(seed / choice.length)
  const actors: Actor[] = [await drawActor(random, operation, profiles, turn)]
  if (isRace) actors.push(await drawActor(random, random.pick([operation, bystander, random.pick(choice)]), profiles, null))
  const second = random.chance(1 / 3) ? drawSecond(random) : null
  return { actors, second, late: random.pick(LATE), stays: random.chance(1 / 2) }
}

/** @param turn which of the moments that matter; null: a race, in which half of the workers live and nothing else happens */
async function drawActor(random: Random, operation: Operation, profiles: Profiles, turn: number | null): Promise<Actor> {
  const { moments, requests, writes } = await profiles(operation)
  const state = random.chance(turn === null ? 1 / 2 : 1 / 4) ? 'none' : random.pick(DRAWN)
  const at = state === 'late' ? drawLetter(random, moments) : random.below(Math.max(1, isOfDisk(state) ? writes : requests))
  return { operation, fate: { state, at, dieAt: random.chance(turn === null ? 1 / 2 : 1 / 7) ? null : drawMoment(random, moments, turn) } }
}

/** A question that arrives late does nothing; what changes something there is worth being late. */
function drawLetter(random: Random, moments: readonly string[]): number {
  const requests = moments.filter((name) => /: leaves$/.test(name))
  const changing = requests.flatMap((name, index) => (/^POST .*(swap|mint\/bolt11|melt\/bolt11|create|refund|completions):/.test(name) ? [index] : []))
  return changing.length > 0 ? random.pick(changing) : random.below(Math.max(1, requests.length))
}

/** Where something is sent, answered or written about money. */
const MATTERS = /^(POST|write .*(purse|operations|incoming|sessions|topUps|withdrawals|restores|counters|values))/

/** Half of the deaths are there, in turn. A fault makes more moments than there are without: some lie beyond. */
function drawMoment(random: Random, moments: readonly string[], turn: number | null): number {
  const matters = moments.flatMap((name, index) => (MATTERS.test(name) ? [index] : []))
  const next = matters[(turn ?? random.below(1_000)) % Math.max(1, matters.length)]
  if (random.chance(2 / 3) && next !== undefined) return next
  return random.below(Math.ceil(moments.length * 1.1) + 2)
}

function drawSecond(random: Random): Fate {
  const state = random.chance(1 / 2) ? 'none' : random.pick(DRAWN)
  return { state, at: random.below(4), dieAt: random.chance(1 / 4) ? null : random.below(RECOVERY_MOMENTS) }
}

export function textOf({ actors, second, late, stays }: Case): string {
  const parts = actors.map(({ operation, fate }) => `${operation.name}:${fateText(fate)}`)
  return [...parts, ...(second === null ? [] : [`then:${fateText(second)}`]), `late:${late}`, ...(stays ? ['stays'] : [])].join(' ')
}

export function caseFrom(text: string): Case {
  const actors: Actor[] = []
  let second: Fate | null = null
  let late: Case['late'] = 'before'
  let stays = false
  for (const word of text.split(' ')) {
    const [name = '', ...rest] = word.split(':')
    if (name === 'stays') stays = true
    else if (name === 'late') late = LATE.find((one) => one === rest[0]) ?? 'before'
    else if (name === 'then') second = fateFrom(rest)
    else actors.push({ operation: operationNamed(name), fate: fateFrom(rest) })
  }
  return { actors, second, late, stays }
}

function fateText({ state, at, dieAt }: Fate): string {
  return `${state}@${at}:${dieAt === null ? 'lives' : `dies@${String(dieAt).replaceAll(' ', '_').replaceAll(':', ';')}`}`
}

function fateFrom([happens = '', dies = '']: readonly string[]): Fate {
  const [state = '', at = '0'] = happens.split('@')
  const known: NetworkState = NETWORK_STATES.find((one) => one === state) ?? LONG_LIFE.state
  return { state: known, at: Number(at), dieAt: dies.startsWith('dies@') ? momentFrom(dies.slice(5)) : null }
}

function momentFrom(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text.replaceAll('_', ' ').replaceAll(';', ':')
}

/** Every moment of death × every state at every request it can happen to; deaths before it happens are those of `none`. */
export function* everyCase(operation: Operation, { moments, requests, writes }: Profile): Generator<Case> {
  const fates = function* (): Generator<Fate> {
    for (const state of NETWORK_STATES) {
      const places = state === 'none' ? 1 : isOfDisk(state) ? writes : requests
      for (let at = 0; at < places; at++) {
        const from = state === 'none' ? 0 : happensAt(moments, isOfDisk(state) ? /^write .*: begins$/ : /: leaves$/, at)
        yield { state, at, dieAt: null }
        for (let dieAt = from; dieAt < moments.length; dieAt++) yield { state, at, dieAt }
      }
    }
  }
  let turn = 0
  for (const fate of fates()) {
    yield { actors: [{ operation, fate }], second: null, late: LATE[turn++ % LATE.length] ?? 'before', stays: fate.dieAt === null }
  }
}

function happensAt(moments: readonly string[], kind: RegExp, nth: number): number {
  return moments.flatMap((name, index) => (kind.test(name) ? [index] : []))[nth] ?? 0
}
