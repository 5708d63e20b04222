import { expect, test } from 'vitest'
import type { Profile } from '../../../src/domain/choosing.ts'
import { type Seller, seller, simulate, type Turn } from './week.ts'

const wave = (base: number, swing: number, phase: number) => (hour: number) => base * (1 + swing * Math.sin(((hour + phase) / 24) * 2 * Math.PI))

/** Twelve with prices that move, different machines, one liar, one slow, one that dies every night, one that sells another model. */
const TWELVE: readonly Seller[] = [
  seller('steady', { price: wave(1000, 0.05, 0) }),
  seller('morning', { price: wave(1010, 0.15, 4) }),
  seller('evening', { price: wave(1020, 0.15, 16) }),
  seller('quick', { price: () => 1500, firstTokenMs: () => 250, tokensPerSecond: 160 }),
  seller('quickest', { price: () => 2100, firstTokenMs: () => 200, tokensPerSecond: 170 }),
  seller('dear', { price: () => 3000 }),
  seller('middling', { price: () => 1400, tokensPerSecond: 80 }),
  seller('plain', { price: () => 1200 }),
  seller('liar', { price: () => 800, lie: () => 1.8 }),
  seller('slow', { price: () => 1050, firstTokenMs: () => 9000, tokensPerSecond: 8 }),
  seller('mortal', { price: () => 950, isUp: (hour) => hour % 24 < 20 }),
  seller('masked', { price: () => 1100, truth: 0.5, tokensPerSecond: 90 }),
]

const REGRET: Readonly<Record<Exclude<Profile, 'own'>, (turns: readonly Turn[]) => number>> = {
  price: (turns) => sum(turns, ({ msat }) => msat) / sum(turns, ({ bestMsat }) => bestMsat) - 1,
  speed: (turns) => sum(turns, ({ seconds }) => seconds) / sum(turns, ({ bestSeconds }) => bestSeconds) - 1,
  quality: (turns) => 1 - sum(turns, ({ truth }) => truth) / sum(turns, ({ bestTruth }) => bestTruth),
  // who has the record: whole, honest and true
  trust: (turns) => turns.filter(({ chosen, tried }) => ['liar', 'masked'].includes(chosen) || tried.length > 1).length / turns.length,
}

test.each(['price', 'speed', 'trust', 'quality'] as const)('the profile %s regrets at most a tenth against the best choice in hindsight', async (profile) => {
  for (const seed of [1, 2, 3]) expect(REGRET[profile](await simulate(TWELVE, profile, { seed, perHour: 24 }))).toBeLessThanOrEqual(0.1)
})

test('a liar loses its traffic within ten requests, and earns it back when it is honest again', async () => {
  const others = ['a', 'b', 'c'].map((name) => seller(name))
  const turns = await simulate([...others, seller('liar', { price: () => 900, lie: (hour) => (hour >= 24 && hour < 48 ? 2 : 1) })], 'price')
  expect(shareOf(turns, 'liar', 12, 24)).toBeGreaterThan(0.5)
  expect(requestsUntilLost(turns, 'liar', 24)).toBeLessThanOrEqual(10)
  expect(shareOf(turns, 'liar', 144, 168)).toBeGreaterThan(0.4)
})

test('one that gets slow loses its traffic within ten requests, and earns it back', async () => {
  const others = ['a', 'b', 'c'].map((name) => seller(name))
  const turns = await simulate([...others, seller('fast', { firstTokenMs: (hour) => (hour >= 24 && hour < 48 ? 20_000 : 100), tokensPerSecond: 90 })], 'speed')
  expect(shareOf(turns, 'fast', 12, 24)).toBeGreaterThan(0.5)
  expect(requestsUntilLost(turns, 'fast', 24)).toBeLessThanOrEqual(10)
  expect(shareOf(turns, 'fast', 144, 168)).toBeGreaterThan(0.4)
})

test('one that dies every night loses its traffic within ten requests, and has it again by day', async () => {
  const others = ['a', 'b', 'c'].map((name) => seller(name))
  const turns = await simulate([...others, seller('mortal', { price: () => 850, isUp: (hour) => hour % 24 < 20 })], 'price')
  for (const day of [1, 2, 3, 4, 5, 6]) {
    const night = turns.filter(({ hour }) => hour >= day * 24 - 4 && hour < day * 24)
    const asked = night.filter(({ tried }) => tried.includes('mortal')).length
    expect(asked).toBeLessThanOrEqual(10)
    expect(shareOf(turns, 'mortal', day * 24 + 8, day * 24 + 20)).toBeGreaterThan(0.4)
  }
})

test('no provider gets more than six of ten requests of equals', async () => {
  for (const count of [2, 3, 5, 12]) {
    const equals = Array.from({ length: count }, (_, n) => seller(`equal${n}`))
    for (const perHour of [4, 60]) {
      const turns = await simulate(equals, 'price', { hours: 48, perHour })
      for (const { name } of equals) expect(shareOf(turns, name, 6, 48)).toBeLessThanOrEqual(0.6)
    }
  }
})

function shareOf(turns: readonly Turn[], name: string, from: number, to: number): number {
  const within = turns.filter(({ hour }) => hour >= from && hour < to)
  return within.filter(({ chosen }) => chosen === name).length / within.length
}

/** Requests it still gets from that hour on, until it gets less than one in ten. */
function requestsUntilLost(turns: readonly Turn[], name: string, from: number): number {
  const after = turns.filter(({ hour }) => hour >= from)
  const end = after.findIndex((_, at) => after.slice(at, at + 30).filter(({ chosen }) => chosen === name).length < 3)
  return after.slice(0, end < 0 ? after.length : end).filter(({ chosen }) => chosen === name).length
}

function sum(turns: readonly Turn[], of: (turn: Turn) => number): number {
  return turns.reduce((all, turn) => all + of(turn), 0)
}
