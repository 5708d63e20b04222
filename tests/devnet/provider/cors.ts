/** CORS as a node has it (routstr-node.md §2.2): the origin is echoed with credentials, the money headers are exposed. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const EXPOSED = [
  'x-routstr-request-id',
  'x-cashu',
  'x-routstr-cost-msats',
  'x-routstr-cost-usd',
  'x-routstr-input-cost-msats',
  'x-routstr-output-cost-msats',
  'Ehbp-Response-Nonce',
  'Ehbp-Encapsulated-Key',
]

/** Returns true when it answered a preflight. Nodes before 2026-03 hide `x-cashu` from pages (§10.1). */
export function nodeCors(request: IncomingMessage, response: ServerResponse, oldNode: boolean): boolean {
  response.setHeader('vary', 'Origin')
  const origin = request.headers.origin
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-expose-headers', EXPOSED.filter((name) => !oldNode || name !== 'x-cashu').join(', '))
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.setHeader('access-control-allow-methods', 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT')
  response.setHeader('access-control-max-age', '600')
  const wanted = request.headers['access-control-request-headers']
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted)
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('OK')
  return true
}
