/** T9: how long a site is quiet after refusals. */
import { expect, test } from 'vitest'
import type { Refusals } from '../../../src/domain/grant.ts'
import { isQuiet, refusedAgain } from '../../../src/permissions/cool-down.ts'

const MINUTE = 60_000

/** The quiet minutes after each of `count` refusals, each given as soon as the site may ask again. */
function quietMinutes(count: number): number[] {
  let refusals: Refusals | undefined
  let now = 1_000_000
  return Array.from({ length: count }, () => {
    refusals = refusedAgain(refusals, now)
    const minutes = (refusals.quietUntil - now) / MINUTE
    now = refusals.quietUntil
    return minutes
  })
}

test('T9: one no is an answer; from the second on the quiet time grows', () => {
  expect(quietMinutes(7)).toEqual([0, 1, 10, 60, 1440, 1440, 1440])
})

test('T9: a site that lets the user be for an hour begins anew', () => {
  const second = refusedAgain(refusedAgain(undefined, 0), 0)
  expect(second.quietUntil).toBe(MINUTE)
  expect(isQuiet(second, MINUTE - 1)).toBe(true)
  expect(isQuiet(second, MINUTE)).toBe(false)
  expect(refusedAgain(second, MINUTE + 60 * MINUTE).count).toBe(3)
  expect(refusedAgain(second, MINUTE + 60 * MINUTE + 1).count).toBe(1)
  expect(isQuiet(undefined, 0)).toBe(false)
})
