/** The user speaks of a provider: in the built extension, with a key for this alone and with a remote signer. */
import type { Devnet } from '../devnet/devnet.ts'
import type { Options } from './support/options.ts'
import { expectAccessible } from './support/accessible.ts'
import { openOptions } from './support/options.ts'
import { playwrightPage } from './support/chromium.ts'
import { expect, onlyInChromium, test } from './support/test.ts'

/** Only relays that are here. */
async function atProvider(options: Options, devnet: Devnet): Promise<void> {
  await options.go('settings')
  for (const relay of ['wss://relay.routstr.com', 'wss://relay.damus.io', 'wss://nos.lol', 'wss://relay.nostr.band']) {
    const remove = options.page.locator(`[aria-label="Remove ${relay}"]`)
    await remove.click()
    await expect(remove).toHaveCount(0)
  }
  await options.go('providers')
  await sparrow(options, devnet).click()
  await expect(options.by('word-recommend')).toBeVisible()
}

const sparrow = (options: Options, { providers }: Devnet) => options.page.locator(`[data-url="${providers.cheap.url}"] [data-testid=provider-link]`)

test('a warning is looked at, published, and taken back', async ({ user, devnet }) => {
  const spoken = () => devnet.relay.events().filter(({ kind }) => kind === 38_000 || kind === 5)
  const options = await openOptions(user)
  await atProvider(options, devnet)
  await options.by('word-warn').click()
  await options.by('word-text').fill('Kept my change.')
  await options.by('word-look').click()
  await expect(options.by('word-event')).toContainText('"content": "Kept my change."')
  await expect(options.by('word-relays')).toContainText(devnet.relay.url)
  await expectAccessible(options.page, 'preview')
  expect(spoken()).toEqual([])
  await options.by('word-publish').click()
  await expect(options.by('delivery')).toHaveAttribute('data-result', 'kept')
  expect(spoken()).toMatchObject([{ kind: 38_000, content: 'Kept my change.' }])
  await options.by('word-withdraw').click()
  await expect(options.by('word-event')).toContainText('"kind": 5')
  await options.by('word-publish').click()
  await expect(options.by('word')).toHaveAttribute('data-withdrawn', 'true')
  expect(spoken()).toMatchObject([{ kind: 5 }])
})

async function connectSigner(options: Options, devnet: Devnet): Promise<void> {
  await options.by('tab-words').click()
  await options.by('signer-uri').fill(devnet.bunker.uri)
  await options.by('signer-uri-go').click()
  await expect(options.by('signer')).toHaveAttribute('data-connected', 'true')
}

test('a recommendation signed by the key that stays in a remote signer', async ({ user, devnet }) => {
  const options = await openOptions(user)
  await atProvider(options, devnet)
  await options.go('tokens')
  await options.go('providers')
  await connectSigner(options, devnet)
  await expectAccessible(options.page, 'your words')
  await options.by('tab-providers').click()
  await sparrow(options, devnet).click()
  await options.by('word-recommend').click()
  await options.by('word-look').click()
  await options.by('word-publish').click()
  await expect(options.by('delivery')).toHaveAttribute('data-result', 'kept')
  expect(devnet.relay.events().filter(({ kind }) => kind === 38_000)).toMatchObject([{ pubkey: devnet.bunker.user }])
  await options.go('tokens')
  await options.go('providers')
  await options.by('tab-words').click()
  await expect(options.by('word')).toHaveAttribute('data-verdict', 'recommend')
})

test('whoever has a key of their own and is quicker than the background signs with it all the same', onlyInChromium('a script before those of our screen'), async ({ user, devnet }) => {
  const options = await openOptions(user)
  await options.go('providers')
  await connectSigner(options, devnet)
  await playwrightPage(user, options.page).addInitScript(() => {
    const connect = chrome.runtime.connect
    chrome.runtime.connect = (to) => {
      const port = connect(to)
      const listen = port.onMessage.addListener.bind(port.onMessage)
      port.onMessage.addListener = (listener) => listen((message) => setTimeout(() => listener(message), 700))
      return port
    }
  })
  await options.page.reload()
  await options.go('providers')
  await sparrow(options, devnet).click()
  await options.by('word-recommend').click()
  await expect(options.by('by-signer')).toBeChecked()
})
