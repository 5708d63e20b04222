/** The options page, room by room. */
import type { Locator, Page } from './driver.ts'
import { expect } from './expect.ts'
import type { Browser } from './browser.ts'

export type Room = 'tokens' | 'history' | 'sites' | 'providers' | 'activity' | 'safety' | 'settings' | 'developer'
const LEDGER_ROWS = ['received', 'wallet', 'sessions', 'sent', 'spent', 'mintFees', 'lightningFees', 'lost'] as const
export type Books = Record<(typeof LEDGER_ROWS)[number] | 'difference', number>

export interface Options {
  readonly page: Page
  by(testId: string): Locator
  /** The row of a site, in the room of sites. */
  site(origin: string): Locator
  go(room: Room): Promise<void>
  /** One of the ways in and out, in the room of tokens. */
  tab(name: 'receive' | 'send' | 'top-up' | 'withdraw' | 'move'): Promise<void>
  /** Through the one button of the developer room. */
  connectDevnet(configUrl: string): Promise<void>
  /** The table of the developer room, msat. */
  books(): Promise<Books>
  /** Pastes a token and waits until the page has read it. */
  paste(token: string): Promise<void>
  close(): Promise<void>
}

export async function openOptions(browser: Browser, room: Room = 'tokens'): Promise<Options> {
  const page = await browser.open(browser.screen(`options.html#/${room}`))
  const by = (testId: string): Locator => page.getByTestId(testId)
  const options: Options = {
    page,
    by,
    site: (origin) => page.locator(`[data-testid=site-row][data-origin="${origin}"]`),
    async go(to) {
      await by(`nav-${to}`).click()
      await expect(by(`room-${to}`)).toBeVisible()
    },
    async tab(name) {
      await by(`tab-${name}`).click()
      await expect(by(`tab-${name}`)).toHaveAttribute('aria-selected', 'true')
    },
    async connectDevnet(configUrl) {
      await options.go('developer')
      await by('devnet-url').fill(configUrl)
      await by('devnet-connect').click()
      await expect(by('devnet-status')).toHaveAttribute('data-state', 'connected')
    },
    async books() {
      await options.go('developer')
      await expect(by('ledger')).toBeVisible()
      // in one look: what moves between two looks would be in both rows, or in none
      const shown = await by('ledger').evaluate((table) =>
        [...table.querySelectorAll<HTMLElement>('[data-msat]')].map(({ dataset }) => [dataset.testid ?? '', Number(dataset.msat)] as const),
      )
      const msat = new Map(shown)
      const read = (row: string): number => {
        const found = msat.get(row)
        if (found === undefined) throw new Error(`the books have no row "${row}"`)
        return found
      }
      const rows = LEDGER_ROWS.map((name) => [name, read(`ledger-${name}Msat`)] as const)
      return { ...(Object.fromEntries(rows) as Record<(typeof LEDGER_ROWS)[number], number>), difference: read('ledger-difference') }
    },
    async paste(token) {
      await by('receive-input').fill(token)
      await expect(by('token-facts').first()).toBeVisible()
    },
    close: () => page.close(),
  }
  await expect(by(`room-${room}`)).toBeVisible()
  return options
}
