/** The tokens in the form: one is shown, those that came together with it wait for their turn. */
import { useState } from 'preact/hooks'
import { pastedToken, pastedTokens } from './pasted-token.ts'

export interface Entered {
  /** What stands in the field. */
  readonly text: string
  /** The token in it; null when there is none. */
  readonly token: string | null
  readonly waiting: readonly string[]
  /** What came in, by whatever way: the first token is shown, others wait. */
  enter(raw: string): void
  /** The shown one goes to the end of the queue. */
  showNext(): void
  /** That token is dealt with: the next one is shown, unless something else was entered meanwhile. */
  finish(token: string): void
}

interface Queue {
  readonly text: string
  readonly waiting: readonly string[]
}

export function useEntered(): Entered {
  const [{ text, waiting }, setQueue] = useState<Queue>({ text: '', waiting: [] })
  return {
    text,
    token: pastedToken(text),
    waiting,
    enter: (raw) => setQueue((queue) => entered(queue, raw)),
    showNext: () => setQueue((queue) => next(queue, pastedToken(queue.text))),
    finish: (token) => setQueue((queue) => (pastedToken(queue.text) === token ? next(queue, null) : queue)),
  }
}

/** Pure: the rule above. */
export function entered({ waiting }: Queue, raw: string): Queue {
  const [first, ...others] = pastedTokens(raw)
  // what can be read as it stands stays as it was typed
  const alone = first === undefined || (others.length === 0 && pastedToken(raw) !== null)
  return { text: alone ? raw : first, waiting: [...new Set([...waiting, ...others])].filter((token) => token !== first) }
}

function next({ waiting: [first = '', ...others] }: Queue, shown: string | null): Queue {
  return { text: first, waiting: shown === null ? others : [...others, shown] }
}
