import { expect, test } from 'vitest'
import { isErrorCode, statusOf, typeOf } from '../../../src/domain/errors.ts'
import * as page from '../../../src/page/status.ts'
import { readFileSync } from 'node:fs'

/** Codes of the wallet's own screens; no page ever sees one. */
const OURS = [
  'invalid_token',
  'unknown_mint',
  'unsupported_unit',
  'token_already_spent',
  'mint_unreachable',
  'mint_rejected',
  'mint_misbehaved',
  'unsafe_address',
  'not_empty',
  'request_aborted',
]

test('the page knows the status and type of every code that can reach it', () => {
  const source = readFileSync(new URL('../../../src/domain/errors.ts', import.meta.url), 'utf8')
  const codes = [...source.matchAll(/^ {2}([a-z_]+): \d+,$/gm)].map((match) => match[1] ?? '').filter(isErrorCode)
  expect(codes.length).toBeGreaterThan(30)
  for (const code of codes) {
    if (OURS.includes(code)) continue
    expect([code, page.statusOf(code), page.typeOf(page.statusOf(code))]).toEqual([code, statusOf(code), typeOf(code)])
  }
  expect(page.statusOf('constructor')).toBe(403)
})
