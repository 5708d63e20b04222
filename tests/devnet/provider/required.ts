/** How much an account must hold before a request runs: the node's formula, bit for bit (routstr-node.md §4.1, helpers.py:87-324). */
import * as v from 'valibot'
import type { ModelEntry } from './models.ts'

const part = v.looseObject({
  type: v.optional(v.string()),
  text: v.optional(v.string()),
  image_url: v.optional(v.union([v.string(), v.looseObject({ url: v.string(), detail: v.optional(v.string()) })])),
})
const messages = v.array(v.looseObject({ content: v.optional(v.nullable(v.union([v.string(), v.array(part)]))) }))
type Part = v.InferOutput<typeof part>

/** FIXED_COST_PER_REQUEST: what a node without a price feed asks for. */
const WITHOUT_PRICE_MSAT = 1000

export function requiredMsat(model: ModelEntry, body: Readonly<Record<string, unknown>>, tolerancePercent = 1, minimumMsat = 1): number {
  const prices = model.sats_pricing
  if (!prices) return WITHOUT_PRICE_MSAT
  const factor = Math.max(0, 1 - tolerancePercent / 100)
  let adjusted = Math.max(minimumMsat, Math.trunc(prices.max_cost * 1000 * (1 - tolerancePercent / 100)))
  const { context_length: context, max_completion_tokens: answer } = model.top_provider
  const promptLimit = context && answer ? Math.max(0, context - answer) : context
  const maxPrompt = promptLimit * prices.prompt * factor
  const maxCompletion = prices.max_completion_cost * factor
  const listed = v.safeParse(messages, body.messages) // only `messages`; `input`, `system` and `tools` are ignored
  if (listed.success && listed.output.length > 0) {
    const saved = maxPrompt - promptTokens(listed.output) * prices.prompt
    if (saved > 0) adjusted -= Math.floor(saved * 1000)
  }
  if (typeof body.max_tokens === 'number') {
    const saved = maxCompletion - body.max_tokens * prices.completion
    if (saved > 0) adjusted -= Math.floor(saved * 1000)
  }
  return Math.max(minimumMsat, adjusted)
}

/** One floor for all messages together; characters are code points, as Python counts them. */
function promptTokens(list: v.InferOutput<typeof messages>): number {
  let characters = 0
  let images = 0
  for (const { content } of list) {
    if (typeof content === 'string') characters += [...content].length
    for (const item of Array.isArray(content) ? content : []) {
      if (item.type === 'text') characters += [...(item.text ?? '')].length
      if (item.type === 'image_url' || item.type === 'input_image') images += imageTokens(item)
    }
  }
  return Math.floor(characters / 3) + images
}

const UNREADABLE_IMAGE_TOKENS = 85

function imageTokens(item: Part): number {
  const url = typeof item.image_url === 'string' ? item.image_url : item.image_url?.url
  const detail = typeof item.image_url === 'object' ? item.image_url.detail : undefined
  if (detail === 'low') return UNREADABLE_IMAGE_TOKENS
  const encoded = /^data:[^,]*;base64,(.*)$/s.exec(url ?? '')?.[1]
  // A real node would fetch other URLs; here nothing leaves the machine, which counts as "cannot be fetched".
  if (encoded === undefined || !/^[A-Za-z0-9+/\s]*={0,2}$/.test(encoded)) return UNREADABLE_IMAGE_TOKENS
  let [width, height] = imageSize(Buffer.from(encoded, 'base64')) ?? [512, 512]
  for (const longest of [2048, 768]) {
    const side = Math.max(width, height)
    if (side <= longest) continue
    ;[width, height] = [Math.trunc((width * longest) / side), Math.trunc((height * longest) / side)]
  }
  return 85 + 170 * Math.ceil(width / 512) * Math.ceil(height / 512)
}

function imageSize(bytes: Buffer): [number, number] | undefined {
  if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47) return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at)
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)]
  }
  return undefined
}
