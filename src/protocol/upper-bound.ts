/**
 * How much a request can really use, beyond what the node looks at when it sizes the payment (`routstr-node.md` §1.5, §4.1):
 * tools and system text are billed but not sized, text in other scripts has more tokens than characters / 3, and `n` asks
 * for several answers at the price of one. A charge may exceed the reservation up to the account's balance, so what we set
 * aside must not be smaller than this.
 */
import { isRecord } from './foreign.ts'

/** An image of any size, as nodes count them at most (§4.1: 85 + 170 × 8 tiles). */
const IMAGE_TOKENS = 85 + 170 * 8
/** Of our own upper bound of tokens. */
export const BYTES_PER_TOKEN = 3

/** Tokens of everything in the body: UTF-8 bytes / 3 (one token for a Chinese character, more than one for a word). */
export function inputTokensAtMost(body: unknown): number {
  const count = { bytes: 0, images: 0 }
  add(body, count)
  return Math.ceil(count.bytes / BYTES_PER_TOKEN) + count.images * IMAGE_TOKENS
}

/** Pictures, sounds and files, in any of their spellings. */
export function hasMedia(body: unknown): boolean {
  if (Array.isArray(body)) return body.some(hasMedia)
  if (typeof body === 'string') return body.startsWith('data:')
  if (!isRecord(body)) return false
  return (typeof body.type === 'string' && /^(image|input_image|input_audio|input_file|file|document|video)/.test(body.type)) || Object.values(body).some(hasMedia)
}

function add(value: unknown, count: { bytes: number; images: number }): void {
  if (typeof value === 'string') {
    if (value.startsWith('data:')) count.images += 1
    else count.bytes += utf8Bytes(value)
  } else if (typeof value === 'number' || typeof value === 'boolean') count.bytes += BYTES_PER_TOKEN
  else if (Array.isArray(value)) for (const item of value) add(item, count)
  else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      count.bytes += utf8Bytes(key)
      add(item, count)
    }
  }
}

export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** Answers asked for: `n` or `best_of`, times the prompts of a completions request. */
export function outputsAsked(body: Readonly<Record<string, unknown>>): number {
  const prompts = Array.isArray(body.prompt) && body.prompt.some((item) => typeof item !== 'number') ? body.prompt.length : 1
  return Math.max(1, count(body.n), count(body.best_of)) * Math.max(1, prompts)
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(10_000, Math.ceil(value)) : 1
}
