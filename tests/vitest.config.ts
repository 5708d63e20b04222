import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['tests/{unit,app,devnet-contract}/**/*.test.{ts,tsx}', 'tests/architecture.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
