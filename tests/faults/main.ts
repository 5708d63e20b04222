/** `npm run test:faults`: kills the app at every await of every operation with money, and asks whether a sat is missing. */
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hurry } from './fast-curve.ts'
import type { Result } from './run.ts'
import { HELP, readWanted } from './wanted.ts'

/** In this process; it has nothing else to do, so sockets that linger do not hold it. */
async function one(): Promise<Result> {
  hurry()
  const { runShare } = await import('./run.ts')
  return runShare(wanted, (line) => console.log(line))
}

/** In a child, whose last message is its result. */
function child(share: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--share', String(share)], { stdio: 'inherit' })
    let result: Result | null = null
    worker.on('message', (message: Result) => {
      result = message
    })
    worker.on('exit', (code) => (result === null ? reject(new Error(`process ${share} ended with ${code}`)) : resolve(result)))
  })
}

/** @returns how many cases broke a law */
function tell(results: readonly Result[]): number {
  const sum = (key: 'cases' | 'deaths' | 'failures'): number => results.reduce((total, result) => total + result[key], 0)
  const [cases, deaths, failures] = [sum('cases'), sum('deaths'), sum('failures')]
  const seconds = Math.max(...results.map((result) => result.seconds))
  const laws = new Map<string, number>()
  for (const result of results) for (const [law, count] of Object.entries(result.laws)) laws.set(law, (laws.get(law) ?? 0) + count)
  for (const [law, count] of laws) console.log(`${count} × ${law}`)
  console.log(`${cases} cases, ${deaths} deaths, ${failures} broken; ${seconds.toFixed(1)} s, ${(cases / seconds).toFixed(1)} cases per second`)
  if (report !== null) writeFileSync(report, JSON.stringify({ cases, deaths, failures, seconds }))
  return failures
}

// a worker that was killed leaves promises behind that nobody awaits any more
process.on('unhandledRejection', () => undefined)

if (process.argv.includes('--help')) {
  console.log(HELP)
  process.exit(0)
}
const { wanted, processes, isShare, report } = readWanted(process.argv.slice(2))
if (isShare) {
  const result = await one()
  process.send?.(result, () => process.exit(0))
} else {
  const results = processes === 1 ? [await one()] : await Promise.all(Array.from({ length: processes }, (_, share) => child(share)))
  process.exit(tell(results) === 0 ? 0 : 1)
}
