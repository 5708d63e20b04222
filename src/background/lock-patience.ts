/** Guessing is slow: after each wrong passphrase the next attempt waits 1 s, 2 s, 4 s … up to a minute. In memory only. */
import { RoutstrError } from '../domain/errors.ts'

const MOST_MS = 60_000

export function createPatience(now: () => number): { of<T>(attempt: () => Promise<T>): Promise<T> } {
  let wrong = 0
  let notBefore = 0
  return {
    async of(attempt) {
      // a clock that was set back must not keep anybody out
      const wait = Math.min(notBefore - now(), MOST_MS)
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      try {
        const result = await attempt()
        wrong = 0
        notBefore = 0
        return result
      } catch (error) {
        if (error instanceof RoutstrError && error.code === 'wrong_passphrase') notBefore = now() + Math.min(MOST_MS, 1_000 * 2 ** wrong++)
        throw error
      }
    },
  }
}
