/** NIP-60 in two real browsers: the key is carried over by hand, the money is there, and comes when it is called. */
import type { Page } from './support/driver.ts'
import type { Devnet } from '../devnet/devnet.ts'
import { msatOf } from './support/amounts.ts'
import { type Browser, openBrowser } from './support/browser.ts'
import { openOptions, type Options } from './support/options.ts'
import { openPopup } from './support/popup.ts'
import { checkBooks, expect, openConnected, test } from './support/test.ts'

/** Screenshots for people to look at, on request only. */
const PICTURES = process.env['ROUTSTR_PICTURES']
async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
}

/** Only the relay of the network, and loopback open. */
async function onlyItsRelay(browser: Browser, devnet: Devnet): Promise<void> {
  const page = await browser.open(browser.screen('options.html#/settings'))
  await page.evaluate(
    (relay) =>
      new Promise<void>((resolve) => {
        const port = chrome.runtime.connect({ name: 'ui' })
        port.onMessage.addListener((message) => message?.id === 1 && resolve())
        port.postMessage({ id: 1, route: 'settings.set', input: { developer: true, relays: [relay] } })
      }),
    devnet.relay.url,
  )
  await page.close()
}

async function revealed(options: Options): Promise<string> {
  // a short press asks once more: this is how it works without holding
  await options.by('sync-reveal').click()
  await options.by('sync-reveal-confirm').click()
  return options.by('sync-nsec').inputValue()
}

test('a second browser joins by the key, sees the money, and brings it over; a worker dies on the way', async ({ devnet }) => {
  const first = await openConnected(devnet)
  await onlyItsRelay(first, devnet)
  const here = await openOptions(first, 'safety')
  await here.by('sync-on').click()
  await expect(here.by('sync-state')).toHaveAttribute('data-unsent', '0')
  const nsec = await revealed(here)
  expect(nsec).toMatch(/^nsec1[a-z0-9]{58}$/)
  await picture(here.page, 'sync-key')
  await here.by('sync-hide').click()
  await expect(here.by('sync-nsec')).toHaveCount(0)
  await here.go('tokens')
  const held = await msatOf(here.by('balance'))

  const second = await openBrowser()
  await onlyItsRelay(second, devnet)
  const there = await openOptions(second, 'safety')
  await there.by('sync-paste').click()
  await there.by('sync-key').fill('nsec1nonsense')
  await there.by('sync-key-go').click()
  await expect(there.by('error')).toHaveAttribute('data-code', 'invalid_request_error')
  await there.by('sync-key').fill(nsec)
  await there.by('sync-key-go').click()
  await expect(there.by('sync-elsewhere-amount')).toHaveAttribute('data-msat', String(held))
  await picture(there.page, 'sync-joined')
  const hold = devnet.mint.hold(/swap/)
  await there.by('sync-trust').click()
  await there.by('sync-trust-confirm').click()
  await hold.waiting
  await second.killWorker()
  hold.release()
  await there.page.reload()
  await there.go('tokens')
  await expect.poll(() => msatOf(there.by('balance')), { timeout: 40_000 }).toBeGreaterThan(held * 0.9)
  await here.go('safety')
  await expect(here.by('sync-elsewhere-amount')).toBeVisible({ timeout: 40_000 })
  await here.go('tokens')
  // the new notes may be seen before it is told which of ours they were made of
  await expect(here.by('balance')).toHaveAttribute('data-msat', '0', { timeout: 40_000 })
  const popup = await openPopup(first)
  await expect(popup.page.getByTestId('elsewhere')).toHaveAttribute('data-msat', String(await msatOf(there.by('balance'))))
  await popup.close()
  expect([...first.console, ...second.console].filter((line) => /nsec1|cashu[AB]/.test(line))).toEqual([])
  await here.close()
  await there.close()
  await checkBooks([first, second], devnet)
  await first.close()
  await second.close()
})
