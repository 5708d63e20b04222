/**
 * When the Approve button may act (T10). A page can lure a double-click or a held key and let the question appear under it.
 * So the button is armed only after the question has been in front of the user for a while, and only a press that *began*
 * while it was armed counts.
 *
 *   covered ──shown, focused──▶ arming ──800 ms──▶ armed
 *      ▲                          │ ▲               │
 *      └──hidden, focus lost──────┴─┼───────────────┤
 *                                   └──resized, other content
 *
 * Pure: the clock is an argument. No timer decides anything; `isArmed` compares times.
 */

export const ARMING_MS = 800

export interface Arming {
  /** Since when the question is in front of the user, unchanged; null while covered. */
  readonly since: number | null
  /** When the press now under way began; null: none. Whatever happens meanwhile, it began before that. */
  readonly pressedAt: number | null
}

export type ArmingEvent = 'shown' | 'focused' | 'resized' | 'changed' | 'hidden' | 'blurred'

export function startArming(now: number, visible: boolean): Arming {
  return { since: visible ? now : null, pressedAt: null }
}

export function arm(state: Arming, event: ArmingEvent, now: number): Arming {
  switch (event) {
    case 'shown':
    case 'focused':
      return { ...state, since: now }
    case 'resized':
    case 'changed':
      return { ...state, since: state.since === null ? null : now }
    case 'hidden':
    case 'blurred':
      return { ...state, since: null }
    default:
      return event satisfies never
  }
}

export function isArmed(state: Arming, now: number): boolean {
  return state.since !== null && now - state.since >= ARMING_MS
}

/** How long until armed; null while covered, 0 when armed. */
export function armedInMs(state: Arming, now: number): number | null {
  return state.since === null ? null : Math.max(0, state.since + ARMING_MS - now)
}

/** A pointer or the space bar went down on the button. */
export function pressStarts(state: Arming, now: number): Arming {
  return { ...state, pressedAt: now }
}

export interface Click {
  /** Made by the user agent, not by a script. */
  readonly isTrusted: boolean
}

/**
 * Whether this click approves. Enter never arrives here: its keydown is cancelled before it becomes a click. A click without a
 * press is one of assistive technology; it counts when the button is armed.
 */
export function approves(state: Arming, click: Click, now: number): boolean {
  if (!click.isTrusted || !isArmed(state, now)) return false
  return state.pressedAt === null || (state.since !== null && state.pressedAt - state.since >= ARMING_MS)
}
