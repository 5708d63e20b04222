/**
 * Who sells what, now. Announcements come live from the relays, prices from probes in the background; a request only
 * looks into memory. What is known is saved, so a restarted worker serves its first request without any network.
 */
import { RoutstrError } from '../domain/errors.ts'
import { isSafeAddress, safeAddress, type AddressPolicy } from '../domain/network-address.ts'
import type { Model, Offer, Provider } from '../domain/offer.ts'
import { parseAnnouncement } from '../protocol/announcement.ts'
import { createCoolDown } from './cool-down.ts'
import { announcedEntry, handAddedEntry, withProvider } from './entries.ts'
import { createMarket } from './market.ts'
import { probe } from './probe.ts'
import { inBackground } from '../domain/in-background.ts'
import { createRefresher } from './refresher.ts'
import type { SubscribeAnnouncements } from './relays.ts'
import type { RegistryEntry, RegistryStore } from './store.ts'

export interface Registry {
  /** Loads what was saved, subscribes, probes; returns dispose. */
  start(): () => void
  /** Saved offers are in memory (no network). Rejects when the database can not be read. */
  ready(): Promise<void>
  /** In memory, instantly: unblocked providers that answered, price not null; at most one offer per provider. */
  offersFor(model: string): readonly Offer[]
  /** One entry per canonical id. */
  models(): readonly { readonly id: string; readonly offers: readonly Offer[] }[]
  providers(): readonly Provider[]
  modelsOf(providerId: string): readonly Model[]
  /** Probes first. @throws RoutstrError `unsafe_address` | `provider_unreachable` */
  addProvider(url: string, source: 'user' | 'devnet'): Promise<Provider>
  /** An announced one comes back with its next announcement: block it instead. @throws RoutstrError `not_found` */
  removeProvider(id: string): Promise<void>
  /** @throws RoutstrError `not_found` */
  setBlocked(id: string, blocked: boolean): Promise<void>
  /** Probes all now. */
  refresh(): Promise<void>
  /** A request failed there / answered: cool-down with back-off per provider, in memory, reset by success. */
  noteFailure(providerId: string): void
  noteSuccess(providerId: string): void
  isCoolingDown(providerId: string): boolean
  /** Relays or developer switch changed: resubscribe. */
  settingsChanged(): void
  /** @returns unsubscribe */
  onChange(listener: () => void): () => void
}

export interface RegistryWorld {
  readonly store: RegistryStore
  readonly fetch: typeof fetch
  /** ms */
  readonly now: () => number
  readonly settings: () => { readonly relays: readonly string[]; readonly developer: boolean }
  readonly subscribe: SubscribeAnnouncements
  /** Patience with one provider's `/v1/info` and `/v1/models`; 8 s if not given. */
  readonly probeTimeoutMs?: number
}

const PROBE_TIMEOUT_MS = 8_000
const TICK_MS = 30_000
/** The screens pass ids of at most 300 characters. */
const MAX_URL_CHARACTERS = 290

export function createRegistry(world: RegistryWorld): Registry {
  const { store, now, settings } = world
  const timeoutMs = world.probeTimeoutMs ?? PROBE_TIMEOUT_MS
  const market = createMarket(now)
  const coolDown = createCoolDown(now)
  const listeners = new Set<() => void>()
  let loading: Promise<void> | null = null
  let running: AbortController | null = null
  let unsubscribe = (): void => undefined

  const policy = (): AddressPolicy => ({ allowLoopback: settings().developer })
  const usable = (url: string): boolean => isSafeAddress(url, policy())
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  const refresher = createRefresher({ market, store, fetch: world.fetch, now, timeoutMs, usable, changed })
  /** Probes asked for by hand work without `start` too. */
  const life = (): AbortSignal => running?.signal ?? new AbortController().signal

  function ready(): Promise<void> {
    loading ??= load()
    return loading
  }

  async function load(): Promise<void> {
    const [entries, catalogues] = await Promise.all([store.loadProviders(), store.loadModels()])
    for (const entry of entries) market.put(entry)
    for (const catalogue of catalogues) market.putCatalogue(catalogue)
    changed()
  }

  function start(): () => void {
    const begun = new AbortController()
    running = begun
    const timer = setInterval(() => refresher.probeDue(begun.signal), TICK_MS)
    const begin = (): void => {
      if (begun.signal.aborted) return
      resubscribe()
      refresher.probeDue(begun.signal)
    }
    // an unreadable database is reported by ready(); without it there is nothing to begin with
    ready().then(begin, () => undefined)
    return () => {
      begun.abort()
      clearInterval(timer)
      if (running !== begun) return
      running = null
      unsubscribe()
      unsubscribe = () => undefined
    }
  }

  function resubscribe(): void {
    unsubscribe()
    unsubscribe = () => undefined
    if (running === null) return
    const relays = settings().relays.filter((relay) => isSafeAddress(relay, policy(), 'wss:'))
    // always from the beginning: a healthy node's announcement may be months old, and known ones cost nothing
    unsubscribe = world.subscribe(relays, null, hear)
  }

  function hear(event: unknown): void {
    const announcement = parseAnnouncement(event, Math.floor(now() / 1000), policy(), ({ pubkey, d, createdAt }) => {
      const known = market.entry(`${pubkey}:${d}`)
      return known !== undefined && (known.announcedAt ?? 0) >= createdAt
    })
    if (announcement === null) return
    const entry = announcedEntry(announcement, market.entry(`${announcement.pubkey}:${announcement.d}`), now())
    const dropped: string[] = []
    if (!market.put(entry, (id) => dropped.push(id))) return
    inBackground(Promise.all([store.saveProvider(entry), ...dropped.map((id) => store.deleteProvider(id))]))
    changed()
    if (!entry.provider.blocked) inBackground(refresher.probeProvider(entry.provider.id, life()))
  }

  /** Prices are read again behind the question, never before its answer. */
  function noteQuestion(): void {
    refresher.noteQuestion()
    if (running !== null) refresher.probeDue(running.signal)
  }

  async function addProvider(url: string, source: 'user' | 'devnet'): Promise<Provider> {
    const address = safeAddress(url.trim(), policy())
    if (address.length > MAX_URL_CHARACTERS) throw new RoutstrError('unsafe_address', 'The address is too long.')
    await ready()
    const result = await probe(world.fetch, [address], timeoutMs, life())
    if (result.kind === 'failed') throw new RoutstrError('provider_unreachable', `${address} was not added: ${result.problem}.`)
    const entry = handAddedEntry(address, source, market.entry(`url:${address}`)?.firstSeenAt ?? now())
    await refresher.take(entry, result)
    return entryOf(entry.provider.id).provider
  }

  function entryOf(id: string): RegistryEntry {
    const entry = market.entry(id)
    if (entry === undefined) throw new RoutstrError('not_found', 'There is no such provider.')
    return entry
  }

  return {
    start,
    ready,
    offersFor(model) {
      noteQuestion()
      return market.offersFor(model, usable)
    },
    models() {
      noteQuestion()
      return market.models(usable)
    },
    providers: market.providers,
    modelsOf: (id) => market.catalogue(id)?.models ?? [],
    addProvider,
    async removeProvider(id) {
      await ready()
      entryOf(id)
      market.remove(id)
      await store.deleteProvider(id)
      changed()
    },
    async setBlocked(id, blocked) {
      await ready()
      const entry = withProvider(entryOf(id), { blocked })
      market.put(entry)
      await store.saveProvider(entry)
      changed()
      if (!blocked && running !== null) refresher.probeDue(running.signal)
    },
    async refresh() {
      await ready()
      const wanted = market.entries().filter(({ provider }) => !provider.blocked)
      await Promise.all(wanted.map(({ provider }) => refresher.probeProvider(provider.id, life())))
    },
    ...coolDown,
    settingsChanged() {
      resubscribe()
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
