/** HTTP around the mint's endpoints: the log of calls, planned faults, cached answers (NUT-19), refusals as `{code, detail}`. */
import { JSONInt } from '@cashu/cashu-ts'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cut, type Handler, openCors, readText, sendJson, sendText, wait } from '../http.ts'
import type { MintFaults, Rotation } from './faults.ts'
import { NotFound, type Route } from './routes.ts'
import { MintError } from './wire.ts'

export interface MintCall {
  method: string
  path: string
  /** providers of this network name themselves; everybody else is a wallet */
  caller: 'wallet' | 'provider'
}

interface HandlerWorld {
  readonly calls: MintCall[]
  readonly faults: MintFaults
  readonly route: Route
  readonly cachesAnswers: boolean
  rotate(rotation: Rotation): void
  /** ends slow and endless answers */
  readonly stopping: AbortSignal
}

export function createHandler({ calls, faults, route, cachesAnswers, rotate, stopping }: HandlerWorld): Handler {
  const cachedAnswers = new Map<string, string>()

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET'
    if (openCors(request, response)) return
    const path = url.pathname
    calls.push({ method, path, caller: request.headers['x-devnet-caller'] === 'provider' ? 'provider' : 'wallet' })
    const text = await readText(request)
    if (faults.latencyMs() > 0) await wait(faults.latencyMs(), stopping)
    await faults.waitWhileHeld(path)
    const rotation = faults.takeRotation(path)
    if (rotation) rotate(rotation)
    const fault = faults.take(path)
    const isLost = fault?.kind === 'before' || ((fault?.kind === 'garbage' || fault?.kind === 'status') && !fault.committed)
    const answer = isLost ? { status: 500, text: '' } : commit(method, path, text)
    switch (fault?.kind) {
      case 'before':
      case 'after':
        return cut(response)
      case 'garbage':
        return sendText(response, 200, '<html>not the answer you want', { 'content-type': 'text/html' })
      case 'status':
        return sendJson(response, fault.status, { detail: `devnet answers ${fault.status}` }, fault.headers)
      case 'endless':
        return sendWithoutEnd(response, stopping)
      case 'slow':
        await wait(fault.milliseconds, stopping)
    }
    sendText(response, answer.status, answer.text, { 'content-type': 'application/json' })
  }

  function commit(method: string, path: string, text: string): { status: number; text: string } {
    const cacheKey = `${method} ${path} ${text}`
    const known = cachedAnswers.get(cacheKey)
    if (known !== undefined) return { status: 200, text: known }
    const { status, body } = attempt(method, path, text)
    const answer = JSON.stringify(body)
    if (cachesAnswers && status === 200 && /^POST \/v1\/(swap|mint\/bolt11|melt\/bolt11) /.test(cacheKey)) cachedAnswers.set(cacheKey, answer)
    return { status, text: answer }
  }

  function attempt(method: string, path: string, text: string): { status: number; body: unknown } {
    try {
      return { status: 200, body: route(method, path, text === '' ? undefined : JSONInt.parse(text)) }
    } catch (error) {
      if (error instanceof NotFound) return { status: 404, body: { detail: 'Not Found' } }
      if (error instanceof MintError) return { status: 400, body: { code: error.code, detail: error.message } }
      return { status: 400, body: { code: 0, detail: error instanceof Error ? error.message : 'invalid request' } }
    }
  }

  return handle
}

const PIECE = 'a'.repeat(64 * 1024)
const ENDLESS_PIECES = 1024

/** Valid so far at every byte, and never done: who reads bodies whole must give up by size. */
async function sendWithoutEnd(response: ServerResponse, stopping: AbortSignal): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort())
  const signal = AbortSignal.any([stopping, left.signal])
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"signatures":[{"id":"')
  for (let piece = 0; piece < ENDLESS_PIECES && !signal.aborted; piece += 1) {
    if (!response.write(PIECE)) await once(response, 'drain', { signal }).catch(() => undefined)
  }
  cut(response)
}
