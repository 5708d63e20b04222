/** The recorded answers of a real node, and ways to compare with them. */
import { readFileSync } from 'node:fs'
import { createMint, type DevnetMint } from '../devnet/mint/mint.ts'
import type { ModelSpec } from '../devnet/provider/models.ts'
import { createProvider, type DevnetProvider, type ProviderOptions } from '../devnet/provider/provider.ts'
import { createUpstream, type DevnetUpstream } from '../devnet/upstream/upstream.ts'

export interface Recorded {
  status: number
  headers: Map<string, string>
  text: string
}

export function recorded(name: string): Recorded {
  const raw = readFileSync(new URL(`../fixtures/routstr-node/${name}.http`, import.meta.url), 'utf8')
  const end = raw.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = raw.slice(0, end).split('\r\n')
  const headers = new Map(lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  return { status: Number(statusLine.split(' ')[1]), headers, text: raw.slice(end + 4) }
}

export const recordedJson = (name: string): unknown => JSON.parse(recorded(name).text)

/** Every path with its type, values removed: what two answers must share. Arrays are described by their first item. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  )
}

/** `data:` payloads of a stream. */
export const dataLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))

/** The models of `models.http`: USD per million tokens, provider fee 1.05. */
export const recordedModels: ModelSpec[] = [
  model('test/tiny-chat', 'Tiny Chat', 8192, 4096, 0.5, 1.5),
  model('gpt-stub', 'GPT Stub', 128_000, 64_000, 10, 30),
  model('stub-embed', 'Embed', 8192, 4096, 0.1, 0.1),
]

function model(upstreamId: string, name: string, contextLength: number, maxCompletionTokens: number, prompt: number, completion: number): ModelSpec {
  return {
    upstreamId,
    name,
    description: `${name} via stub`,
    contextLength,
    maxCompletionTokens,
    price: { promptUsdPerMillion: prompt, completionUsdPerMillion: completion },
  }
}

export interface Stage {
  mint: DevnetMint
  upstream: DevnetUpstream
  provider: DevnetProvider
  /** POST with a JSON body */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** opens an account, returns its key */
  open(amountSat: number, denominations?: number[]): Promise<string>
  stop(): Promise<void>
}

export async function createStage(options: Partial<ProviderOptions> = {}): Promise<Stage> {
  const mint = await createMint({ name: 'Test mint' })
  const upstream = await createUpstream({ tokensPerSecond: 2000 })
  const provider = await createProvider({
    name: 'Local Node',
    about: 'test node',
    models: recordedModels,
    mintUrl: mint.url,
    upstreams: [upstream],
    floatToken: await mint.mintToken(1000, { withoutDleq: true }),
    ...options,
  })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(provider.url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })
  return {
    mint,
    upstream,
    provider,
    post,
    get: (path, headers = {}) => fetch(provider.url + path, { headers }),
    async open(amountSat, denominations) {
      const token = await mint.mintToken(amountSat, denominations ? { denominations } : {})
      const created: unknown = await (await post('/v1/balance/create', { initial_balance_token: token })).json()
      return textAt(created, 'api_key')
    },
    async stop() {
      await Promise.all([provider.stop(), upstream.stop(), mint.stop()])
    },
  }
}

/** the `data:` payload at this place, counted from the end when negative */
export const dataAt = (lines: readonly string[], index: number): unknown => JSON.parse(must(lines.at(index)))

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value is missing')
  return value
}

/** Reads a nested member; throws when it is missing, so that a test fails with the path. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current: unknown = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !(step in current)) throw new Error(`no ${path.join('.')} in ${JSON.stringify(value)}`)
    current = Object.entries(current).find(([key]) => key === String(step))?.[1]
  }
  return current
}
export const textAt = (value: unknown, ...path: (string | number)[]): string => String(at(value, ...path))
export const numberAt = (value: unknown, ...path: (string | number)[]): number => Number(at(value, ...path))

export const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` })
/** answers "Hello from stub" and reports the recorded usage */
export const stubChat = (extra: object = {}): object => ({
  model: 'tiny-chat',
  messages: [{ role: 'user', content: '[[usage:12,7]][[say:Hello from stub]]' }],
  max_tokens: 10,
  ...extra,
})
