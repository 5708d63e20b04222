/** axe-core over a screen as it stands, in either browser. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from './driver.ts'
import { expect } from './expect.ts'

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly string[]
}

/** Nothing serious and nothing critical is found. @param what the screen, for the message */
export async function expectAccessible(page: Page, what = ''): Promise<void> {
  await page.evaluate(await axe())
  const violations: Violation[] = await page.evaluate(async () => {
    const { violations: found } = await window.axe.run()
    return found.map(({ id, impact, nodes }) => ({ id, impact: impact ?? '', nodes: nodes.map(({ html }) => html.slice(0, 160)) }))
  })
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(bad.map(({ id, nodes }) => `${what}: ${id} ${nodes.join(' | ')}`)).toEqual([])
}

/** The library as one function: our screens let no script in that is not theirs, but tests may run one. */
async function axe(): Promise<() => void> {
  const source = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
  return new Function(`if (window.axe === undefined) { ${source} }`) as () => void
}

declare global {
  interface Window {
    readonly axe: { run(): Promise<{ readonly violations: readonly { id: string; impact?: string | null; nodes: readonly { html: string }[] }[] }> }
  }
}
