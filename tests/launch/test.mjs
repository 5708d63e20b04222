// `npm test`: types, lint, tests in Node, build, tests in the browser; at the end one table and one line of counts.
//   --no-browser     without build and browser (npm run check)
//   --only-browser   only those two (npm run test:e2e)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { run } from './children.mjs'
import { missingFirefox, findFirefox } from './firefox.mjs'
import { environment, prepare, program, ROOT } from './prepare.mjs'
import { fromFaults, fromPlaywright, fromVitest } from './reports.mjs'

const withBrowser = !process.argv.includes('--no-browser')
const withNode = !process.argv.includes('--only-browser')
const reports = mkdtempSync(join(tmpdir(), 'routstr-test-'))
const vitestReport = join(reports, 'vitest.json')
const faultsReport = join(reports, 'faults.json')
const interopReport = join(reports, 'interop.json')
const chromiumReport = join(reports, 'chromium.json')
const firefoxReport = join(reports, 'firefox.json')

const NODE_STEPS = [
  { name: 'types', calls: [['wxt', 'prepare'], ['tsc', '-p', '.'], ['tsc', '-p', 'tests']] },
  { name: 'lint', calls: [['biome', 'lint', '--error-on-warnings', '.'], ['knip']] },
  {
    name: 'tests in Node',
    calls: [['vitest', 'run', '--config', 'tests/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]],
    report: vitestReport,
    read: fromVitest,
  },
  {
    name: 'the app killed at 200 moments',
    calls: [['node', 'tests/faults/main.ts', '--seeds', '200', '--report', faultsReport]],
    report: faultsReport,
    read: fromFaults,
  },
  {
    // where Nutshell can not be installed, its half is skipped: one line says why, and the counts show it
    name: 'the wallet against a real mint',
    calls: [['vitest', 'run', '--config', 'tests/interop/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${interopReport}`]],
    report: interopReport,
    read: fromVitest,
  },
]
const PLAY = ['playwright', 'test', '-c', 'tests/e2e/playwright.config.ts', '--reporter=list,json']
const BROWSER_STEPS = [
  { name: 'build', calls: [['wxt', 'build'], ['wxt', 'build', '-b', 'firefox']], needed: true },
  {
    name: 'in Chromium',
    before: () => ({ CHROME_PATH: ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: chromiumReport, ROUTSTR_EXTENSION: join(ROOT, '.output', 'chrome-mv3') }),
    calls: [PLAY],
    report: chromiumReport,
    read: fromPlaywright,
  },
  {
    // the same list, of which `npm test` plays a part; where there is no Firefox, one line says so and the counts show it
    name: 'in Firefox',
    missing: () => missingFirefox(),
    before: () => ({ FIREFOX_PATH: findFirefox(), ROUTSTR_BROWSER: 'firefox', ROUTSTR_SHORT_LIST: withNode ? '1' : '0', PLAYWRIGHT_JSON_OUTPUT_FILE: firefoxReport, ROUTSTR_EXTENSION: join(ROOT, '.output', 'firefox-mv3') }),
    calls: [PLAY],
    report: firefoxReport,
    read: fromPlaywright,
  },
]

/** @returns {Promise<{ name: string, passed: number, failed: number, skipped: number, names: string[], tests: boolean, seconds: string }>} */
async function runStep({ name, calls, before = () => ({}), report = null, read = null, missing = () => null }) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)
  const without = missing()
  if (without !== null) {
    console.log(`Skipped: ${without}`)
    return { name, passed: 0, failed: 0, skipped: 1, names: [], tests: true, seconds: '0.0' }
  }
  const began = Date.now()
  let broken = false
  try {
    const env = environment(before())
    for (const [file, ...parameters] of calls) broken = (await run(program(file), parameters, { cwd: ROOT, env })).status !== 0 || broken
  } catch (error) {
    console.error(error.message)
    broken = true
  }
  const counted = report === null ? null : safely(() => read(JSON.parse(readFileSync(report, 'utf8'))))
  const { passed, failed, skipped, names } = counted ?? { passed: 0, failed: 0, skipped: 0, names: [] }
  // a runner that ends badly without a failed test (a file that does not load, a crash) is a failure all the same
  return { name, passed, failed: broken && failed === 0 ? 1 : failed, skipped, names, tests: counted !== null, seconds: ((Date.now() - began) / 1000).toFixed(1) }
}

function safely(read) {
  try {
    return read()
  } catch (error) {
    console.error(`There is no report: ${error.message}`)
    return { passed: 0, failed: 1, skipped: 0, names: ['there is no report'] }
  }
}

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
  for (const { name, names } of results) for (const one of names) console.log(`✗ ${name} › ${one}`)
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
