/**
 * What the worker's own tasks cost, out of a trace of Chromium: a timer also counts the time in which other processes had the processor, the
 * thread's clock (`tdur`) does not.
 */
import * as v from 'valibot'
import type { Times } from './topic.ts'

const traceSchema = v.object({
  traceEvents: v.array(
    v.looseObject({ ph: v.string(), name: v.string(), pid: v.number(), tid: v.number(), ts: v.number(), tdur: v.optional(v.number()), dur: v.optional(v.number()), args: v.optional(v.record(v.string(), v.unknown())) }),
  ),
})

/** Tasks, and the mark that a topic sets. */
export const TRACED = ['toplevel', 'blink.user_timing']
const BEGIN = 'bench begins'

/** The worker has started; its tasks count from here. */
export function beginOwnTime(): void {
  performance.mark(BEGIN)
}

/** @param trace JSON of Chromium's tracing, of the categories above @returns ms */
export function ownTimes(trace: string): Times {
  const { traceEvents } = v.parse(traceSchema, JSON.parse(trace))
  const workers = new Set(traceEvents.flatMap(({ name, args, pid, tid }) => (name === 'thread_name' && args?.['name'] === 'ServiceWorker thread' ? [`${pid} ${tid}`] : [])))
  const from = traceEvents.find(({ name }) => name === BEGIN)?.ts ?? Number.NaN
  const tasks = traceEvents.filter(({ ph, name, pid, tid, ts }) => ph === 'X' && ts > from && name === 'ThreadControllerImpl::RunTask' && workers.has(`${pid} ${tid}`))
  // left out of a task that took nothing
  const own = tasks.map(({ tdur = 0 }) => tdur / 1000)
  if (tasks.every(({ tdur }) => tdur === undefined)) throw new Error('the trace does not say what the worker’s tasks cost')
  return { 'longest task: own time': [Math.max(...own)], 'longest task': [Math.max(...tasks.map(({ dur = 0 }) => dur / 1000))], 'all tasks: own time': [own.reduce((sum, ms) => sum + ms, 0)] }
}
