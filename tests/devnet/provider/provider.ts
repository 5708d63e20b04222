/** A seller of inference that behaves like a Routstr node (routstr-node.md), with inspection and switchable faults for tests. */
import { npubEncode } from 'nostr-tools/nip19'
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { serve } from '../http.ts'
import type { RelayEvent } from '../relay/relay.ts'
import { type Account, createAccounts, reservedOf } from './accounts.ts'
import { type Announcement, announcementEvent, publishTo } from './announce.ts'
import { createFaults, type FaultKind, type FaultOptions } from './faults.ts'
import { createLightningDesk } from './lightning-endpoints.ts'
import { createCatalogue, type ModelSpec } from './models.ts'
import type { Node, NodeSettings } from './node.ts'
import { createPricingEngine, type PricingEngine } from './pricing-engine.ts'
import { createPurse } from './purse.ts'
import { createRoutes, type RequestEntry } from './routes.ts'
import { createUpstreamPool, type Upstream, type UpstreamPool } from './upstream-pool.ts'

export interface ProviderOptions {
  name: string
  about?: string
  models: readonly ModelSpec[]
  mintUrl: string
  /** where the AI is: upstream-pool.ts */
  upstreams: readonly Upstream[]
  port?: number
  relays?: readonly string[]
  secretKey?: Uint8Array
  /** the operator's own notes, so that fees of making change are covered */
  floatToken?: string
  /** the same for accounts in msat */
  msatFloatToken?: string
  foreignMints?: 'refuse' | 'swap'
  settings?: Partial<NodeSettings>
  otherMintToken?: (amountSat: number) => Promise<string>
}

/**
 * In msat, unless `token-consumed` or `wipe` made money disappear from the books:
 * `held = float + balances + earned + forfeited − fees paid` (a lying refund counts what it kept as forfeited).
 */
export interface ProviderBooks {
  floatSat: number
  heldSat: number
  feesPaidSat: number
  creditedMsat: number
  earnedMsat: number
  forfeitedMsat: number
  balancesMsat: number
}

export interface DevnetProvider {
  readonly url: string
  readonly name: string
  readonly npub: string
  readonly pubkey: string
  readonly mintUrl: string
  readonly settings: NodeSettings
  readonly accounts: {
    /** stored balance in msat, reservations not subtracted; 0 for an unknown key */
    balanceOf(key: string): number
    reservedOf(key: string): number
    totalSpentOf(key: string): number
    list(): readonly Account[]
  }
  readonly requests: RequestEntry[]
  readonly pricing: PricingEngine
  readonly upstreams: UpstreamPool
  /** models and prices as `GET /v1/models` lists them now */
  models(): { id: string; promptSat: number; completionSat: number }[]
  setPrices(modelId: string, price: { promptSat: number; completionSat: number }): void
  setModels(models: readonly ModelSpec[]): void
  addModel(model: ModelSpec): void
  /** takes every other model off the list */
  keepModels(ids: readonly string[]): void
  /** `options` may be a number: the fault's value (see faults.ts) */
  fault(kind: FaultKind, times?: number, options?: FaultOptions | number): void
  clearFaults(kind?: FaultKind): void
  down: boolean
  /** connections cut, reservations and memory caches gone, accounts kept */
  restart(): void
  /** the operator loses the database; the notes stay in his wallet */
  wipe(): void
  /** releases stale reservations now; returns how many */
  sweep(): number
  /** publishes kind 38421 to the relays; `changes` make it lie */
  announce(changes?: Partial<Announcement> & { secretKey?: Uint8Array }): Promise<RelayEvent>
  earningsMsat(): number
  heldSat(): number
  books(): ProviderBooks
  stop(): Promise<void>
}

const VERSION = '0.4.5'

export async function createProvider(options: ProviderOptions): Promise<DevnetProvider> {
  const secretKey = options.secretKey ?? generateSecretKey()
  const pubkey = getPublicKey(secretKey)
  const settings: NodeSettings = {
    tolerancePercent: 1,
    minimumRequestMsat: 1,
    satUsd: 0.001, // 100 000 USD per bitcoin, fixed so that prices are stable
    providerFee: 1.05,
    staleReservationMs: 300_000,
    sweepMs: 60_000,
    childKeyCostMsat: 0,
    oldNode: false,
    multipart: false,
    ...options.settings,
  }
  const faults = createFaults()
  const purse = createPurse({ mintUrl: options.mintUrl, foreignMints: options.foreignMints ?? 'refuse' })
  if (options.floatToken !== undefined) await purse.add(options.floatToken)
  const msatPurse = createPurse({ mintUrl: options.mintUrl, foreignMints: 'refuse', unit: 'msat' })
  if (options.msatFloatToken !== undefined) await msatPurse.add(options.msatFloatToken)
  const floatSat = purse.heldSat()
  const stopping = new AbortController()
  const node: Node = {
    settings,
    catalogue: createCatalogue(options.models, settings),
    accounts: createAccounts(),
    purse,
    msatPurse,
    faults,
    rows: [],
    refundCache: new Map(),
    deadTokens: new Map(),
    redeeming: new Map(),
    upstreams: createUpstreamPool(options.upstreams),
    stopping: stopping.signal,
    sharedId: `chatcmpl-${crypto.randomUUID()}`,
    otherMintToken: options.otherMintToken ?? (() => Promise.reject(new Error('no other mint'))),
  }
  const requests: RequestEntry[] = []
  const lightning = createLightningDesk(node)
  const routes = createRoutes(node, lightning, requests, (url) => ({
    name: options.name,
    description: options.about ?? '',
    version: VERSION,
    npub: npubEncode(faults.take('wrong-npub') ? getPublicKey(generateSecretKey()) : pubkey),
    mints: [options.mintUrl],
    http_url: url,
    onion_url: '',
    child_key_cost_msats: settings.childKeyCostMsat,
  }))
  const host = await serve((request, response, url) => routes(request, response, url, host.url), options.port)
  let sweeper = startSweeper()

  function startSweeper(): NodeJS.Timeout {
    const timer = setInterval(() => node.accounts.sweep(settings.staleReservationMs), settings.sweepMs)
    timer.unref()
    return timer
  }

  const account = (key: string): Account | undefined => node.accounts.find(key)
  const models = (): { id: string; promptSat: number; completionSat: number }[] =>
    node.catalogue.models().map(({ entry }) => ({ id: entry.id, promptSat: entry.sats_pricing?.prompt ?? 0, completionSat: entry.sats_pricing?.completion ?? 0 }))

  const pricing = createPricingEngine({
    base: () => models().map(({ id, ...price }) => ({ id, price })),
    requestCount: () => requests.filter(({ method, path }) => method === 'POST' && !/\/(balance|wallet)\//.test(path)).length,
    load: node.upstreams.load,
    setPrices: node.catalogue.setPrices,
  })
  const setModels = (specs: readonly ModelSpec[]): void => {
    node.catalogue.setModels(specs)
    pricing.rebase()
  }

  return {
    url: host.url,
    name: options.name,
    npub: npubEncode(pubkey),
    pubkey,
    mintUrl: options.mintUrl,
    settings,
    accounts: {
      balanceOf: (key) => account(key)?.balanceMsat ?? 0,
      reservedOf: (key) => reservedOf(account(key) ?? { reservations: new Map() }),
      totalSpentOf: (key) => account(key)?.totalSpentMsat ?? 0,
      list: () => node.accounts.list(),
    },
    requests,
    upstreams: node.upstreams,
    pricing,
    models,
    setPrices: node.catalogue.setPrices,
    setModels,
    addModel: (model) => setModels([...node.catalogue.models().map(({ spec }) => spec), model]),
    keepModels: (ids) => setModels(node.catalogue.models().filter(({ entry }) => ids.includes(entry.id)).map(({ spec }) => spec)),
    fault: faults.fault,
    clearFaults: faults.clearFaults,
    get down() {
      return host.down
    },
    set down(value: boolean) {
      host.down = value
    },
    restart() {
      host.down = true
      node.accounts.resetReservations()
      node.refundCache.clear()
      node.deadTokens.clear()
      clearInterval(sweeper)
      sweeper = startSweeper()
      host.down = false
    },
    wipe() {
      node.accounts.wipe()
      node.rows.length = 0
      node.refundCache.clear()
      node.deadTokens.clear()
    },
    sweep: () => node.accounts.sweep(settings.staleReservationMs),
    async announce(changes = {}) {
      const { secretKey: otherKey, ...tags } = changes
      const usual = { providerId: pubkey.slice(0, 12), urls: [host.url], mints: [options.mintUrl], version: VERSION, name: options.name, about: options.about ?? '' }
      const event = announcementEvent({ ...usual, ...tags }, otherKey ?? secretKey)
      await Promise.all((options.relays ?? []).map((relay) => publishTo(relay, event)))
      return event
    },
    earningsMsat: () => node.accounts.earnedMsat(),
    heldSat: purse.heldSat,
    books: () => ({
      floatSat,
      heldSat: purse.heldSat(),
      feesPaidSat: purse.feesPaidSat(),
      creditedMsat: node.accounts.creditedMsat(),
      earnedMsat: node.accounts.earnedMsat(),
      forfeitedMsat: node.accounts.forfeitedMsat(),
      balancesMsat: node.accounts.list().reduce((total, one) => total + one.balanceMsat + one.withheldMsat, 0),
    }),
    async stop() {
      clearInterval(sweeper)
      stopping.abort()
      await host.stop()
    },
  }
}
