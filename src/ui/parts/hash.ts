/** The part of the address after `#`: which room is shown. */
import { signal } from '@preact/signals'

const read = (): string => location.hash.replace(/^#\/?/, '')

/** `tokens`, `approval?id=…`; empty at the start. */
export const hash = signal(read())
addEventListener('hashchange', () => {
  hash.value = read()
})

export interface Room {
  readonly name: string
  readonly query: URLSearchParams
}

export function roomOf(text: string): Room {
  const cut = text.indexOf('?')
  return cut === -1 ? { name: text, query: new URLSearchParams() } : { name: text.slice(0, cut), query: new URLSearchParams(text.slice(cut + 1)) }
}
