/** Ten thousand announcements in small portions: counted, not timed (the times are in tests/bench). */
import { describe, expect, test } from 'vitest'
import { createIntake } from '../../../src/registry/intake.ts'

const event = (relay: string, index: number) => ({
  id: index.toString(16).padStart(64, '0'),
  pubkey: 'a'.repeat(64),
  sig: 'b'.repeat(128),
  kind: 38421,
  created_at: 1000,
  tags: [['d', `${relay}${index}`]],
  content: '',
})

/** A clock that only checks move: 4 ms each. */
function stage({ wanted = () => true }: { wanted?: (index: number) => boolean } = {}) {
  let time = 0
  let checks = 0
  const portions: number[] = []
  const order: string[] = []
  const refused: [string, boolean][] = []
  const intake = createIntake({
    nowSeconds: () => 1000,
    clock: () => time,
    pause: async () => {
      if (checks > 0) portions.push(checks)
      checks = 0
      await new Promise((resolve) => setImmediate(resolve))
    },
    isWanted: ({ id }) => wanted(Number.parseInt(id, 16)),
    isGenuine: ({ content }) => {
      time += 4
      checks++
      return content !== 'forged'
    },
    take: (_event, relay) => order.push(relay),
    refuse: (relay, lie) => refused.push([relay, lie]),
  })
  return { intake, portions, order, refused, checks: () => portions.reduce((sum, size) => sum + size, checks) }
}

describe('ten thousand events', () => {
  test('are checked in portions of two, with a pause after each', async () => {
    const { intake, portions, order } = stage()
    for (let index = 0; index < 10_000; index++) intake.offer('one', event('one', index))
    expect(order).toEqual([])
    await intake.idle()
    expect(order).toHaveLength(10_000)
    expect(Math.max(...portions)).toBe(2)
  })

  test('of one relay do not keep the single event of another one waiting', async () => {
    const { intake, order } = stage()
    for (let index = 0; index < 10_000; index++) intake.offer('flood', event('flood', index))
    intake.offer('quiet', event('quiet', 1))
    await intake.idle()
    expect(order.indexOf('quiet')).toBe(1)
    expect(order).toHaveLength(10_001)
  })

  test('that are known cost no check, and are asked about again when their turn comes', async () => {
    let known = false
    const { intake, checks } = stage({ wanted: (index) => !known && index % 2 === 0 })
    for (let index = 0; index < 1000; index++) intake.offer('one', event('one', index))
    known = true
    await intake.idle()
    expect(checks()).toBe(0)
  })

  test('beyond what one relay may leave waiting are dropped', async () => {
    const { intake, order } = stage()
    for (let index = 0; index < 25_010; index++) intake.offer('one', event('one', index))
    await intake.idle()
    expect(order).toHaveLength(25_000)
  })
})

test('what is no event, or forged, is told apart', async () => {
  const { intake, refused, order } = stage()
  intake.offer('one', { kind: 38421 })
  intake.offer('one', { ...event('one', 1), created_at: 5000 })
  intake.offer('one', { ...event('one', 2), content: 'forged' })
  intake.offer('one', event('one', 3))
  await intake.idle()
  expect([refused, order.length]).toEqual([[['one', false], ['one', false], ['one', true]], 1])
})

test('stopped, nothing is taken any more', async () => {
  const { intake, order } = stage()
  for (let index = 0; index < 100; index++) intake.offer('one', event('one', index))
  intake.stop()
  await intake.idle()
  intake.offer('one', event('one', 200))
  expect(order).toEqual([])
})
