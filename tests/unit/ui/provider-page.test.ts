import { describe, expect, test } from 'vitest'
import { tally } from '../../../src/ui/options/providers/provider-facts.tsx'
import { chartOf, HEIGHT, WIDTH } from '../../../src/ui/options/providers/price-chart.ts'
import { receipt } from './preview/fixtures.ts'

const URL = 'https://node.satsilicon.example'

describe('the price chart', () => {
  test('a price holds until the next one was read', () => {
    const points = [
      { at: 0, promptSat: 1, completionSat: 2 },
      { at: 50, promptSat: 2, completionSat: 4 },
    ]
    const { prompt, completion, levels } = chartOf(points, 100)
    expect(prompt).toBe(`M0 132H${WIDTH / 2}V94H${WIDTH}`)
    expect(completion).toBe(`M0 94H${WIDTH / 2}V18H${WIDTH}`)
    expect(levels).toEqual([
      { y: HEIGHT - 10, sat: 0 },
      { y: 94, sat: 2 },
      { y: 18, sat: 4 },
    ])
  })
  test('one price is a level line, none is none, a free one lies at the bottom', () => {
    expect(chartOf([{ at: 5, promptSat: 1, completionSat: 1 }], 5).prompt).toBe(`M0 18H${WIDTH}`)
    expect(chartOf([], 5)).toMatchObject({ prompt: '', completion: '' })
    expect(chartOf([{ at: 5, promptSat: 0, completionSat: 0 }], 9)).toEqual({ prompt: `M0 170H${WIDTH}`, completion: `M0 170H${WIDTH}`, levels: [{ y: 170, sat: 0 }] })
  })
})

test('how a provider did is counted from its receipts', () => {
  const failed = receipt('b', { providerUrl: 'https://other', attempts: [{ providerName: 'S', providerUrl: URL, outcome: '503 upstream_error' }] })
  const slow = receipt('c', { firstTokenMs: 900, tokensPerSecond: 10, mismatches: [] })
  expect(tally([receipt('a'), failed, slow], URL)).toEqual({ answered: 2, failed: 1, firstTokenMs: 371, tokensPerSecond: 10, wrong: 0 })
  expect(tally([], URL)).toEqual({ answered: 0, failed: 0, firstTokenMs: null, tokensPerSecond: null, wrong: 0 })
})
