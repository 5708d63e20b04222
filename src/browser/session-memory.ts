/**
 * Memory that lives as long as the browser runs and is never on a disk (`storage.session`); other contexts than our own can not
 * read it (`security-and-ux.md` §4.6). For the key of an unlocked wallet.
 */
import browser from 'webextension-polyfill'
import type { SessionMemory } from '../domain/lock.ts'

/** Each wallet has its own. */
const KEYS = { real: 'unlocked', fake: 'unlockedFakeSats' } as const

export function createSessionMemory(fake: boolean): SessionMemory {
  const key = fake ? KEYS.fake : KEYS.real
  return {
    async read() {
      const value: unknown = (await browser.storage.session.get(key))[key]
      return typeof value === 'string' ? value : null
    },
    write: (text) => (text === null ? browser.storage.session.remove(key) : browser.storage.session.set({ [key]: text })),
  }
}
