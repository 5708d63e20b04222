import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { earlyHours } from './early-hours.ts'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['tests/{unit,app,devnet-contract}/**/*.test.{ts,tsx}', 'tests/{architecture,threats}.test.ts'],
    // most of the time goes into mints that sign: three times faster, same results
    setupFiles: ['tests/faults/hurry.ts'],
    env: { TZ: earlyHours(new Date()) },
    // its own choice leaves one core free, of two
    maxWorkers: '100%',
    // generous: machines are shared, and waiting costs nothing where nothing is wrong
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})
