/** Keeps prices fresh: probes providers when they are due, a few at a time, and writes down what they say. */
import { inBackground } from '../domain/in-background.ts'
import type { Model } from '../domain/offer.ts'
import { resolveModel } from '../protocol/catalogue.ts'
import { answeredEntry, failedEntry, isWithdrawn } from './entries.ts'
import type { Market } from './market.ts'
import { priceChanges } from './price-changes.ts'
import { createQueue, probe, type ProbeResult } from './probe.ts'
import type { RegistryEntry, RegistryStore } from './store.ts'

export interface Refresher {
  /** Probes until the signal aborts; whoever asks meanwhile gets the running probe. Rejects when it can not be saved. */
  probeProvider(id: string, life: AbortSignal): Promise<void>
  /** Starts probes of providers whose prices are old, those in use first; of strangers a few at a time. */
  probeDue(life: AbortSignal): void
  /** Those that run have ended. */
  settled(): Promise<void>
  /** It is somewhere else now: what was read, or failed, there does not count. */
  moved(id: string): void
  /** Somebody asks for this model: whoever sells it is asked for its prices more often for a while. */
  noteQuestion(model: string): void
  /** Writes down the result of a probe for a provider. */
  take(current: RegistryEntry, result: ProbeResult): Promise<void>
}

export interface RefresherWorld {
  readonly market: Market
  readonly store: RegistryStore
  readonly fetch: typeof fetch
  /** ms */
  readonly now: () => number
  readonly timeoutMs: number
  /** May this address be talked to? */
  readonly usable: (url: string) => boolean
  readonly changed: () => void
  /** Prices of one that was known are others now. */
  readonly onPrices: (providerId: string, modelIds: readonly string[]) => void
}

const PROBES_IN_PARALLEL = 6
/** While their models are asked for; nodes refresh their prices every 2 minutes (`routstr-node.md` §2.4). */
const BUSY_INTERVAL_MS = 2 * 60_000
const QUIET_INTERVAL_MS = 30 * 60_000
/** A provider that fails is asked less and less. */
const LONGEST_INTERVAL_MS = 24 * 60 * 60_000
/** A question this young counts as somebody asking. */
const ASKED_LATELY_MS = 5 * 60_000
/** Strangers that may wait for their first probe at the same time: a flood of them must not keep the known ones waiting. */
const STRANGERS_AT_ONCE = 24
/** The models asked for last. */
const MAX_ASKED = 30
/** An unchanged catalogue is written again after this time only. */
const SAVE_INTERVAL_MS = 15 * 60_000

export function createRefresher(world: RefresherWorld): Refresher {
  const { market, store, now } = world
  const inQueue = createQueue(PROBES_IN_PARALLEL)
  const probing = new Map<string, Promise<void>>()
  const probedAt = new Map<string, number>()
  const savedAt = new Map<string, number>()
  const asked = new Map<string, number>()
  const strangers = new Set<string>()

  function probeProvider(id: string, life: AbortSignal): Promise<void> {
    // a probe of the address it had before is not the one asked for
    const key = `${id} ${market.entry(id)?.provider.url ?? ''}`
    const already = probing.get(key)
    if (already !== undefined) return already
    const job = inQueue(() => probeNow(id, life)).finally(() => probing.delete(key))
    probing.set(key, job)
    return job
  }

  async function probeNow(id: string, life: AbortSignal): Promise<void> {
    const entry = market.entry(id)
    if (entry === undefined || life.aborted) return
    probedAt.set(id, now())
    const urls = [...new Set([entry.provider.url, ...entry.urls])].filter(world.usable)
    if (urls.length === 0) return
    const result = await probe(world.fetch, urls, world.timeoutMs, life)
    const current = market.entry(id)
    if (current === undefined || life.aborted) return
    // announced at another address meanwhile: what the old one said no longer counts
    const isCurrent = result.kind === 'failed' ? urls.includes(current.provider.url) : [current.provider.url, ...current.urls].includes(result.url)
    if (isCurrent) await take(current, result)
  }

  async function take(current: RegistryEntry, result: ProbeResult): Promise<void> {
    const entry = result.kind === 'answered' ? answeredEntry(current, result, now()) : failedEntry(current, result.problem)
    market.put(entry)
    probedAt.set(entry.provider.id, now())
    const writes = [store.saveProviders([entry])]
    if (result.kind === 'answered') writes.push(takeCatalogue(entry.provider.id, result.models))
    world.changed()
    await Promise.all(writes)
  }

  async function takeCatalogue(id: string, models: readonly Model[]): Promise<void> {
    const before = market.catalogue(id)
    const isSame = before !== undefined && JSON.stringify(before.models) === JSON.stringify(models)
    market.putCatalogue({ providerId: id, models: isSame ? before.models : models, at: now() })
    const changes = isSame ? [] : priceChanges(before?.models ?? [], models, now())
    if (changes.length > 0) await store.addPrices(id, changes)
    if (before !== undefined && changes.length > 0) world.onPrices(id, changes.map(({ modelId }) => modelId))
    if (isSame && now() - (savedAt.get(id) ?? 0) < SAVE_INTERVAL_MS) return
    savedAt.set(id, now())
    await store.saveModels(id, models, now())
  }

  /** ms between two readings of its prices. */
  function intervalOf({ provider, failures }: RegistryEntry, inUse: readonly string[]): number {
    if (failures > 0) return Math.min(LONGEST_INTERVAL_MS, QUIET_INTERVAL_MS * 2 ** (failures - 1))
    const models = market.catalogue(provider.id)?.models ?? []
    return inUse.some((model) => resolveModel(models, model, market.mapping()) !== null) ? BUSY_INTERVAL_MS : QUIET_INTERVAL_MS
  }

  return {
    probeProvider,
    take,
    async settled() {
      await Promise.allSettled(probing.values())
    },
    moved(id) {
      probedAt.delete(id)
      strangers.delete(id)
    },
    noteQuestion(model) {
      asked.delete(model)
      asked.set(model, now())
      const [oldest] = asked.keys()
      if (asked.size > MAX_ASKED && oldest !== undefined) asked.delete(oldest)
    },
    probeDue(life) {
      const inUse = [...asked].flatMap(([model, at]) => (now() - at < ASKED_LATELY_MS ? [model] : []))
      for (const entry of market.entries()) {
        const { id, seenAt, blocked } = entry.provider
        const isStranger = seenAt === null
        if (blocked || isWithdrawn(entry) || (isStranger && (strangers.size >= STRANGERS_AT_ONCE || strangers.has(id)))) continue
        const readAt = isStranger ? undefined : market.catalogue(id)?.at
        const last = probedAt.get(id) ?? readAt ?? Number.NEGATIVE_INFINITY
        if (now() - last < intervalOf(entry, inUse)) continue
        if (isStranger) strangers.add(id)
        inBackground(probeProvider(id, life).finally(() => strangers.delete(id)))
      }
    },
  }
}
