/**
 * `test` with a stage: a fresh development network, a fresh browser whose wallet is connected to it by hand, and pages to ask from.
 * After every test the books are checked, ours against those of the mint and the providers.
 */
import { test as base } from '@playwright/test'
import { type Devnet, type DevnetMint, startDevnet } from '../../devnet/devnet.ts'
import { ask, type AskOptions, type Story } from './asking.ts'
import { nextQuestion } from './approval.ts'
import { type Browser, type BrowserOptions, openBrowser } from './browser.ts'
import { expect } from './expect.ts'
import { forgoneSat } from './forgone.ts'
import { type Books, openOptions } from './options.ts'
import { openPopup } from './popup.ts'
import { type Sites, serveSites } from './sites.ts'

export { expect } from './expect.ts'
export { onlyInChromium } from './only-in.ts'

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
  let forgone = 0
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
    forgone += await forgoneSat(options.page, [devnet.mint, devnet.otherMint])
    await options.close()
  }
  expectSameStory(all, forgone * 1000, devnet)
}

function expectSameStory(ours: readonly Books[], forgoneMsat: number, { providers, mint, otherMint }: Devnet): void {
  const their = [providers.cheap.books(), providers.dear.books()]
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  // what we say we spent is what they say they earned, and nothing of ours is left with them but rests that are no whole sat
  const accounts = [providers.cheap, providers.dear].flatMap((provider) => provider.accounts.list())
  expect(accounts.filter(({ balanceMsat }) => balanceMsat >= 1000)).toEqual([])
  const kept = their.map(({ earnedMsat, forfeitedMsat, balancesMsat }) => earnedMsat + forfeitedMsat + balancesMsat)
  expect(sum(ours.map(({ spent }) => spent))).toBe(sum(kept))
  // the notes themselves: what left our wallets is in the providers' purses, was a fee, of a mint or of Lightning, or lies forgone
  const fees = (one: DevnetMint): number => one.totals().feesSat * 1000
  const gained = sum(their.map(({ heldSat, floatSat }) => (heldSat - floatSat) * 1000))
  const left = sum(ours.map(({ received, wallet, sent }) => received - wallet - sent))
  const lightning = sum(ours.map(({ lightningFees }) => lightningFees))
  if (forgoneMsat > 0) console.log(`forgone: ${forgoneMsat} msat, which the mints still owe`)
  expect(left).toBe(fees(mint) + fees(otherMint) + gained + lightning + forgoneMsat)
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
