/** The toolbar popup, opened as a tab: the same document, but without an active site. */
import type { Locator, Page } from './driver.ts'
import { expect } from './expect.ts'
import { msatOf } from './amounts.ts'
import type { Browser } from './browser.ts'

export interface Popup {
  readonly page: Page
  readonly running: Locator
  readonly receipts: Locator
  balanceMsat(): Promise<number>
  pause(on: boolean): Promise<void>
  stop(): Promise<void>
  /** Presses until nothing is left at providers and nothing is on its way. */
  bringHome(): Promise<void>
  close(): Promise<void>
}

export async function openPopup(browser: Browser): Promise<Popup> {
  const page = await browser.open(browser.screen('popup.html'))
  const by = (testId: string): Locator => page.getByTestId(testId)
  return {
    page,
    running: by('running-request'),
    receipts: by('receipt'),
    balanceMsat: () => msatOf(by('balance')),
    async pause(on) {
      const toggle = by('pause')
      if ((await toggle.getAttribute('aria-checked')) === String(on)) await toggle.click()
      await expect(toggle).toHaveAttribute('aria-checked', String(!on))
    },
    stop: () => by('stop').click(),
    async bringHome() {
      const button = by('bring-home')
      await expect(by('balance')).toBeVisible()
      await expect(async () => {
        if (await button.isEnabled()) await button.click()
        await expect(button).not.toHaveAttribute('aria-busy', 'true', { timeout: 5_000 })
        await expect(by('on-deposit')).toHaveCount(0, { timeout: 300 })
        await expect(by('pending')).toHaveCount(0, { timeout: 300 })
      }).toPass({ timeout: 30_000, intervals: [100, 500, 1_000, 2_000] })
    },
    close: () => page.close(),
  }
}
