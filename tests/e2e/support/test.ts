/**
 * `test` with a stage: a fresh development network, a fresh browser whose wallet is connected to it by hand, and pages to ask from.
 * After every test the books are checked, ours against those of the mint and the providers.
 */
import { test as base, expect } from '@playwright/test'
import { type Devnet, type DevnetMint, startDevnet } from '../../devnet/devnet.ts'
import { ask, type AskOptions, type Story } from './asking.ts'
import { nextQuestion } from './approval.ts'
import { type Browser, type BrowserOptions, openBrowser } from './browser.ts'
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
    const browser = await openConnected(devnet)
    await use(browser)
    try {
      if (testInfo.status === 'passed') await checkBooks([browser], devnet)
      expect(browser.console.filter((line) => SECRET.test(line))).toEqual([])
    } finally {
      await browser.close()
    }
  },
})

/** `wallet + sessions + spent + mint fees = received`, to the msat; then again with everything at home, against the others' books. */
export async function checkBooks(wallets: readonly Browser[], devnet: Devnet): Promise<void> {
  const all: Books[] = []
  for (const wallet of wallets) {
    const options = await openOptions(wallet, 'developer')
    await expect(options.by('ledger-difference')).toHaveAttribute('data-msat', '0')
    const popup = await openPopup(wallet)
    await popup.bringHome()
    await popup.close()
    await options.page.reload()
    await expect(options.by('ledger-sessionsMsat')).toHaveAttribute('data-msat', '0')
    await expect(options.by('ledger-difference')).toHaveAttribute('data-msat', '0')
    await expect(options.by('ledger-lostMsat')).toHaveAttribute('data-msat', '0')
    all.push(await options.books())
    await options.close()
  }
  expectSameStory(all, devnet)
}

function expectSameStory(ours: readonly Books[], { providers, mint, otherMint }: Devnet): void {
  const their = [providers.cheap.books(), providers.dear.books()]
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  // what we say we spent is what they say they earned, and nothing of ours is left with them
  expect(sum(ours.map(({ spent }) => spent))).toBe(sum(their.map(({ earnedMsat, forfeitedMsat }) => earnedMsat + forfeitedMsat)))
  expect(sum(their.map(({ balancesMsat }) => balancesMsat))).toBe(0)
  // the notes themselves: what left our wallets is in the providers' purses or was a fee of a mint
  const fees = (one: DevnetMint): number => one.totals().feesSat * 1000
  const gained = sum(their.map(({ heldSat, floatSat }) => (heldSat - floatSat) * 1000))
  expect(sum(ours.map(({ received, wallet, sent }) => received - wallet - sent))).toBe(fees(mint) + fees(otherMint) + gained)
}

/** A fresh browser (or one with a kept profile) whose wallet is connected by hand. */
export async function openConnected(devnet: Devnet, options: BrowserOptions = {}): Promise<Browser> {
  const browser = await openBrowser(options)
  const developer = await openOptions(browser, 'developer')
  await developer.connectDevnet(devnet.configUrl)
  await developer.close()
  return browser
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
