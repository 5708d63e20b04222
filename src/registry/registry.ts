/**
 * Who sells what, now. Announcements come live from the relays, prices from probes in the background; a request only
 * looks into memory. What is known is saved, so a restarted worker serves its first request without any network.
 */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { isSafeAddress, safeAddress, type AddressPolicy } from '../domain/network-address.ts'
import type { Model, Offer, PriceSheet, Provider } from '../domain/offer.ts'
import type { RelayHealth } from '../domain/relay-health.ts'
import type { ModelPrices, ProviderRecord } from '../domain/provider-record.ts'
import { nameRelation, type NameRelation } from '../protocol/catalogue.ts'
import { createBootstrap } from './bootstrap.ts'
import { calmly } from './calmly.ts'
import { type CoolDown, createCoolDown } from './cool-down.ts'
import { createDiscovery } from './discovery.ts'
import { listedEntry, recordOf, withProvider } from './entries.ts'
import { createListeners } from './listeners.ts'
import { createMarket } from './market.ts'
import { probe } from './probe.ts'
import { type Rate, rateOf } from './rate.ts'
import { createRefresher } from './refresher.ts'
import type { RegistryEntry } from './store.ts'
import type { RegistryWorld } from './world.ts'

export interface Registry extends CoolDown {
  /** Loads what was saved, subscribes, probes; returns dispose. */
  start(): () => void
  /** Saved offers are in memory (no network). Rejects when the database can not be read. */
  ready(): Promise<void>
  /** In memory, instantly: unblocked providers that answered, price not null; at most one offer per provider. */
  offersFor(model: string): readonly Offer[]
  /** One entry per canonical id. */
  models(): readonly { readonly id: string; readonly offers: readonly Offer[] }[]
  providers(): readonly Provider[]
  /** What is known about one of them, and from where; null: nobody knows it. */
  record(id: string): ProviderRecord | null
  /** The id, `pubkey:d`, under which people speak of it on Nostr; null: nobody announces it. */
  spokenOf(id: string): string | null
  /** How its prices went. */
  pricesOf(id: string): Promise<readonly ModelPrices[]>
  /** How this provider's name for a model and its canonical id belong together. */
  relation(model: Model, canonicalId: string): NameRelation
  modelsOf(providerId: string): readonly Model[]
  /** How the relays do; empty while there are none. */
  relays(): readonly RelayHealth[]
  /** What a dollar is worth, from the lists of unblocked providers in memory; null when nobody says. */
  rate(): Rate | null
  /** Probes first. @throws RoutstrError `unsafe_address` | `provider_unreachable` */
  addProvider(url: string, source: 'user' | 'devnet'): Promise<Provider>
  /** An announced one comes back with its next announcement: block it instead. @throws RoutstrError `not_found` */
  removeProvider(id: string): Promise<void>
  /** @throws RoutstrError `not_found` */
  setBlocked(id: string, blocked: boolean): Promise<void>
  /** Probes all now. */
  refresh(): Promise<void>
  /** Its own answer says that its prices are not the ones we know: they are read again now. */
  reread(providerId: string): Promise<void>
  /** After reading it again; null: it is not for sale there. */
  sheetOf(providerId: string | null, model: string): Promise<{ readonly price: PriceSheet; readonly priceAt: number } | null>
  /** Readings that run have ended. */
  settled(): Promise<void>
  /** An alarm: looks for what is due, the worker may have slept. */
  tick(): void
  /** Relays or developer switch changed: resubscribe. */
  settingsChanged(): void
  /** Prices of one that was known have moved; model ids as that provider lists them. @returns unsubscribe */
  onPrices(listener: (providerId: string, modelIds: readonly string[]) => void): () => void
  /** @returns unsubscribe */
  onChange(listener: () => void): () => void
}

const PROBE_TIMEOUT_MS = 8_000
const TICK_MS = 30_000
/** Between two times that everybody is told, or that all are looked through for what is due, while relays and probes tell. */
const REST_MS = 200
/** The screens pass ids of at most 300 characters. */
const MAX_URL_CHARACTERS = 290

export function createRegistry(world: RegistryWorld): Registry {
  const { store, now, settings } = world
  const timeoutMs = world.probeTimeoutMs ?? PROBE_TIMEOUT_MS
  const market = createMarket(now)
  const { load: loadRests, ...coolDown } = createCoolDown(store, now)
  const { tell: changed, on: onChange } = createListeners<[]>()
  const { tell: tellPrices, on: onPrices } = createListeners<[providerId: string, modelIds: readonly string[]]>()
  let loading: Promise<void> | null = null
  let running: AbortController | null = null

  const policy = (): AddressPolicy => world.policy ?? { allowLoopback: settings().developer }
  const usable = (url: string): boolean => isSafeAddress(url, policy())
  const telling = calmly(changed, REST_MS)
  const probing = calmly(probeDue, REST_MS)
  const refresher = createRefresher({ market, store, fetch: world.fetch, now, timeoutMs, usable, changed: telling.soon, onPrices: tellPrices })
  const bootstrap = createBootstrap({ ...world, market, policy, onAdded: probeDue })
  const discovery = createDiscovery({
    market,
    store,
    now,
    policy,
    subscribe: world.subscribe,
    relays: () => settings().relays,
    mappingAuthor: world.mappingAuthor,
    onSilence: () => inBackground(bootstrap(life())),
    onNews,
    changed: telling.soon,
  })
  /** Probes asked for by hand work without `start` too. */
  const life = (): AbortSignal => running?.signal ?? new AbortController().signal

  function ready(): Promise<void> {
    loading ??= load()
    return loading
  }

  async function load(): Promise<void> {
    const [entries, catalogues] = await Promise.all([store.loadKnown(), store.loadModels(), loadRests(), discovery.load()])
    for (const entry of entries) market.put(entry)
    for (const catalogue of catalogues) market.putCatalogue(catalogue)
    changed()
  }

  function start(): () => void {
    const begun = new AbortController()
    running = begun
    const timer = setInterval(tick, TICK_MS)
    const begin = async (): Promise<void> => {
      if (begun.signal.aborted) return
      // nobody waits for those that never answered
      for (const entry of await store.loadStrangers()) if (market.entry(entry.provider.id) === undefined) market.put(entry)
      if (begun.signal.aborted) return
      const dead = market.forgotten()
      for (const id of dead) market.remove(id)
      if (dead.length > 0) inBackground(store.deleteProviders(dead))
      await discovery.start()
      if (begun.signal.aborted) discovery.stop()
      else probeDue()
    }
    // an unreadable database is reported by ready(); without it there is nothing to begin with
    ready().then(begin, () => undefined).catch(() => undefined)
    return () => {
      begun.abort()
      clearInterval(timer)
      if (running !== begun) return
      running = null
      discovery.stop()
      telling.stop()
      probing.stop()
    }
  }

  function probeDue(): void {
    if (running !== null) refresher.probeDue(running.signal)
  }

  function onNews(id: string): void {
    refresher.moved(id)
    probing.soon()
  }

  function tick(): void {
    probeDue()
    if (running !== null) discovery.tick()
  }

  /** Prices are read again behind the question, never before its answer. */
  function noteQuestion(model: string): void {
    refresher.noteQuestion(model)
    probeDue()
  }

  async function addProvider(url: string, source: 'user' | 'devnet'): Promise<Provider> {
    const address = safeAddress(url.trim(), policy())
    if (address.length > MAX_URL_CHARACTERS) throw new RoutstrError('unsafe_address', 'The address is too long.')
    await ready()
    const result = await probe(world.fetch, [address], timeoutMs, life())
    if (result.kind === 'failed') throw new RoutstrError('provider_unreachable', `${address} was not added: ${result.problem}.`)
    const entry = listedEntry(address, source, market.entry(`url:${address}`)?.firstSeenAt ?? now())
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
      noteQuestion(model)
      return market.offersFor(model, usable)
    },
    models: () => market.models(usable),
    providers: market.providers,
    record(id) {
      const entry = market.entry(id)
      return entry === undefined ? null : recordOf(entry, market.announcementOf(id), market.catalogue(id)?.at ?? null)
    },
    spokenOf: (id) => market.announcementOf(id)?.provider.id ?? null,
    pricesOf: (id) => store.pricesOf(id),
    relation: (model, canonicalId) => nameRelation(model, canonicalId, market.mapping()) ?? 'alias',
    modelsOf: (id) => market.catalogue(id)?.models ?? [],
    relays: discovery.relays,
    rate: () => rateOf(market.providers().flatMap((provider) => (provider.blocked ? [] : (market.catalogue(provider.id) ?? []))), now()),
    addProvider,
    async removeProvider(id) {
      await ready()
      entryOf(id)
      market.remove(id)
      await store.deleteProviders([id])
      changed()
    },
    async setBlocked(id, blocked) {
      await ready()
      const entry = withProvider(entryOf(id), { blocked })
      market.put(entry)
      await store.saveProviders([entry])
      changed()
      if (!blocked) probeDue()
    },
    async refresh() {
      await ready()
      const wanted = market.entries().filter(({ provider }) => !provider.blocked)
      await Promise.all(wanted.map(({ provider }) => refresher.probeProvider(provider.id, life())))
    },
    settled: refresher.settled,
    tick,
    ...coolDown,
    async sheetOf(providerId, model) {
      if (providerId === null) return null
      await refresher.probeProvider(providerId, life())
      const offer = market.offersFor(model, usable).find((one) => one.providerId === providerId)
      return offer === undefined || offer.model.price === null ? null : { price: offer.model.price, priceAt: offer.at }
    },
    reread: (providerId) => refresher.probeProvider(providerId, life()),
    settingsChanged() {
      discovery.again()
      changed()
    },
    onPrices,
    onChange,
  }
}
