/** Routing of a node (routstr-node.md §2.1): models, balance, lightning, providers, then the proxy for every POST and some GETs. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cut, readBytes, sendJson, sendText } from '../http.ts'
import { balance, type BalanceAnswer } from './balance.ts'
import { nodeCors } from './cors.ts'
import { detailAnswer, errorAnswer, NodeAnswer } from './envelopes.ts'
import { infer } from './inference.ts'
import type { LightningDesk } from './lightning-endpoints.ts'
import type { Exchange, Node } from './node.ts'

export interface RequestEntry {
  method: string
  path: string
  /** 0 until answered */
  status: number
  authorization: 'none' | 'sk' | 'cashu' | 'x-cashu' | 'other'
  /** milliseconds since 1970 */
  at: number
  /** the client left before the answer was complete */
  aborted: boolean
  requestId: string
  headers: IncomingMessage['headers']
  /** the request body as text */
  body: string
}

const GET_PREFIXES = ['v1/', 'responses', 'chat/', 'completions', 'models', 'embeddings', 'audio/', 'images/', 'moderations', 'providers', 'tee/', 'attestation']

type Routes = (request: IncomingMessage, response: ServerResponse, url: URL, ownUrl: string) => Promise<void>

export function createRoutes(node: Node, lightning: LightningDesk, requests: RequestEntry[], info: (url: string) => object): Routes {
  return async (request, response, url, ownUrl) => {
    if (nodeCors(request, response, node.settings.oldNode)) return
    const requestId = randomUUID()
    response.setHeader('x-routstr-request-id', requestId)
    const entry = logged(request, response, url.pathname, requestId)
    requests.push(entry)
    const bytes = await readBytes(request)
    const exchange: Exchange = { request, response, url, path: url.pathname, requestId, text: bytes.toString('utf8'), bytes }
    entry.body = exchange.text
    if (await misbehave(node, exchange, ownUrl)) return
    try {
      await dispatch(node, lightning, exchange, () => info(ownUrl))
    } catch (error) {
      if (response.headersSent) response.destroy()
      else if (error instanceof NodeAnswer) sendJson(response, error.status, error.body(requestId), error.headers)
      else sendJson(response, 500, { detail: 'Internal server error, please contact support with the request ID.', request_id: requestId })
    }
  }
}

function logged(request: IncomingMessage, response: ServerResponse, path: string, requestId: string): RequestEntry {
  const { authorization, 'x-cashu': token } = request.headers
  const secret = authorization?.replace(/^Bearer\s*/i, '') ?? ''
  const kind = secret.startsWith('sk-') ? 'sk' : secret.startsWith('cashu') ? 'cashu' : 'other'
  const entry: RequestEntry = {
    method: request.method ?? 'GET',
    path,
    status: 0,
    authorization: token !== undefined ? 'x-cashu' : authorization === undefined ? 'none' : kind,
    at: Date.now(),
    aborted: false,
    requestId,
    headers: request.headers,
    body: '',
  }
  response.on('close', () => {
    entry.aborted = !response.writableFinished
    entry.status = response.headersSent ? response.statusCode : 0
  })
  response.on('finish', () => {
    entry.status = response.statusCode
  })
  return entry
}

const isBalance = (path: string): boolean => /^\/v1\/(balance|wallet)\//.test(path)
const isInference = (exchange: Exchange): boolean => exchange.request.method === 'POST' && !isBalance(exchange.path)

/** What a broken proxy in front, or a hostile operator, does to any request. Without a `path` option only to inference. */
async function misbehave(node: Node, exchange: Exchange, ownUrl: string): Promise<boolean> {
  const { response, path } = exchange
  const take = (kind: 'redirect' | 'html' | 'status'): { value?: number } | undefined => node.faults.takeScoped(kind, path, isInference(exchange))
  if (take('redirect')) {
    // The same server under another origin, so that a follower is seen in `requests` as /stolen.
    response.writeHead(307, { location: `${ownUrl.replace('127.0.0.1', 'localhost')}/stolen` })
    response.end()
    return true
  }
  if (take('html')) {
    sendText(response, 200, '<!doctype html><title>Welcome</title><h1>Please sign in to the hotel network</h1>', { 'content-type': 'text/html' })
    return true
  }
  const status = take('status')
  if (status) {
    sendJson(response, status.value ?? 503, { error: { message: 'Service unavailable', type: 'api_error', code: status.value ?? 503 } })
    return true
  }
  // Inference takes its silence after the money is reserved (upstream-call.ts); everything else here.
  return !isInference(exchange) && node.faults.takeScoped('silence', path, false) !== undefined
}

async function dispatch(node: Node, lightning: LightningDesk, exchange: Exchange, info: () => object): Promise<void> {
  const { request, response, path } = exchange
  const { method } = request
  if (method !== 'GET' && method !== 'POST') throw detailAnswer(405, 'Method Not Allowed')
  if (path.startsWith('/lightning/') || path.startsWith('/v1/balance/lightning/')) return reply(response, await lightning.answer(exchange))
  if (isBalance(path)) return reply(response, await balance(node, exchange))
  if (method === 'POST') return infer(node, exchange)
  const plain = path.replace(/\/$/, '')
  if (plain === '/v1/info') return sendJson(response, 200, info())
  if (plain === '/v1/models' || plain === '/models') return sendJson(response, 200, { data: listedModels(node) })
  if (plain === '/v1/models/paths') return sendJson(response, 200, { data: [], updated_at: null })
  if (path === '/v1/providers') {
    response.writeHead(307, { location: '/v1/providers/' })
    response.end()
    return
  }
  if (path === '/v1/providers/') throw detailAnswer(404, 'Provider discovery is disabled')
  if (GET_PREFIXES.some((prefix) => path.slice(1).startsWith(prefix))) return infer(node, exchange)
  throw errorAnswer(404, { message: `Path '${path}' not found`, type: 'not_found', code: 404 })
}

function listedModels(node: Node): object[] {
  const withoutPrice = node.faults.isArmed('price-null')
  return node.catalogue.models().map(({ entry }) => (withoutPrice ? { ...entry, sats_pricing: null } : entry))
}

function reply(response: ServerResponse, answer: BalanceAnswer): void {
  if (answer.lost) cut(response)
  else sendJson(response, 200, answer.body, answer.headers)
}
