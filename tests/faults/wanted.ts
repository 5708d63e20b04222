/** What the command line asks for. */
import { parseArgs } from 'node:util'

interface Share {
  /** This process takes every `shares`-th case, beginning with the `share`-th. */
  readonly share: number
  readonly shares: number
  /** Names of operations; empty: all. */
  readonly only: readonly string[]
  /** A line for every case. */
  readonly verbose: boolean
}

export type Wanted = Share &
  (
    | { readonly kind: 'seeds'; readonly from: number; readonly count: number }
    /** @property each of so many cases only one: a look at all of them in less time. @property states empty: all */
    | { readonly kind: 'exhaustive'; readonly each: number; readonly states: readonly string[] }
    | { readonly kind: 'case'; readonly text: string }
  )

export const HELP = `npm run test:faults -- [--seeds 200] [--from 0] [--only send-exact,receive] [--processes 2] [--verbose]
npm run test:faults -- --seed 1234            one seed again
npm run test:faults -- --case "send-split:late@0:dies@17 late:amid"
npm run test:faults -- --exhaustive           every moment × every state at every request; --each 5: one in five of them; --states none,late`

export interface Command {
  readonly wanted: Wanted
  readonly processes: number
  /** One of several processes, whose parent waits for its result. */
  readonly isShare: boolean
  /** A file for the sums, as JSON. */
  readonly report: string | null
}

export function readWanted(given: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '0' },
      seed: { type: 'string' },
      case: { type: 'string' },
      exhaustive: { type: 'boolean', default: false },
      each: { type: 'string', default: '1' },
      states: { type: 'string', default: '' },
      only: { type: 'string', default: '' },
      processes: { type: 'string', default: '2' },
      share: { type: 'string' },
      report: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  })
  const isSingle = values.seed !== undefined || values.case !== undefined
  const processes = isSingle ? 1 : Number(values.processes)
  const share = {
    share: Number(values.share ?? 0),
    shares: processes,
    only: values.only.split(',').filter((name) => name !== ''),
    verbose: values.verbose || isSingle,
  }
  const command = { processes, isShare: values.share !== undefined, report: values.report ?? null }
  if (values.case !== undefined) return { wanted: { ...share, kind: 'case', text: values.case }, ...command }
  if (values.exhaustive)
    return { wanted: { ...share, kind: 'exhaustive', each: Number(values.each), states: values.states.split(',').filter((name) => name !== '') }, ...command }
  const range = values.seed === undefined ? { from: Number(values.from), count: Number(values.seeds) } : { from: Number(values.seed), count: 1 }
  return { wanted: { ...share, kind: 'seeds', ...range }, ...command }
}
