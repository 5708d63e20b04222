/** One scheduled request runs: written as running before it leaves, and with its answer before anybody hears of it (design §5.2). */
import type { Scheduled } from '../domain/batch.ts'
import { type ErrorCode, RoutstrError } from '../domain/errors.ts'
import type { SchedulingWorld } from './scheduling.ts'
import type { EngineAnswer } from './world.ts'

/** Characters of an answer that is kept. */
const MOST_ANSWER = 2_000_000
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 30 * 60_000

/** Nothing was spent by these: it may wait on. */
const WAITS_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['budget_exceeded', 'max_cost_exceeded', 'insufficient_balance', 'permission_required', 'origin_blocked', 'payments_paused', 'wallet_locked'] as const),
  ...(['no_provider_available', 'model_not_found', 'provider_unreachable', 'mint_unreachable', 'too_many_requests'] as const),
])

export async function runScheduled(world: Pick<SchedulingWorld, 'schedule' | 'run' | 'now' | 'randomId'>, item: Scheduled, told: () => Promise<void>): Promise<void> {
  const { schedule, now } = world
  const { origin, path, requestId, maxCostMsat, body } = item
  if (body === null || !(await schedule.change(item.id, 'waiting', (row) => ({ ...row, state: 'running', tries: row.tries + 1, problem: null })))) return
  await told()
  try {
    const answer = await world.run({
      id: requestId,
      ...{ origin, path, prompt: 'none', userActive: false, signal: new AbortController().signal },
      headers: [...item.headers, ['x-routstr-max-cost-msats', String(maxCostMsat)]],
      body: new TextEncoder().encode(body),
    })
    const text = await textOf(answer)
    const contentType = answer.headers.find(([name]) => name === 'content-type')?.[1] ?? ''
    await schedule.change(item.id, 'running', (row) => ({ ...row, state: 'done', body: null, kept: text.length, answer: { status: answer.status, contentType, text }, finishedAt: now() }))
  } catch (error) {
    const problem = error instanceof RoutstrError ? { code: error.code, message: error.message } : { code: 'internal_error' as const, message: 'Something went wrong inside the Routstr extension.' }
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(item.tries, 8))
    await schedule.change(item.id, 'running', (row) =>
      WAITS_ON.has(problem.code)
        ? { ...row, state: 'waiting', requestId: world.randomId(), nextTryAt: now() + pause, problem }
        : { ...row, state: 'failed', body: null, kept: 0, problem, finishedAt: now() },
    )
  }
  await told()
}

/** @throws RoutstrError `stream_interrupted` when it is larger than what is kept */
async function textOf({ body }: EngineAnswer): Promise<string> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    if (text.length > MOST_ANSWER) {
      await reader.cancel().catch(() => undefined)
      throw new RoutstrError('stream_interrupted', 'The answer is longer than two million characters and was not kept. What it cost is read from the account.')
    }
  }
  return text + decoder.decode()
}
