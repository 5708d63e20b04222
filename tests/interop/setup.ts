/** Before all files: the real mint's program, or one line saying why there is none. Its tests are then counted as skipped. */
import type { TestProject } from 'vitest/node'
import { installNutshell } from './install.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the virtual environment; null: left out. */
    nutshell: string | null
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const installed = await installNutshell()
  if (installed.folder === null)
    console.log(`Left out: the wallet against a real mint (Nutshell), because ${installed.reason}. The development mint is tested.`)
  project.provide('nutshell', installed.folder)
}
