// What each runner reports, as counts and the names of what failed: whoever sees only the end of the output shall know where to look.
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ROOT } from './prepare.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number, names: string[] }} Report */

/** @returns {Report} */
export function fromVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const names = testResults.flatMap(({ name, assertionResults, message }) => {
    const file = relative(ROOT, name)
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length === 0) return message ? [line(file, message)] : []
    return failed.map(({ fullName, failureMessages }) => line(`${file} › ${fullName}`, failureMessages[0]))
  })
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests, names }
}

/** It prints a command for each broken case itself. @returns {Report} */
export function fromFaults({ cases, failures }) {
  return { passed: cases - failures, failed: failures, skipped: 0, names: [] }
}

/** @returns {Report} */
export function fromPlaywright({ stats, suites }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped, names: suites.flatMap(failuresOf) }
}

function failuresOf({ file, specs = [], suites = [] }) {
  const failed = specs.filter(({ ok }) => !ok).map(({ title, tests }) => line(`${file} › ${title}`, tests[0]?.results[0]?.error?.message))
  return [...failed, ...suites.flatMap(failuresOf)]
}

const line = (where, message = '') => `${where}: ${stripVTControlCharacters(message).split('\n', 1)[0].slice(0, 300)}`
