/**
 * `npm run bench:page [-- installed|calls|streams] [--minutes 10]`: the built extension in a real Chromium, as a page meets it: what it costs
 * to be installed, what a call costs, and two hundred streams at once. Figures of a machine, not a test; `--strict` fails on a limit.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Figure, figuresOf, tableOf } from '../figures.ts'
import type { Times } from '../topic.ts'
import { measureCalls } from './calls.ts'
import { measureInstalled } from './installed.ts'
import { measureStreams } from './streams.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '0.5' }, streams: { type: 'string', default: '200' }, json: { type: 'boolean' }, strict: { type: 'boolean' } },
})

const PARTS: readonly { readonly name: string; readonly limits: NonNullable<Parameters<typeof figuresOf>[0]['limits']>; readonly measure: () => Promise<Times> }[] = [
  { name: 'installed', limits: { 'main thread per page load': { p50: 0.5 } }, measure: measureInstalled },
  {
    name: 'calls',
    limits: { 'page to worker and back': { p50: 1 }, 'time to first token over direct fetch': { p50: 8, p95: 25 } },
    measure: measureCalls,
  },
  { name: 'streams', limits: {}, measure: () => measureStreams({ count: Number(values.streams), minutes: Number(values.minutes) }) },
]

console.error(`load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`)
const figures: Figure[] = []
for (const { name, limits, measure } of PARTS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  figures.push(...figuresOf({ name, workers: 1, limits, measure }, [await measure()]))
}
console.log(values.json === true ? JSON.stringify(figures) : tableOf(figures))
if (values.strict === true && figures.some(({ kept }) => !kept)) process.exitCode = 1
