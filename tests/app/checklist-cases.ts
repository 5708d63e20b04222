/** Rows of the crash checklist as cases of the generator (`tests/faults`), and as pointers to the tests that show them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { runCase } from '../faults/case.ts'
import { installClock } from '../faults/clock.ts'
import { caseFrom } from '../faults/draw.ts'
import { type Ground, layGround } from '../faults/scene.ts'

/** One network for the cases of a file. */
export function onCommonGround(): (cases: readonly string[]) => Promise<void> {
  let ground: Ground | null = null
  beforeAll(async () => {
    installClock()
    ground = await layGround()
  })
  afterAll(() => ground?.devnet.stop())
  return async (cases) => {
    for (const text of cases) {
      if (ground === null) throw new Error('there is no network')
      await expect(runCase(ground, caseFrom(text)), text).resolves.toBeDefined()
    }
  }
}

/** The test of this name stands in that file; renaming it there is noticed here. */
export function isShownBy(file: string, title: string): void {
  expect(readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8'), `${file} has a test "${title}"`).toContain(title)
}
