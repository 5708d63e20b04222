/** What an `allow` attribute delegates, and to whom the word is sent. */
import { expect, test } from 'vitest'
import { delegates } from '../../../src/browser/delegation.ts'

const SRC = 'https://widget.example/chat?x=1'

test.each([
  ['', []],
  ['camera; microphone', []],
  ['routstrx; xroutstr', []],
  ['routstr', ['https://widget.example']],
  ['camera *; routstr ; microphone', ['https://widget.example']],
  ["routstr 'src' https://other.example", ['https://widget.example', 'https://other.example']],
  ['routstr *', ['*']],
  ["routstr 'none'", []],
  ['routstr data:text/html,x', []],
])('T7: allow="%s" delegates to %j', (allow, origins) => expect(delegates(allow, SRC)).toEqual(origins))

test('T7: a frame whose address has no origin is delegated nothing', () => {
  expect(delegates('routstr', 'data:text/html,x')).toEqual([])
  expect(delegates('routstr', '')).toEqual([])
})
