/** `routstr.batch`, and a single request with a deadline: requests a page leaves here until their price is right. */
import type { BatchView, Scheduled } from '../domain/batch.ts'
import { RoutstrError } from '../domain/errors.ts'
import { isMsat } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { Asker } from '../engine/asking.ts'
import type { RequestWish } from '../engine/batch-wish.ts'
import type { Scheduling } from '../engine/scheduling.ts'
import type { BatchCall, PageBatch, PageBatchProgress } from '../messaging/page-contract.ts'

/** Headers of the page that travel with a request that waits; the rest is about this document and this moment. */
const KEPT_HEADERS = /^x-routstr-(profile|provider|models|task)$/i

export async function answerBatch(scheduling: Scheduling, asker: Asker, asked: BatchCall, signal: AbortSignal): Promise<PageBatch> {
  if (asked.id === undefined) {
    const wishes = (asked.requests ?? []).map(({ path, body, maxCostMsat }): RequestWish => wish(path, [], JSON.stringify(body), maxCostMsat ?? asked.maxCostMsat))
    const view = await scheduling.add({ ...asker, prompt: asked.prompt ?? 'auto' }, wishes, timeOf(asked.before), asked.reason ?? null, signal)
    return pageBatch(scheduling, view.id, asker.origin)
  }
  if (asked.cancel === true) await scheduling.cancel(asked.id, asker.origin)
  const batch = await pageBatch(scheduling, asked.id, asker.origin)
  if (asked.forget === true) await scheduling.forget(asked.id, asker.origin)
  return batch
}

/** A request with the header `x-routstr-before`: a batch of one. */
export async function keepRequest(
  scheduling: Scheduling,
  asker: Asker & { readonly prompt: 'auto' | 'none' },
  request: { readonly path: string; readonly headers: readonly (readonly [string, string])[]; readonly body: Uint8Array<ArrayBuffer> | null },
  before: string,
  signal: AbortSignal,
): Promise<PageBatch> {
  const limit = request.headers.find(([name]) => name.toLowerCase() === 'x-routstr-max-cost-msats')?.[1]
  const headers = request.headers.filter(([name]) => KEPT_HEADERS.test(name))
  const body = new TextDecoder().decode(request.body ?? new Uint8Array())
  const view = await scheduling.add(asker, [wish(request.path, headers, body, limit === undefined ? undefined : Number(limit))], timeOf(before), null, signal)
  return pageBatch(scheduling, view.id, asker.origin)
}

async function pageBatch(scheduling: Scheduling, id: string, origin: SiteOrigin): Promise<PageBatch> {
  const { view, items } = await scheduling.read(id, origin)
  return { ...progressOf(view), requests: items.map(pageItem) }
}

export function progressOf({ id, createdAt, before, counts, costMsat, open }: BatchView): PageBatchProgress {
  return { id, createdAt, before, counts, costMsat, costsOpen: open }
}

function pageItem({ index, state, model, maxCostMsat, requestId, tries, answer, problem }: Scheduled): PageBatch['requests'][number] {
  return {
    ...{ index, state, model, maxCostMsat },
    requestId: tries === 0 || state === 'waiting' ? null : requestId,
    answer: answer === null ? null : { status: answer.status, body: answer.text },
    problem,
  }
}

function wish(path: string, headers: RequestWish['headers'], body: string, maxCostMsat: number | undefined): RequestWish {
  if (maxCostMsat === undefined || !isMsat(maxCostMsat) || maxCostMsat === 0) {
    throw new RoutstrError('invalid_request_error', 'A request that waits needs what it may cost at most: "maxCostMsat", for it or for all (a single one: x-routstr-max-cost-msats).', { param: 'maxCostMsat' })
  }
  return { path, headers, body, maxCostMsat }
}

/** ms, or a date as text. NaN is refused with the others that are out of range. */
function timeOf(before: number | string | undefined): number {
  if (typeof before !== 'string') return before ?? Number.NaN
  return /^\d+$/.test(before) ? Number(before) : Date.parse(before)
}
