/** Connects the arming rules to this window: visibility, focus, size, content. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Arming, type ArmingEvent, approves, arm, armedInMs, isArmed, pressStarts, startArming } from './arming.ts'

export interface ArmedButton {
  readonly armed: boolean
  /** Spread over the button. */
  readonly handlers: {
    readonly onPointerDown: () => void
    readonly onKeyDown: (event: KeyboardEvent) => void
    readonly onClick: (event: MouseEvent) => void
  }
}

/** @param content changes whenever something else stands where the button is: then the time starts again */
export function useArming(content: string, onApprove: () => void): ArmedButton {
  const state = useRef<Arming>(startArming(performance.now(), !document.hidden))
  const [armed, setArmed] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const happened = useRef((event: ArmingEvent): void => {
    state.current = arm(state.current, event, performance.now())
    look()
  })
  /** Only the picture follows the timer; the click compares times itself. */
  const look = (): void => {
    clearTimeout(timer.current)
    const left = armedInMs(state.current, performance.now())
    setArmed(left === 0)
    if (left !== null && left > 0) timer.current = setTimeout(look, left + 5)
  }

  useEffect(() => {
    const tell = (event: ArmingEvent) => () => happened.current(event)
    const focused = tell('focused')
    const blurred = tell('blurred')
    const resized = tell('resized')
    const turned = (): void => happened.current(document.hidden ? 'hidden' : 'shown')
    addEventListener('focus', focused)
    addEventListener('blur', blurred)
    addEventListener('resize', resized)
    document.addEventListener('visibilitychange', turned)
    return () => {
      clearTimeout(timer.current)
      removeEventListener('focus', focused)
      removeEventListener('blur', blurred)
      removeEventListener('resize', resized)
      document.removeEventListener('visibilitychange', turned)
    }
  }, [])
  useEffect(() => happened.current('changed'), [content])

  return {
    armed,
    handlers: {
      onPointerDown: () => {
        state.current = pressStarts(state.current, performance.now())
      },
      onKeyDown: (event) => {
        // Enter fires on keydown and repeats while held: it never approves anything
        if (event.key !== ' ') {
          if (event.key === 'Enter') event.preventDefault()
          return
        }
        // a space bar that was already down when the focus came here is no press on this button
        if (event.repeat && state.current.pressedAt === null) event.preventDefault()
        else if (!event.repeat) state.current = pressStarts(state.current, performance.now())
      },
      onClick: (event) => {
        const now = performance.now()
        const yes = approves(state.current, event, now)
        state.current = { ...state.current, pressedAt: null }
        if (yes && isArmed(state.current, now)) onApprove()
      },
    },
  }
}
