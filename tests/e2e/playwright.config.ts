import { defineConfig } from '@playwright/test'
import { earlyHours } from '../early-hours.ts'
import '../faults/hurry.ts'
import { IN_FIREFOX } from './support/browser.ts'
import { ONLY_IN_CHROMIUM } from './support/only-in.ts'
import { PATIENCE_MS } from './support/patience.ts'

/** What `npm test` plays in Firefox, too: where browsers differ; `npm run test:e2e` plays everything there, but what is `onlyInChromium`. */
const SHORT_LIST = ['boundary', 'built', 'endings', 'frames', 'lives', 'main-job', 'matrix', 'questions']
const isShort = IN_FIREFOX && process.env.ROUTSTR_SHORT_LIST === '1'

// for the tests and the browsers they start
process.env.TZ = earlyHours(new Date())

/** One list of scenarios for both browsers: `ROUTSTR_BROWSER=firefox` plays it in Firefox. Each scenario has a network and a browser of its own. No retries: a test that sometimes fails is broken. */
export default defineConfig({
  testDir: '.',
  testMatch: isShort ? SHORT_LIST.map((name) => `${name}.spec.ts`) : '*.spec.ts',
  outputDir: '../../test-results',
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: PATIENCE_MS },
  use: { actionTimeout: PATIENCE_MS, navigationTimeout: PATIENCE_MS, trace: 'off' },
  ...(IN_FIREFOX ? { grepInvert: new RegExp(ONLY_IN_CHROMIUM) } : {}),
})
