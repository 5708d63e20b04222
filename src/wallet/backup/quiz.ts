/** Has the user really written the words down? Three of them are asked for; which ones, nobody knows before. */
import { RoutstrError } from '../../domain/errors.ts'

export interface SeedQuiz {
  /** 1 = the first word; ascending, different. */
  ask(): Promise<readonly number[]>
  /** @throws RoutstrError `wrong_words` */
  check(answers: readonly { readonly position: number; readonly word: string }[]): Promise<void>
}

const QUESTIONS = 3
const GOOD_FOR_MS = 10 * 60_000

/** The question lives in memory: a worker that died in between simply asks anew. */
export function createSeedQuiz(world: {
  readonly words: () => Promise<readonly string[]>
  readonly now: () => number
  readonly random: () => number
}): SeedQuiz {
  let asked: { readonly positions: readonly number[]; readonly until: number } | null = null
  return {
    async ask() {
      const left = (await world.words()).map((_, index) => index + 1)
      const positions = Array.from({ length: QUESTIONS }, () => left.splice(Math.floor(world.random() * left.length), 1)[0] ?? 1)
      asked = { positions: positions.sort((a, b) => a - b), until: world.now() + GOOD_FOR_MS }
      return asked.positions
    },
    async check(answers) {
      if (asked === null || asked.until < world.now()) throw new RoutstrError('wrong_words', 'The question is too old. Here is a new one.')
      const words = await world.words()
      const wrong = asked.positions.filter(
        (position) =>
          answers
            .find((answer) => answer.position === position)
            ?.word.trim()
            .toLowerCase() !== words[position - 1],
      )
      if (wrong.length > 0)
        throw new RoutstrError(
          'wrong_words',
          `${wrong.length === 1 ? `Word ${wrong[0]} is` : `Words ${wrong.slice(0, -1).join(', ')} and ${wrong.at(-1)} are`} not right. Look at your paper and try again.`,
        )
      asked = null
    },
  }
}
