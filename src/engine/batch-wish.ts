/** What a page wants to leave behind, checked before anything of it is kept. Pure. */
import type { Scheduled } from '../domain/batch.ts'
import { RoutstrError } from '../domain/errors.ts'
import type { Msat } from '../domain/msat.ts'
import { parseInferenceRequest } from '../protocol/request-body.ts'

export interface RequestWish {
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  /** JSON */
  readonly body: string
  /** Worst case. */
  readonly maxCostMsat: Msat
}

const MOST_REQUESTS = 100
/** Characters kept for one site, prompts and answers together. */
const MOST_KEPT = 8_000_000
const MOST_BODY = 1_000_000
const LONGEST_MS = 30 * 24 * 3_600_000
const PATHS = /^\/(chat\/completions|completions|responses|embeddings)$/

/** @throws RoutstrError `invalid_request_error`, `request_too_large`, `too_many_requests` */
export function checkWishes(wishes: readonly RequestWish[], before: number, now: number, standing: readonly Scheduled[]): void {
  const wrong = (message: string, param: string): RoutstrError => new RoutstrError('invalid_request_error', message, { param })
  if (!(before > now) || before > now + LONGEST_MS) throw wrong('"before" must be a time within the next 30 days.', 'before')
  const waiting = standing.filter(({ state }) => state === 'waiting' || state === 'running').length
  if (wishes.length === 0) throw wrong('"requests" must name at least one request.', 'requests')
  if (wishes.length + waiting > MOST_REQUESTS) {
    throw new RoutstrError('too_many_requests', `At most ${MOST_REQUESTS} requests of a site may wait (${waiting} do). Nothing was kept.`)
  }
  for (const { path, body } of wishes) {
    if (!PATHS.test(path)) throw wrong(`${path} can not wait; /chat/completions, /completions, /responses and /embeddings can.`, 'path')
    if (body.length > MOST_BODY) throw new RoutstrError('request_too_large', 'A request that waits may have a million characters. Nothing was kept.')
    if (parseInferenceRequest(path, new TextEncoder().encode(body)).stream) throw wrong('Nobody is there to read a stream: a request that waits is answered whole.', 'stream')
  }
  const kept = [...standing.map((item) => item.kept), ...wishes.map(({ body }) => body.length)].reduce((sum, length) => sum + length, 0)
  if (kept > MOST_KEPT) throw new RoutstrError('request_too_large', 'This site would keep more than 8 million characters here. Forget batches that are done; nothing was kept.')
}
