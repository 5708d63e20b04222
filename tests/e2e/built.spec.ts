/** What the build puts into every page: measured, because nobody reads it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { EXTENSION_DIR } from './support/browser.ts'

const built = (file: string): Promise<string> => readFile(join(EXTENSION_DIR, 'content-scripts', file), 'utf8')

test('the script in every page is at most 10 kB, the relay at most 8 kB', async () => {
  expect(Buffer.byteLength(await built('provider.js'))).toBeLessThanOrEqual(10_000)
  expect(Buffer.byteLength(await built('relay.js'))).toBeLessThanOrEqual(8_000)
})

test('it neither logs nor evaluates nor talks to the page by postMessage', async () => {
  for (const file of ['provider.js', 'relay.js']) expect(await built(file), file).not.toMatch(/console|\beval\b|new Function|postMessage\([^)]*['"`]\*|content-script-started/)
})
