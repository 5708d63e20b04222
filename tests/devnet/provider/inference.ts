/** Proxied requests: the node's order of checks (routstr-node.md §2.1), then one of the two payment modes. */
import { bearerInference } from './bearer.ts'
import { detailAnswer, doubleAnswer, unknownModel } from './envelopes.ts'
import type { Model, ModelEntry } from './models.ts'
import type { Exchange, Node } from './node.ts'
import { requiredMsat } from './required.ts'
import { type JsonObject, parseObject } from './sse.ts'
import { xCashuInference } from './x-cashu.ts'

/** `other`: passed through raw, without usage, hence charged 0 (§2.5). */
export type InferenceKind = 'chat' | 'embeddings' | 'responses' | 'other'

export interface Inference {
  exchange: Exchange
  kind: InferenceKind
  body: JsonObject
  stream: boolean
  model: Model
  /** with `sats_pricing: null` while there is no price feed */
  entry: ModelEntry
  requiredMsat: number
}

const HUGE_MSAT = 900_000_000_000

export async function infer(node: Node, exchange: Exchange): Promise<void> {
  const { request, text, path } = exchange
  const isForm = node.settings.multipart && /^multipart\//.test(request.headers['content-type'] ?? '')
  const body = request.method === 'GET' ? {} : isForm ? await fieldsOf(exchange) : parseObject(text)
  if (!body) throw doubleAnswer(400, { type: 'invalid_request_error', code: 'invalid_json' })
  if (body.max_tokens !== undefined && !Number.isInteger(body.max_tokens)) throw doubleAnswer(400, 'max_tokens must be an integer')
  const asked = typeof body.model === 'string' ? body.model : 'unknown'
  const model = node.catalogue.resolve(asked)
  if (!model) throw unknownModel(asked)
  const entry = node.faults.isArmed('price-null') ? { ...model.entry, sats_pricing: null } : model.entry
  const honest = requiredMsat(entry, body, node.settings.tolerancePercent, node.settings.minimumRequestMsat)
  const inference: Inference = {
    exchange,
    kind: kindOf(path),
    body,
    stream: body.stream === true,
    model,
    entry,
    requiredMsat: node.faults.take('huge-402') ? HUGE_MSAT : honest,
  }
  const token = request.headers['x-cashu'] // wins when both are present
  const authorization = request.headers.authorization
  if (typeof token === 'string') return xCashuInference(node, inference, token)
  if (authorization === undefined) throw detailAnswer(401, 'Unauthorized')
  return bearerInference(node, inference, authorization.replace(/^Bearer\s*/i, '').trim())
}

/** The text fields of a form. */
async function fieldsOf({ request, bytes }: Exchange): Promise<JsonObject> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData()
  return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'))
}

function kindOf(path: string): InferenceKind {
  const plain = path.replace(/^\/(v1\/)?/, '')
  if (plain === 'chat/completions') return 'chat'
  if (plain === 'embeddings') return 'embeddings'
  return plain.startsWith('responses') ? 'responses' : 'other'
}
