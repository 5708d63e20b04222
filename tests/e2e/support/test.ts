/**
 * `test` with a stage: a fresh development network, a fresh browser whose wallet is connected to it by hand, and pages to ask from.
 * After every test the books are checked, ours against those of the mint and the providers.
 */
import { test as base, expect } from '@playwright/test'
import { type Devnet, type DevnetMint, startDevnet } from '../../devnet/devnet.ts'
import { ask, type AskOptions, type Story } from './asking.ts'
import { nextQuestion } from './approval.ts'
import { type Browser, openBrowser } from './browser.ts'
import { type Books, openOptions } from './options.ts'
import { openPopup } from './popup.ts'
import { type Sites, serveSites } from './sites.ts'

export { expect } from '@playwright/test'

interface Stage {
  readonly devnet: Devnet
  readonly sites: Sites
  readonly user: Browser
}

/** T33: no token and no key, of anybody, in any console. */
const SECRET = /cashu[AB]|sk-[0-9a-f]{64}/

export const test = base.extend<Stage>({
  devnet: async ({ playwright: _ }, use) => {
    const devnet = await startDevnet()
    await use(devnet)
    await devnet.stop()
  },
  sites: async ({ playwright: _ }, use) => {
    const sites = await serveSites()
    await use(sites)
    await sites.stop()
  },
  user: async ({ devnet }, use, testInfo) => {
    const browser = await openBrowser()
    const options = await openOptions(browser, 'developer')
    await options.connectDevnet(devnet.configUrl)
    await options.close()
    await use(browser)
    try {
      if (testInfo.status === 'passed') await checkBooks(browser, devnet)
      expect(browser.console.filter((line) => SECRET.test(line))).toEqual([])
    } finally {
      await browser.close()
    }
  },
})

/** `wallet + sessions + spent + mint fees = received`, to the msat; then again with everything at home, against the others' books. */
export async function checkBooks(browser: Browser, devnet: Devnet): Promise<void> {
  const options = await openOptions(browser, 'developer')
  await expect(options.by('ledger-difference')).toHaveAttribute('data-msat', '0')
  const popup = await openPopup(browser)
  await popup.bringHome()
  await popup.close()
  await expect(async () => {
    await options.page.reload()
    const books = await options.books()
    expect({ difference: books.difference, sessions: books.sessions, lost: books.lost }).toEqual({ difference: 0, sessions: 0, lost: 0 })
    expectSameStory(books, devnet)
  }).toPass({ timeout: 15_000 })
  await options.close()
}

function expectSameStory(books: Books, { providers, mint, otherMint }: Devnet): void {
  const their = [providers.cheap.books(), providers.dear.books()]
  const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
  // what we say we spent is what they say they earned, and nothing of ours is left with them
  expect(books.spent).toBe(sum(their.map(({ earnedMsat, forfeitedMsat }) => earnedMsat + forfeitedMsat)))
  expect(sum(their.map(({ balancesMsat }) => balancesMsat))).toBe(0)
  // the notes themselves: what left our wallet is in the providers' purses or was a fee of a mint
  const fees = (one: DevnetMint): number => one.totals().feesSat * 1000
  const gained = sum(their.map(({ heldSat, floatSat }) => (heldSat - floatSat) * 1000))
  expect(books.received - books.wallet - books.sent).toBe(fees(mint) + fees(otherMint) + gained)
}

/** A site that may spend: asks once, gets `limitSat` a day approved in the window, and has its answer. */
export async function grantedPage(browser: Browser, origin: string, limitSat = 1_000, options: AskOptions = {}): Promise<{ page: Awaited<ReturnType<Browser['open']>>; first: Story }> {
  const page = await browser.open(`${origin}/`)
  const asked = await ask(page, undefined, options)
  await (await nextQuestion(browser)).approveUpTo(limitSat, limitSat)
  const first = await asked.end()
  expect(first).toMatchObject({ state: 'ended', status: 200 })
  return { page, first }
}
