/** The file page developers copy: a page that is written against it compiles, with and without the `openai` package. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { typesEntry } from '../../../src/page/types-entry.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const PAGE = `
import type { RoutstrProvider, Grant } from './routstr-provider'

const found: RoutstrProvider | undefined = window.routstr
if (found === undefined) throw new Error('Install the extension')
const routstr = found
const grant: Grant = await routstr.enable({ budgetMsat: 5_000, period: 'day' })
const { expectedMsat, maxMsat }: { expectedMsat: number; maxMsat: number } = await routstr.estimate({ model: 'm', messages: [] })
const stream = await routstr.chat.completions.create({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] })
for await (const chunk of stream) document.body.append(chunk.choices[0]?.delta.content ?? '')
const { data, response } = await routstr.chat.completions.create({ model: 'm', messages: [] }).withResponse()
const sound: Blob = await (await routstr.audio.speech.create({ model: 'm', voice: 'alloy', input: 'Hi' })).blob()
const off: () => void = routstr.on('receipt', ({ costMsat }) => console.log(costMsat, grant.remainingMsat, expectedMsat, maxMsat, data, response.status, sound.size))
addEventListener('routstr:announceProvider', ({ detail }) => console.log(detail.info.name, detail.provider === routstr))
off()
`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'routstr-types-'))
  writeFileSync(join(folder, 'routstr-provider.d.ts'), typesEntry(source('src/page/api.ts'), source('src/messaging/page-contract.ts')))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** @returns what the compiler says; empty: nothing */
function compile(page: string, skipLibCheck: boolean): string {
  writeFileSync(join(folder, 'page.ts'), page)
  const compilerOptions = { target: 'ES2024', module: 'ESNext', moduleResolution: 'bundler', strict: true, noEmit: true, skipLibCheck, types: [], lib: ['ES2024', 'DOM', 'DOM.Iterable'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts', 'routstr-provider.d.ts'] }))
  return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout
}

test('with the openai package: its types, and mistakes are found', () => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  expect(compile(PAGE, true)).toBe('')
  expect(compile(PAGE.replace("content: 'Hi'", 'content: 5'), true)).toContain('page.ts')
  expect(compile(PAGE.replace("period: 'day'", "period: 'year'"), true)).toContain('page.ts')
})

test('without it: nothing else is needed', () => {
  expect(compile(PAGE, true)).toBe('')
  expect(compile(PAGE.replace('grant.remainingMsat', 'grant.balance'), true)).toContain('page.ts')
})
