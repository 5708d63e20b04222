import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/interop/**/*.test.ts'],
    globalSetup: ['tests/interop/setup.ts'],
    // each file has mints of its own, and most of the time is arithmetic of ours
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
