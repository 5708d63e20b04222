import { expect, test } from 'vitest'
import { atBest, atLeast } from '../../../src/domain/audit.ts'
import { emptyRow, fadedTo, HALF_LIFE_MS, measuredOf, observed } from '../../../src/trust/audit-row.ts'
import { isSameModel } from '../../../src/trust/audit-observations.ts'

const URL = 'https://owl.example'

test('the lower bound rises with the number of good observations, the upper one falls with the bad ones', () => {
  expect(atLeast({ good: 0, bad: 0 })).toBeLessThan(0.7)
  expect(atLeast({ good: 3, bad: 0 })).toBeLessThan(atLeast({ good: 297, bad: 3 }))
  expect(atLeast({ good: 297, bad: 3 })).toBeGreaterThan(0.97)
  expect(atBest({ good: 0, bad: 0 })).toBe(1)
  expect(atBest({ good: 0, bad: 20 })).toBeLessThan(0.15)
})

test('counts fade by half in their half-life, and a clock that is set back fades nothing', () => {
  let row = emptyRow(URL, '', 0)
  for (let n = 0; n < 8; n++) row = observed(row, { answer: n < 6 }, 0)
  expect(row.answers).toEqual({ good: 6, bad: 2 })
  expect(fadedTo(row, HALF_LIFE_MS.answers).answers.good).toBeCloseTo(3)
  expect(fadedTo(row, -5).answers).toEqual(row.answers)
  expect(row.seen).toBe(8)
})

test('a value has a geometric mean and a scatter, and is forgotten in the end', () => {
  const row = [200, 800].reduce((before, firstTokenMs) => observed(before, { firstTokenMs }, 0), emptyRow(URL, 'owl', 0))
  expect(measuredOf(row.firstToken)?.typical).toBeCloseTo(400)
  expect(measuredOf(row.firstToken)?.spread).toBeCloseTo(Math.log(2))
  expect(measuredOf(fadedTo(row, 10 * HALF_LIFE_MS.speed).firstToken)).toBeNull()
})

test.each([
  ['owl-mini', 'owl-mini', true],
  ['openai/gpt-4o', 'gpt-4o-2024-08-06', true],
  ['gpt-4o', 'openai/gpt-4o:free', true],
  ['gpt-4o', 'gpt-4o-mini', false],
  ['gpt-4o', 'gpt-3.5-turbo', false],
  ['llama-3.1-70b', 'llama-3.1-8b', false],
])('%s answered as %s: the same model? %s', (asked, served, same) => {
  expect(isSameModel(served, asked)).toBe(same)
})
