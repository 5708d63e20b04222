import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ARMING_MS, type Arming, type ArmingEvent, approves, arm, armedInMs, isArmed, pressStarts, startArming } from '../../../src/ui/approval/arming.ts'

const TRUSTED = { isTrusted: true }

describe('T10: the Approve button', () => {
  it('is not armed at the start and armed after 800 ms', () => {
    const state = startArming(1000, true)
    expect(isArmed(state, 1000 + ARMING_MS - 1)).toBe(false)
    expect(isArmed(state, 1000 + ARMING_MS)).toBe(true)
    expect(armedInMs(state, 1300)).toBe(500)
  })

  it('is never armed while the window is covered', () => {
    expect(isArmed(startArming(0, false), 60_000)).toBe(false)
    expect(armedInMs(startArming(0, false), 60_000)).toBeNull()
  })

  it.each(['shown', 'focused', 'resized', 'changed'] as const)('starts again when %s', (event) => {
    const state = arm(startArming(0, true), event, 5000)
    expect(isArmed(state, 5000 + ARMING_MS - 1)).toBe(false)
    expect(isArmed(state, 5000 + ARMING_MS)).toBe(true)
  })

  it.each(['hidden', 'blurred'] as const)('disarms when %s, and neither size nor content arms it again', (event) => {
    let state = arm(startArming(0, true), event, 5000)
    for (const other of ['resized', 'changed'] as const) {
      state = arm(state, other, 6000)
      expect(isArmed(state, 60_000)).toBe(false)
    }
    expect(isArmed(arm(state, 'focused', 60_000), 60_000 + ARMING_MS)).toBe(true)
  })

  it('refuses a click that a script made', () => {
    expect(approves(startArming(0, true), { isTrusted: false }, 5000)).toBe(false)
  })

  it('refuses the second half of a double-click that began before it was armed', () => {
    const state = pressStarts(startArming(0, true), ARMING_MS - 10)
    expect(approves(state, TRUSTED, ARMING_MS + 10)).toBe(false)
  })

  it('accepts a press that began while armed', () => {
    const state = pressStarts(startArming(0, true), ARMING_MS)
    expect(approves(state, TRUSTED, ARMING_MS + 90)).toBe(true)
  })

  it('forgets a press when the window loses the focus in between', () => {
    let state = pressStarts(startArming(0, true), 2000)
    state = arm(arm(state, 'blurred', 2050), 'focused', 2060)
    expect(approves(state, TRUSTED, 2100)).toBe(false)
  })

  it.each(['shown', 'focused', 'resized', 'changed'] as const)('does not take a press that is held since before it was %s, however long', (event) => {
    const state = arm(pressStarts(startArming(0, true), 2000), event, 2050)
    expect(isArmed(state, 5000)).toBe(true)
    expect(approves(state, TRUSTED, 5000)).toBe(false)
    expect(approves(pressStarts(state, 5000), TRUSTED, 5090)).toBe(true)
  })

  it('never approves within 800 ms of anything that happened to the window', () => {
    const event = fc.constantFrom<ArmingEvent>('shown', 'focused', 'resized', 'changed', 'hidden', 'blurred')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 0, max: 2000 })), { minLength: 1 }),
        fc.integer({ min: 0, max: ARMING_MS - 1 }),
        (events, wait) => {
          let now = 0
          let state: Arming = startArming(0, true)
          for (const [what, after] of events) {
            now += after
            state = arm(state, what, now)
          }
          expect(approves(pressStarts(state, now + wait), TRUSTED, now + wait)).toBe(false)
        },
      ),
    )
  })
})
