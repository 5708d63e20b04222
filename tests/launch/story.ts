/** The first use, played by a script with real windows and clicks, for machines without a display. It prints what a user would see. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { msatOf } from '../e2e/support/amounts.ts'
import { nextQuestion } from '../e2e/support/approval.ts'
import { type Browser, openBrowser } from '../e2e/support/browser.ts'
import type { Locator, Page } from '../e2e/support/driver.ts'
import { expect } from '../e2e/support/expect.ts'
import { openOptions } from '../e2e/support/options.ts'
import { openPopup } from '../e2e/support/popup.ts'
import type { Addresses } from './network.ts'

const PICTURES = fileURLToPath(new URL('../../.output/demo', import.meta.url))
const MESSAGE = 'Why is the sky blue?'
const LIMIT_SAT = 500
const PER_REQUEST_SAT = 50
/** A real model behind the network may think for a while. */
const PATIENCE_MS = 120_000

/** @throws Error that says what did not happen */
export async function playStory(addresses: Addresses, signal: AbortSignal): Promise<void> {
  await mkdir(PICTURES, { recursive: true })
  const browser = await step('Chromium starts with the extension', () => openBrowser({ deviceScaleFactor: 2 }))
  const end = (): void => void browser.close()
  signal.addEventListener('abort', end)
  try {
    await play(browser, addresses)
  } finally {
    signal.removeEventListener('abort', end)
    await browser.close()
  }
}

async function play(browser: Browser, { config, demo }: Addresses): Promise<void> {
  await step('the wallet is connected and funded in the options', async () => {
    const options = await openOptions(browser, 'developer')
    await options.connectDevnet(config)
    await options.close()
  })
  const before = await step('the popup shows the balance', () => balanceOf(browser))
  say('Balance before', sats(before))

  const page = await step('the demo page finds window.routstr', async () => {
    const opened = await browser.open(demo)
    await opened.setViewportSize({ width: 960, height: 720 })
    await expect(opened.getByTestId('missing')).toBeHidden()
    await opened.getByTestId('model').press('Shift')
    await expect.poll(() => opened.getByTestId('model').locator('option').count()).toBeGreaterThan(1)
    return opened
  })
  await step('the message is sent', async () => {
    await page.getByTestId('prompt').fill(MESSAGE)
    await page.getByTestId('send').click()
  })
  say('You', MESSAGE)
  await step('the approval window opens and is approved', () => approve(browser))
  await step('the answer streams in to its end', async () => {
    const answer = page.getByTestId('message-assistant')
    await expect(answer.locator('.text')).not.toBeEmpty({ timeout: PATIENCE_MS })
    await expect(answer).not.toHaveClass(/writing/, { timeout: PATIENCE_MS })
    await expect(page.getByTestId('error')).toHaveCount(0)
    say('Answer', await textOf(answer.locator('.text > *'), `\n${' '.repeat(INDENT)}`))
    say('Under it', await textOf(answer.locator('.facts > span'), ' · '))
  })
  await page.bringToFront()
  await picture(page, 'page')
  await step('the popup shows the receipt, and everything comes home', () => readPopup(browser, before))
  await step('the books are right', () => readBooks(browser))
  console.log(`\nPictures: .output/demo/{page,approval,popup,options}.png`)
}

async function approve(browser: Browser): Promise<void> {
  const question = await nextQuestion(browser)
  const { page } = question
  await page.setViewportSize({ width: 400, height: 680 })
  const asking = (await Promise.all([question.origin, page.getByTestId('approval-model'), page.getByTestId('cost')].map((part) => textOf(part)))).join(', ')
  await page.getByTestId('choice-period').check()
  await question.limit.fill(String(LIMIT_SAT))
  await question.perRequest.fill(String(PER_REQUEST_SAT))
  await question.armed()
  await picture(page, 'approval')
  await question.approveUpTo(LIMIT_SAT, PER_REQUEST_SAT)
  say('Asked', asking)
  say('Approved', `up to ${LIMIT_SAT} sat per day, at most ${PER_REQUEST_SAT} sat per request`)
}

async function readPopup(browser: Browser, before: number): Promise<void> {
  const popup = await openPopup(browser)
  await popup.page.setViewportSize({ width: 380, height: 600 })
  await expect(popup.receipts).toHaveCount(1)
  await expect(popup.receipts).toHaveAttribute('data-state', 'completed')
  const cost = await msatOf(popup.page.getByTestId('receipt-cost'))
  expect(cost).toBeGreaterThan(0)
  await picture(popup.page, 'popup')
  say('Receipt', `${await textOf(popup.receipts.locator('.receipt-site, .receipt-how, .receipt-cost'), ' · ')} (${cost} msat)`)
  const now = await popup.balanceMsat()
  const onDeposit = popup.page.getByTestId('on-deposit')
  say('Balance now', `${sats(now)}${(await onDeposit.count()) > 0 ? `, and ${sats(await msatOf(onDeposit))} at the provider` : ''}`)
  await popup.bringHome()
  const after = await popup.balanceMsat()
  expect(after).toBeLessThan(before)
  expect(after).toBeGreaterThanOrEqual(now)
  say('Brought home', sats(after))
  await popup.close()
}

async function readBooks(browser: Browser): Promise<void> {
  const options = await openOptions(browser, 'developer')
  await options.page.setViewportSize({ width: 1200, height: 800 })
  const books = await options.books()
  say('Books', `received ${sats(books.received)} = wallet ${sats(books.wallet)} + spent ${sats(books.spent)} + mint fees ${sats(books.mintFees)}`)
  say('Difference', `${books.difference} msat`)
  expect(books.difference).toBe(0)
  expect(books.sessions).toBe(0)
  await options.go('tokens')
  await expect(options.by('balance')).toBeVisible()
  await picture(options.page, 'options')
  await options.close()
}

async function balanceOf(browser: Browser): Promise<number> {
  const popup = await openPopup(browser)
  const balance = await popup.balanceMsat()
  await popup.close()
  return balance
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

/** @throws Error "Did not happen: …" with the first lines of the reason */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`Did not happen: ${what}.\n${reason.split('\n').slice(0, 12).join('\n')}`, { cause: error })
  }
}

const INDENT = 16

function say(who: string, what: string): void {
  console.log(`${`${who}:`.padEnd(INDENT)}${what}`)
}

/** The text of all parts that have some, on one line each. */
async function textOf(parts: Locator, between = ' '): Promise<string> {
  const texts = (await parts.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
  return texts.filter((text) => text !== '').join(between)
}

const sats = (msat: number): string => `${(msat / 1000).toLocaleString('en')} sat`
