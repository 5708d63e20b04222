/** A hint, not a rule: how long a passphrase withstands somebody who has the files. Pure. */
import { SHORTEST_PASSPHRASE } from '../../domain/lock.ts'

export interface Strength {
  readonly level: 'short' | 'weak' | 'fair' | 'good'
  readonly text: string
}

/** Counts kinds of characters and repetitions only; words of a language are worth less than it says, so it asks for several. */
export function strengthOf(passphrase: string): Strength {
  const characters = [...passphrase]
  if (characters.length < SHORTEST_PASSPHRASE) return { level: 'short', text: `At least ${SHORTEST_PASSPHRASE} characters.` }
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(passphrase)).length
  const different = new Set(characters).size
  const score = Math.min(characters.length, different * 2) + kinds * 2
  if (different < 5 || score < 14) return { level: 'weak', text: 'Weak: can be guessed in a day. Four or more unrelated words are better.' }
  if (score < 22) return { level: 'fair', text: 'Fair. More words make it strong.' }
  return { level: 'good', text: 'Strong, if nobody else uses these words together.' }
}
