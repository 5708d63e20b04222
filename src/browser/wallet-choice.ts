/** Which wallet is in use, the real one or that of the fake sats. Beside both databases, so that reading it opens neither. */
import browser from 'webextension-polyfill'

const KEY = 'fakeSats'

export const walletChoice = {
  read: async (): Promise<boolean> => (await browser.storage.local.get(KEY))[KEY] === true,
  write: (fake: boolean): Promise<void> => browser.storage.local.set({ [KEY]: fake }),
}
