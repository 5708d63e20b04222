// `npm test`: types, lint, tests in Node, build, tests in the browser; at the end one table and one line of counts.
//   --no-browser     without build and browser (npm run check)
//   --only-browser   only those two (npm run test:e2e)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { run } from './children.mjs'
import { environment, prepare, program, ROOT } from './prepare.mjs'

const withBrowser = !process.argv.includes('--no-browser')
const withNode = !process.argv.includes('--only-browser')
const reports = mkdtempSync(join(tmpdir(), 'routstr-test-'))
const vitestReport = join(reports, 'vitest.json')
const playwrightReport = join(reports, 'playwright.json')

const NODE_STEPS = [
  { name: 'types', calls: [['wxt', 'prepare'], ['tsc', '-p', '.'], ['tsc', '-p', 'tests']] },
  { name: 'lint', calls: [['biome', 'lint', '--error-on-warnings', '.'], ['knip']] },
  {
    name: 'tests in Node',
    calls: [['vitest', 'run', '--config', 'tests/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]],
    counts: () => vitestCounts(JSON.parse(readFileSync(vitestReport, 'utf8'))),
  },
]
const BROWSER_STEPS = [
  { name: 'build', calls: [['wxt', 'build']], needed: true },
  {
    name: 'tests in the browser',
    before: () => ({ CHROME_PATH: ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport, ROUTSTR_EXTENSION: join(ROOT, '.output', 'chrome-mv3') }),
    calls: [['playwright', 'test', '-c', 'tests/e2e/playwright.config.ts', '--reporter=list,json']],
    counts: () => playwrightCounts(JSON.parse(readFileSync(playwrightReport, 'utf8'))),
  },
]

/** @returns {Promise<{ name: string, passed: number, failed: number, skipped: number, tests: boolean, seconds: string }>} */
async function runStep({ name, calls, before = () => ({}), counts = null }) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)
  const began = Date.now()
  let broken = false
  try {
    const env = environment(before())
    for (const [file, ...parameters] of calls) broken = (await run(program(file), parameters, { cwd: ROOT, env })).status !== 0 || broken
  } catch (error) {
    console.error(error.message)
    broken = true
  }
  const counted = counts === null ? null : safely(counts)
  const { passed, failed, skipped } = counted ?? { passed: 0, failed: 0, skipped: 0 }
  // a runner that ends badly without a failed test (a file that does not load, a crash) is a failure all the same
  return { name, passed, failed: broken && failed === 0 ? 1 : failed, skipped, tests: counted !== null, seconds: ((Date.now() - began) / 1000).toFixed(1) }
}

function safely(counts) {
  try {
    return counts()
  } catch (error) {
    console.error(`There is no report: ${error.message}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const vitestCounts = ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) => ({ passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests })
const playwrightCounts = ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped })

async function runSteps(steps) {
  const results = []
  for (const step of steps) {
    results.push(await runStep(step))
    if (step.needed && results.at(-1).failed > 0) break
  }
  return results
}

function summary(results) {
  const rows = results.map(({ name, passed, failed, skipped, tests, seconds }) => {
    const said = tests ? `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}` : failed > 0 ? 'failed' : 'ok'
    return [failed > 0 ? '✗' : '✓', name, said, `${seconds} s`]
  })
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => `  ${row.map((cell, column) => (column === 3 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ')}`).join('\n')
}

try {
  await prepare()
  const results = [...(withNode ? await runSteps(NODE_STEPS) : []), ...(withBrowser ? await runSteps(BROWSER_STEPS) : [])]
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  console.log(`\n${summary(results)}\n`)
  console.log(`${total('passed')} passed, ${total('failed')} failed${total('skipped') > 0 ? `, ${total('skipped')} skipped` : ''}`)
  process.exitCode = total('failed') > 0 ? 1 : 0
} catch (error) {
  console.error(error.message)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} finally {
  rmSync(reports, { recursive: true, force: true })
}
