/** What the two providers sell. One model under two names, one of its own each, a 128k model and an embedding model; dear is four times cheap. */
import * as v from 'valibot'
import type { ModelSpec } from './provider/models.ts'

/** A short chat answer (about 200 tokens) costs 1–3 sats at the cheap provider. */
const CHEAP = { mini: [0.002, 0.008], own: [0.003, 0.012], large: [0.005, 0.02], embed: [0.0002, 0.0002] } as const

const price = ([prompt, completion]: readonly [number, number], factor: number): ModelSpec['price'] => ({ promptSat: prompt * factor, completionSat: completion * factor })

const shared = (factor: number): ModelSpec[] => [
  {
    upstreamId: 'acme/owl-large',
    name: 'Owl Large',
    description: 'A patient model with a long memory',
    contextLength: 128_000,
    maxCompletionTokens: 16_384,
    price: price(CHEAP.large, factor),
    inputModalities: ['text', 'image'],
  },
  { upstreamId: 'acme/owl-embed', name: 'Owl Embed', description: 'Embeddings', contextLength: 8192, maxCompletionTokens: 4096, price: price(CHEAP.embed, factor) },
]

export const cheapModels = (): ModelSpec[] => [
  { upstreamId: 'acme/owl-mini', name: 'Owl Mini', description: 'Small, quick and friendly', contextLength: 8192, maxCompletionTokens: 4096, price: price(CHEAP.mini, 1), aliasIds: ['owl-mini-latest'] },
  { upstreamId: 'sparrow/sparrow-poet', name: 'Sparrow Poet', description: 'Writes verses', contextLength: 8192, maxCompletionTokens: 2048, price: price(CHEAP.own, 1) },
  ...shared(1),
]

export const dearModels = (): ModelSpec[] => [
  { upstreamId: 'acme/owl-mini-2026-05-01', name: 'Owl Mini', description: 'Small, quick and friendly', contextLength: 8192, maxCompletionTokens: 4096, price: price(CHEAP.mini, 4) },
  { upstreamId: 'heron/heron-sage', name: 'Heron Sage', description: 'Thinks before it speaks', contextLength: 32_768, maxCompletionTokens: 8192, price: price(CHEAP.own, 4) },
  ...shared(4),
]

const listSchema = v.object({ data: v.array(v.object({ id: v.string() })) })

/** The models of a real server behind the providers, at the prices of the built-in ones. */
export async function externalModels(upstream: { url: string; key: string; models?: readonly string[] }, factor: number): Promise<ModelSpec[]> {
  const ids = upstream.models ?? (await listModels(upstream))
  if (ids.length === 0) throw new Error(`${upstream.url} lists no models; name them with --models`)
  return ids.slice(0, 20).map((id) => ({
    upstreamId: id,
    name: id,
    description: `${id} behind the development network`,
    contextLength: 8192,
    maxCompletionTokens: 4096,
    price: price(CHEAP.mini, factor),
    modelAtUpstream: id,
  }))
}

async function listModels({ url, key }: { url: string; key: string }): Promise<string[]> {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '')
  const response = await fetch(`${base}/v1/models`, { headers: { authorization: `Bearer ${key}` } })
  const parsed = v.safeParse(listSchema, await response.json())
  return parsed.success ? parsed.output.data.map(({ id }) => id) : []
}
