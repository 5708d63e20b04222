/** The question, as a person sees and answers it: in its own window, or on top of the toolbar popup. */
import type { Locator, Page } from './driver.ts'
import { expect } from './expect.ts'
import type { Browser } from './browser.ts'

export interface Question {
  readonly page: Page
  readonly card: Locator
  readonly origin: Locator
  readonly approveButton: Locator
  readonly rejectButton: Locator
  readonly limit: Locator
  readonly perRequest: Locator
  /** Waits until the button may act. */
  armed(): Promise<void>
  approveOnce(): Promise<void>
  /** Whole sats per day. */
  approveUpTo(limitSat: number, perRequestSat: number): Promise<void>
  reject(): Promise<void>
  blockSite(): Promise<void>
}

/** Their windows close by themselves, a moment later. */
const ANSWERED = new WeakSet<Page>()

export function questionOn(page: Page): Question {
  const by = (testId: string): Locator => page.getByTestId(testId)
  /** What answers the question closes its window, now and then before the press itself has returned. */
  const answer = (testId: string): Promise<void> => {
    if (page.isClosed()) throw new Error('the window of this question has closed before it was answered')
    ANSWERED.add(page)
    return by(testId)
      .click()
      .catch((error: unknown) => {
        if (!page.isClosed()) throw error
      })
  }
  const armed = (): Promise<void> => expect(by('approve')).toHaveAttribute('data-armed', 'true')
  return {
    page,
    card: by('approval'),
    origin: by('approval-origin'),
    approveButton: by('approve'),
    rejectButton: by('reject'),
    limit: by('limit-input'),
    perRequest: by('max-per-request-input'),
    armed,
    async approveOnce() {
      await by('choice-once').check()
      await armed()
      await answer('approve')
    },
    async approveUpTo(limitSat, perRequestSat) {
      await by('choice-period').check()
      await by('limit-input').fill(String(limitSat))
      await by('max-per-request-input').fill(String(perRequestSat))
      await armed()
      await answer('approve')
    },
    reject: () => answer('reject'),
    async blockSite() {
      await by('block-site').click()
      await answer('block-site-confirm')
    },
  }
}

/** Waits for the approval window and for the question in it; that of the last question may still be there, or closing just now. */
export async function nextQuestion(browser: Browser): Promise<Question> {
  const opened = (): Page | null => {
    const page = browser.questionWindow()
    return page === null || ANSWERED.has(page) ? null : page
  }
  for (;;) {
    await expect.poll(() => opened() !== null, { message: 'an approval window opens' }).toBe(true)
    const page = opened()
    if (page === null) continue
    const question = questionOn(page)
    try {
      await expect(question.card).toBeVisible()
      return question
    } catch (error) {
      if (!page.isClosed()) throw error
    }
  }
}
