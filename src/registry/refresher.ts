/** Keeps prices fresh: probes providers when they are due, a few at a time, and writes down what they say. */
import { inBackground } from '../domain/in-background.ts'
import type { Model } from '../domain/offer.ts'
import { answeredEntry, withProvider } from './entries.ts'
import type { Market } from './market.ts'
import { createQueue, probe, type ProbeResult } from './probe.ts'
import type { RegistryEntry, RegistryStore } from './store.ts'

export interface Refresher {
  /** Probes until the signal aborts; whoever asks meanwhile gets the running probe. Rejects when it can not be saved. */
  probeProvider(id: string, life: AbortSignal): Promise<void>
  /** Starts probes of all providers whose prices are old. */
  probeDue(life: AbortSignal): void
  /** Somebody asks for offers: prices are read more often for a while. */
  noteQuestion(): void
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
}

const PROBES_IN_PARALLEL = 6
/** While somebody asks for offers; nodes refresh their prices every 2 minutes (`routstr-node.md` §2.4). */
const BUSY_INTERVAL_MS = 2 * 60_000
const QUIET_INTERVAL_MS = 15 * 60_000
/** A question this young counts as somebody asking. */
const ASKED_LATELY_MS = 5 * 60_000
/** An unchanged catalogue is written again after this time only. */
const SAVE_INTERVAL_MS = 15 * 60_000

export function createRefresher(world: RefresherWorld): Refresher {
  const { market, store, now } = world
  const inQueue = createQueue(PROBES_IN_PARALLEL)
  const probing = new Map<string, Promise<void>>()
  const probedAt = new Map<string, number>()
  const savedAt = new Map<string, number>()
  let askedAt = Number.NEGATIVE_INFINITY

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
    const result = await probe(world.fetch, urls, world.timeoutMs, life)
    const current = market.entry(id)
    if (current === undefined || life.aborted) return
    // announced at another address meanwhile: what the old one said no longer counts
    const isCurrent = result.kind === 'failed' ? urls.includes(current.provider.url) : [current.provider.url, ...current.urls].includes(result.url)
    if (isCurrent) await take(current, result)
  }

  async function take(current: RegistryEntry, result: ProbeResult): Promise<void> {
    const entry = result.kind === 'answered' ? answeredEntry(current, result, now()) : withProvider(current, { problem: result.problem })
    market.put(entry)
    probedAt.set(entry.provider.id, now())
    const writes = [store.saveProvider(entry)]
    if (result.kind === 'answered') writes.push(takeCatalogue(entry.provider.id, result.models))
    world.changed()
    await Promise.all(writes)
  }

  async function takeCatalogue(id: string, models: readonly Model[]): Promise<void> {
    const before = market.catalogue(id)
    const isSame = before !== undefined && JSON.stringify(before.models) === JSON.stringify(models)
    market.putCatalogue({ providerId: id, models: isSame ? before.models : models, at: now() })
    if (isSame && now() - (savedAt.get(id) ?? 0) < SAVE_INTERVAL_MS) return
    savedAt.set(id, now())
    await store.saveModels(id, models, now())
  }

  return {
    probeProvider,
    take,
    noteQuestion() {
      askedAt = now()
    },
    probeDue(life) {
      const isBusy = now() - askedAt < ASKED_LATELY_MS
      for (const { provider } of market.entries()) {
        const interval = isBusy && provider.problem === null ? BUSY_INTERVAL_MS : QUIET_INTERVAL_MS
        const readAt = provider.seenAt === null ? undefined : market.catalogue(provider.id)?.at
        const last = probedAt.get(provider.id) ?? readAt ?? Number.NEGATIVE_INFINITY
        if (!provider.blocked && now() - last >= interval) inBackground(probeProvider(provider.id, life))
      }
    },
  }
}
