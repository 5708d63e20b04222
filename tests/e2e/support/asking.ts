/** A page of the test site asks; what came back is read from the page itself. */
import type { Frame, Page } from './driver.ts'
import { expect } from './expect.ts'

/** What the page wrote down (site/page.js). */
export interface Story {
  readonly state: 'running' | 'ended' | 'broken'
  readonly status: number | null
  /** `error.code` of the envelope or of the thrown error. */
  readonly code: string | null
  /** Name of the thrown error. */
  readonly error: string | null
  readonly text: string
  readonly pieces: number
  /** The stream said itself that it is complete. */
  readonly done: boolean
  readonly costMsat: number | null
  readonly provider: string | null
  /** When it was over, by the clock of the page, ms. */
  readonly at: number | null
}

export interface Asked {
  story(): Promise<Story>
  /** The story once the page has nothing more to wait for. */
  end(): Promise<Story>
  /** Waits until that many pieces of the answer have arrived. */
  streaming(pieces?: number): Promise<void>
  abort(): Promise<void>
}

export interface AskOptions {
  readonly way?: 'fetch' | 'create' | 'openai'
  readonly stream?: boolean
  readonly model?: string
  readonly maxTokens?: number
  readonly prompt?: 'auto' | 'none'
  /** Instead of a well-formed one. */
  readonly body?: string
}

interface PageRequest {
  readonly way: string
  readonly body: string
  readonly prompt: string
}

declare global {
  interface Window {
    stories: Record<string, Story>
    ask(name: string, request: PageRequest): void
    abort(name: string): void
  }
}

export const ANSWER = 'The heron stands in the river and waits.'
/** A prompt the built-in model answers with exactly `ANSWER`. */
export const QUESTION = `[[say:${ANSWER}]]`
/** Twenty seconds of text at ten tokens per second. */
export const LONG_QUESTION = '[[words:120]] [[slow]]'

let asked = 0

export async function ask(page: Page | Frame, question = QUESTION, options: AskOptions = {}): Promise<Asked> {
  const { way = 'fetch', stream = true, model = 'owl-mini', maxTokens = 400, prompt = 'auto' } = options
  asked += 1
  const name = `story ${asked}`
  const body = options.body ?? JSON.stringify({ model, stream, max_tokens: maxTokens, messages: [{ role: 'user', content: question }] })
  await page.evaluate(([as, request]) => window.ask(as, request), [name, { way, body, prompt }] as const)
  const story = (): Promise<Story> => page.evaluate((of) => window.stories[of], name).then(known)
  return {
    story,
    async end() {
      await expect.poll(async () => (await story()).state, { message: 'the page has its answer', timeout: 30_000 }).not.toBe('running')
      return story()
    },
    async streaming(pieces = 3) {
      await expect.poll(async () => (await story()).pieces, { message: 'the answer streams' }).toBeGreaterThanOrEqual(pieces)
      expect((await story()).state).toBe('running')
    },
    abort: () => page.evaluate((of) => window.abort(of), name),
  }
}

function known(story: Story | undefined): Story {
  if (story === undefined) throw new Error('the page knows nothing of this question')
  return story
}
