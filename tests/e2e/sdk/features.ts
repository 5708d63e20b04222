/**
 * Three SDKs × what pages do with them. A feature is one call of `window.matrix` in a page and what must come of it; nothing here knows
 * which browser it is. The table in the README is written from this list (matrix.spec.ts checks it).
 */
export const SDKS = ['openai', 'ai', 'langchain'] as const
export type Sdk = (typeof SDKS)[number]

export interface Told {
  readonly text?: string
  readonly pieces?: number
  readonly object?: unknown
  readonly numbers?: number
  readonly calls: number
  readonly ms: number
  readonly error?: { readonly name: string; readonly status: number | null; readonly code: string | null; readonly param: string | null; readonly message: string }
}

export interface Feature {
  readonly name: string
  readonly action: 'whole' | 'stream' | 'tools' | 'structured' | 'embeddings' | 'responses'
  readonly input: Readonly<Record<string, unknown>>
  /** SDKs that have no such thing. */
  readonly without?: readonly Sdk[]
  /** Its page: a site with a limit, one without, or one for requests that take their time. */
  readonly at: 'home' | 'stranger' | 'slow'
  /** @returns what is wrong; null: nothing */
  readonly check: (told: Told, sdk: Sdk) => string | null
}

const ANSWER = 'The heron stands in the river and waits.'
const SAY = `[[say:${ANSWER}]]`
const base = { model: 'owl-mini', maxTokens: 60 }
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const says = (expected: string) => (told: Told) =>
  told.text === expected && told.calls === 1 ? null : `${JSON.stringify(told.text)} after ${told.calls} calls`
/** A refusal costs one call: what an SDK repeats by itself would be asked, or paid, again. */
const fails = (status: number | null, code: string | null, calls = 1) => (told: Told) =>
  told.error !== undefined && (status === null || told.error.status === status) && (code === null || told.error.code === code) && told.calls === calls
    ? null
    : `no ${status} ${code}`
/** A broken answer must not look complete. */
const breaks = (told: Told) => (told.error !== undefined && told.calls === 1 ? null : 'it looks complete')

export const FEATURES: readonly Feature[] = [
  { name: 'stream', at: 'home', action: 'stream', input: { ...base, prompt: SAY }, check: (told) => says(ANSWER)(told) ?? ((told.pieces ?? 0) > 3 ? null : 'in one piece') },
  { name: 'JSON', at: 'home', action: 'whole', input: { ...base, prompt: SAY }, check: says(ANSWER) },
  { name: 'tools, there and back', at: 'home', action: 'tools', input: { ...base, city: 'Lisbon' }, check: ({ text }) => (text === 'The tool said: sunny in Lisbon' ? null : `${text}`) },
  {
    name: 'structured output',
    at: 'home',
    action: 'structured',
    input: { ...base, prompt: '[[say:{"name":"heron","legs":2}]]', schema: { type: 'object', title: 'bird', properties: { name: { type: 'string' }, legs: { type: 'number' } }, required: ['name', 'legs'], additionalProperties: false } },
    check: ({ object }) => (JSON.stringify(object) === '{"name":"heron","legs":2}' ? null : JSON.stringify(object)),
  },
  { name: 'pictures in', at: 'home', action: 'whole', input: { ...base, model: 'owl-large', prompt: SAY, picture: `data:image/png;base64,${PIXEL}` }, check: says(ANSWER) },
  { name: 'embeddings', at: 'home', action: 'embeddings', input: { model: 'owl-embed', prompt: 'heron' }, check: ({ numbers }) => (numbers === 8 ? null : `${numbers} numbers`) },
  { name: 'Responses API, streamed', at: 'home', action: 'responses', input: { ...base, prompt: SAY }, without: ['ai'], check: says(ANSWER) },
  { name: 'aborted before it begins', at: 'home', action: 'whole', input: { ...base, prompt: SAY, aborted: true }, check: (told) => (told.error !== undefined && told.calls <= 1 ? null : 'it went on') },
  { name: 'aborted on the way', at: 'home', action: 'stream', input: { ...base, maxTokens: 400, prompt: '[[words:200]] [[slow]]', abortAfter: 2 }, check: (told) => (told.calls === 1 && told.ms < 18_000 ? null : 'it went on') },
  { name: '`break`', at: 'home', action: 'stream', input: { ...base, maxTokens: 400, prompt: '[[words:200]] [[slow]]', breakAfter: 2 }, check: ({ pieces, ms }) => (pieces === 2 && ms < 18_000 ? null : 'it went on') },
  { name: '402', at: 'home', action: 'whole', input: { ...base, prompt: SAY, headers: { 'x-routstr-max-cost-msats': '1' } }, check: fails(402, 'max_cost_exceeded') },
  { name: '403', at: 'stranger', action: 'whole', input: { ...base, prompt: SAY, headers: { 'x-routstr-prompt': 'none' } }, check: fails(403, 'permission_required') },
  {
    name: "the provider's 400, its body kept",
    at: 'home',
    action: 'whole',
    input: { ...base, prompt: '[[status:400]]' },
    check: (told) => fails(400, 'unsupported_value')(told) ?? (told.error?.param === 'temperature' && told.error.message.includes('unsupported value') ? null : 'another body'),
  },
  { name: "the provider's 500", at: 'home', action: 'whole', input: { ...base, model: 'sparrow-poet', prompt: '[[status:500]]' }, check: fails(503, 'provider_unreachable') },
  { name: 'death in mid-stream', at: 'home', action: 'stream', input: { ...base, model: 'heron-sage', prompt: '[[words:20]] [[cut]]' }, check: breaks },
  { name: 'truncation', at: 'home', action: 'stream', input: { ...base, model: 'heron-sage', prompt: '[[words:20]] [[truncate]]' }, check: breaks },
  { name: 'a body of 10 MB', at: 'home', action: 'whole', input: { ...base, model: 'owl-large', prompt: SAY, pictureBytes: 10_000_000 }, check: says(ANSWER) },
  { name: '30 s to the first byte', at: 'slow', action: 'stream', input: { ...base, prompt: `${SAY} [[delay:30000]]` }, check: (told) => says(ANSWER)(told) ?? (told.ms >= 30_000 ? null : 'too early') },
  { name: '70 s of silence', at: 'slow', action: 'stream', input: { ...base, prompt: `${SAY} [[gap:70000]]` }, check: (told) => says(ANSWER)(told) ?? (told.ms >= 70_000 ? null : 'too early') },
]

/** The README's table, from this list. */
export function table(): string {
  const rows = FEATURES.map(({ name, without }) => `| ${name} | ${SDKS.map((sdk) => (without?.includes(sdk) === true ? '–' : '✓')).join(' | ')} |`)
  return ['| | `openai` | `ai` + `@ai-sdk/openai-compatible` | `@langchain/openai` |', '|---|---|---|---|', ...rows].join('\n')
}
