/**
 * When no relay can be reached: an HTTP directory of providers (`routstr-node.md` §2.9), and when that is silent too, the few
 * addresses that this extension brings along. Nothing of it is signed: an announcement of the same address comes before it.
 */
import * as v from 'valibot'
import { isSafeAddress, safeAddress, type AddressPolicy } from '../domain/network-address.ts'
import { PAID_FETCH, readText } from '../domain/paid-fetch.ts'
import { parseJson } from '../protocol/foreign.ts'
import { listedEntry } from './entries.ts'
import type { Market } from './market.ts'
import type { RegistryStore } from './store.ts'

export interface Bootstrap {
  readonly directory: string | null
  readonly builtIn: readonly string[]
}

const BOOTSTRAP: Bootstrap = {
  directory: 'https://api.routstr.com/v1/providers/',
  builtIn: ['https://api.routstr.com', 'https://ai.redsh1ft.com', 'https://routstr.cypherpunk.today'],
}

const MAX_BYTES = 512 * 1024
const MAX_LISTED = 100
const TIMEOUT_MS = 8_000
/** A directory is asked at most so often. */
const EVERY_MS = 60 * 60_000
/** The screens pass ids of at most 300 characters. */
const MAX_URL_CHARACTERS = 290

const address = v.pipe(v.string(), v.maxLength(512))
const listSchema = v.object({
  providers: v.pipe(v.array(v.object({ endpoint_url: v.fallback(address, ''), endpoint_urls: v.fallback(v.array(address), []) })), v.maxLength(1_000)),
})

export interface BootstrapWorld {
  readonly market: Market
  readonly store: RegistryStore
  readonly fetch: typeof fetch
  /** ms */
  readonly now: () => number
  readonly settings: () => { readonly developer: boolean }
  readonly policy: () => AddressPolicy
  readonly bootstrap?: Bootstrap | undefined
  readonly onAdded: () => void
}

/** @returns to be called whenever every relay is silent; it keeps its own pace */
export function createBootstrap(world: BootstrapWorld): (signal: AbortSignal) => Promise<void> {
  const { market, store, now, fetch } = world
  let at = Number.NEGATIVE_INFINITY
  return async (signal) => {
    // the development network is found by its own file
    if (world.settings().developer || now() - at < EVERY_MS) return
    at = now()
    const { source, urls } = await addresses(world.bootstrap ?? BOOTSTRAP, fetch, world.policy(), signal)
    const known = new Set(market.entries().map(({ provider }) => provider.url))
    const entries = urls.filter((url) => !known.has(url) && url.length <= MAX_URL_CHARACTERS).map((url) => listedEntry(url, source, now()))
    if (signal.aborted || entries.length === 0) return
    for (const entry of entries) market.put(entry)
    await store.saveProviders(entries)
    world.onAdded()
  }
}

async function addresses(
  { directory, builtIn }: Bootstrap,
  fetcher: typeof fetch,
  policy: AddressPolicy,
  signal: AbortSignal,
): Promise<{ readonly source: 'directory' | 'built-in'; readonly urls: readonly string[] }> {
  const usable = (urls: readonly string[]): string[] => [...new Set(urls.filter((url) => isSafeAddress(url, policy)).map((url) => safeAddress(url, policy)))]
  const listed = directory === null ? [] : usable(await read(directory, fetcher, signal).catch(() => []))
  return listed.length > 0 ? { source: 'directory', urls: listed.slice(0, MAX_LISTED) } : { source: 'built-in', urls: usable(builtIn) }
}

async function read(directory: string, fetcher: typeof fetch, signal: AbortSignal): Promise<string[]> {
  const response = await fetcher(directory, { ...PAID_FETCH, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) })
  if (!response.ok) return []
  const parsed = v.safeParse(listSchema, parseJson(await readText(response, MAX_BYTES), MAX_BYTES))
  return parsed.success ? parsed.output.providers.map((provider) => provider.endpoint_urls[0] ?? provider.endpoint_url) : []
}
