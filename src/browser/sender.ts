/**
 * Who is speaking, by what the browser says and nothing else (`extension-platform.md` §9). Every connection is one of two
 * kinds or dropped; each kind has its own contract.
 */
import browser from 'webextension-polyfill'
import type { Runtime } from 'webextension-polyfill'
import type { WebDocument } from '../domain/site.ts'

export type Sender =
  | { readonly kind: 'screen'; readonly url: string }
  /** `documentId`: of this very document, over the whole life of the browser; null where the browser has none. */
  | { readonly kind: 'page'; readonly document: WebDocument; readonly documentId: string | null }
  | { readonly kind: 'stranger' }

/** Chromium and Firefox tell the origin; the polyfill's types do not know it. */
type FullSender = Runtime.MessageSender & { readonly origin?: string; readonly documentLifecycle?: string; readonly documentId?: string }

export function classify(sender: FullSender | undefined): Sender {
  if (sender === undefined || sender.id !== browser.runtime.id) return { kind: 'stranger' }
  const own = new URL(browser.runtime.getURL('')).origin
  const url = sender.url ?? ''
  if (sender.origin === own || (sender.origin === undefined && url.startsWith(`${own}/`))) return { kind: 'screen', url }
  // the relay holds frames of prerendered documents back; one that does not is not ours
  if (sender.tab === undefined || sender.documentLifecycle === 'prerender') return { kind: 'stranger' }
  // only the page itself is frame 0; the address of its tab is told because our relay runs in it
  const topOrigin = sender.frameId === 0 ? undefined : (URL.parse(sender.tab.url ?? '')?.origin ?? null)
  return { kind: 'page', document: { origin: sender.origin, topOrigin }, documentId: sender.documentId ?? null }
}
