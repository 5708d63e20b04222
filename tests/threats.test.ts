/**
 * Every threat of the security reference has a test that carries its id (`T7: …`, `T9, T18: …`), or a line in the README that says why it
 * needs none (`- T30 …` below *Threats*).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('.', import.meta.url))
const THREATS = Array.from({ length: 35 }, (_, index) => `T${index + 1}`)

/** Ids at the beginning of a title: of a test, of a group, or of a row of a table. */
function named(text: string): string[] {
  return [...text.matchAll(/['"`](T\d+(?:, T\d+)*): /g)].flatMap(([, ids]) => ids?.split(', ') ?? [])
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(test|spec)\.ts$/.test(file) && file !== 'threats.test.ts')
const tested = new Set(files.flatMap((file) => named(readFileSync(join(root, file), 'utf8'))))
const readme = readFileSync(join(root, '../README.md'), 'utf8')
const explained = new Set([...readme.matchAll(/^- (T\d+) /gm)].map(([, id]) => id))

it.each(THREATS)('%s is tested, or the README says why not', (id) => {
  expect(tested.has(id) || explained.has(id)).toBe(true)
})

it('nothing is explained that is tested, and no id is invented', () => {
  expect([...explained].filter((id) => id !== undefined && tested.has(id))).toEqual([])
  expect([...tested, ...explained].filter((id) => id === undefined || !THREATS.includes(id))).toEqual([])
})
