/**
 * Memory that lives as long as the browser runs and is never on a disk (`storage.session`); other contexts than our own can not
 * read it (`security-and-ux.md` §4.6). For the key of an unlocked wallet, and to know a new browser session by: the event that tells of
 * one (`runtime.onStartup`) does not always arrive.
 */
import browser from 'webextension-polyfill'
import type { SessionMemory } from '../domain/lock.ts'

/** Each wallet has its own. */
const KEYS = { real: 'unlocked', fake: 'unlockedFakeSats' } as const
const BEGUN = { real: 'begun', fake: 'begunFakeSats' } as const

export function createSessionMemory(fake: boolean): SessionMemory {
  const wallet = fake ? 'fake' : 'real'
  const key = KEYS[wallet]
  const begun = BEGUN[wallet]
  return {
    async read() {
      const value: unknown = (await browser.storage.session.get(key))[key]
      return typeof value === 'string' ? value : null
    },
    write: (text) => (text === null ? browser.storage.session.remove(key) : browser.storage.session.set({ [key]: text })),
    isNew: async () => (await browser.storage.session.get(begun))[begun] === undefined,
    begun: () => browser.storage.session.set({ [begun]: true }),
  }
}
