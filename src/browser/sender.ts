/**
 * Who is speaking, by what the browser says and nothing else (`extension-platform.md` §9). Every connection is one of two
 * kinds or dropped; each kind has its own contract.
 */
import browser from 'webextension-polyfill'
import type { Runtime } from 'webextension-polyfill'

export type Sender =
  | { readonly kind: 'screen'; readonly url: string }
  /** `origin` as the browser tells it: `"null"` for sandboxed and data: documents. */
  | { readonly kind: 'page'; readonly origin: string | undefined; readonly tabId: number | null }
  | { readonly kind: 'stranger' }

/** Chromium and Firefox tell the origin; the polyfill's types do not know it. */
type FullSender = Runtime.MessageSender & { readonly origin?: string; readonly documentLifecycle?: string }

export function classify(sender: FullSender | undefined): Sender {
  if (sender === undefined || sender.id !== browser.runtime.id) return { kind: 'stranger' }
  const own = new URL(browser.runtime.getURL('')).origin
  const url = sender.url ?? ''
  if (sender.origin === own || (sender.origin === undefined && url.startsWith(`${own}/`))) return { kind: 'screen', url }
  // the relay holds frames of prerendered documents back; one that does not is not ours
  if (sender.tab === undefined || sender.documentLifecycle === 'prerender') return { kind: 'stranger' }
  return { kind: 'page', origin: sender.origin, tabId: sender.tab.id ?? null }
}
