/** Asks one address who it is and what it sells: `/v1/info` and `/v1/models` side by side (`routstr-node.md` §2.3, §2.4). */
import type { Model } from '../domain/offer.ts'
import { PAID_FETCH, readText } from '../domain/paid-fetch.ts'
import { endpoint } from '../protocol/node-call.ts'
import { MAX_INFO_CHARACTERS, MAX_MODELS_CHARACTERS, parseModels, parseNodeInfo, type NodeInfo } from '../protocol/catalogue.ts'

export type ProbeResult =
  | { readonly kind: 'answered'; readonly url: string; readonly info: NodeInfo; readonly models: Model[] }
  /** `problem`: one phrase for people. */
  | { readonly kind: 'failed'; readonly problem: string }

const MAX_ADDRESSES = 3

/** The first of the addresses that answers like a node; else the problem of the first one. @param timeoutMs per address */
export async function probe(fetcher: typeof fetch, urls: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ProbeResult> {
  let problem: string | null = null
  for (const url of urls.slice(0, MAX_ADDRESSES)) {
    const result = await probeOne(fetcher, url, timeoutMs, signal)
    if (result.kind === 'answered' || signal.aborted) return result
    problem ??= result.problem
  }
  return { kind: 'failed', problem: problem ?? 'it has no usable address' }
}

async function probeOne(fetcher: typeof fetch, url: string, timeoutMs: number, signal: AbortSignal): Promise<ProbeResult> {
  // one clock for both: the second is given up as soon as the first has failed
  const over = new AbortController()
  const patience = AbortSignal.timeout(timeoutMs)
  const init: RequestInit = { ...PAID_FETCH, signal: AbortSignal.any([signal, patience, over.signal]) }
  try {
    const [infoText, modelsText] = await Promise.all([
      read(fetcher, endpoint(url, '/info'), init, MAX_INFO_CHARACTERS),
      read(fetcher, endpoint(url, '/models'), init, MAX_MODELS_CHARACTERS),
    ])
    const info = parseNodeInfo(infoText)
    if (info === null) return { kind: 'failed', problem: 'it does not answer like a Routstr node' }
    return { kind: 'answered', url, info, models: parseModels(modelsText) }
  } catch (error) {
    if (error instanceof UnexpectedStatus) return { kind: 'failed', problem: `it answered ${error.status}` }
    if (error instanceof RangeError) return { kind: 'failed', problem: 'its catalogue is too large' }
    return { kind: 'failed', problem: patience.aborted ? `it did not answer within ${timeoutMs / 1000} seconds` : 'it can not be reached' }
  } finally {
    over.abort()
  }
}

async function read(fetcher: typeof fetch, url: string, init: RequestInit, maxBytes: number): Promise<string> {
  const response = await fetcher(url, init)
  if (!response.ok) throw new UnexpectedStatus(response.status)
  return readText(response, maxBytes)
}

/** Stays inside this file. */
class UnexpectedStatus extends Error {
  readonly status: number
  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

/** Runs jobs, at most `limit` of them at the same time, in the order they came. */
export function createQueue(limit: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (job) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await job()
    } finally {
      // the place is handed over, or given back
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
