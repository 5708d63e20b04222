import { defineConfig } from '@playwright/test'

/** One worker (the machines have two cores), no retries: a test that sometimes fails is broken. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { actionTimeout: 10_000, navigationTimeout: 10_000, trace: { mode: 'retain-on-failure', screenshots: false, sources: false } },
})
