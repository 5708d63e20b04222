/** The whole development network on loopback: two mints, two providers, a relay, an upstream, and the configuration server (design.md §8). */
import { createHash } from 'node:crypto'
import { npubEncode } from 'nostr-tools/nip19'
import { createBunker, type Bunker } from './bunker.ts'
import { cheapModels, dearModels, externalModels } from './catalogues.ts'
import { createControl } from './control.ts'
import { createFront, type Front } from './front.ts'
import { createLightning, type FakeLightning } from './lightning.ts'
import { createLightningDesk } from './lightning/desk.ts'
import { createLnurl, type LnurlService } from './lightning/lnurl.ts'
import { createMint, type DevnetMint } from './mint/mint.ts'
import { createProvider, type DevnetProvider, type ProviderOptions } from './provider/provider.ts'
import { createRelay, type DevnetRelay } from './relay/relay.ts'
import { publishSocialGraph, type SocialGraph, type SocialGraphOptions } from './social-graph.ts'
import { createUpstream, type DevnetUpstream } from './upstream/upstream.ts'
import { createWalletService, type WalletService } from './wallet-service/service.ts'

export type { DevnetMint } from './mint/mint.ts'
export type { DevnetProvider } from './provider/provider.ts'
export type { DevnetRelay } from './relay/relay.ts'
export type { DevnetUpstream } from './upstream/upstream.ts'
export type { WalletService } from './wallet-service/service.ts'

export interface DevnetOptions {
  /** of the configuration and demo server; 0 = any */
  port?: number
  /** a real OpenAI-compatible server behind the providers instead of the built-in one */
  upstream?: { url: string; key: string; models?: string[] }
  /** speed of the built-in upstream */
  tokensPerSecond?: number
  inputFeePpk?: number
  /** same seed, same mint keys and provider keys; without it everything is random */
  seed?: number
  /** milliseconds until a Lightning invoice pays itself (150); null = only by `payQuote` */
  autoPayMs?: number | null
  /** mint, relay and providers take the ports after `port`, where free, so that a restart keeps addresses */
  fixedPorts?: boolean
  /** what providers do with a token of another mint */
  foreignMints?: 'refuse' | 'swap'
  /** settings of both providers, e.g. `{ staleReservationMs: 200, sweepMs: 50 }` */
  provider?: NonNullable<ProviderOptions['settings']>
}

export interface Devnet {
  /** http://127.0.0.1:PORT serves /devnet.json, /faucet, /lightning/*, /control and the demo page */
  readonly url: string
  readonly configUrl: string
  /** units sat, msat and usd */
  readonly mint: DevnetMint
  /** a second, independent mint that providers do not accept; unit sat */
  readonly otherMint: DevnetMint
  readonly providers: { readonly cheap: DevnetProvider; readonly dear: DevnetProvider }
  readonly relay: DevnetRelay
  readonly upstream: DevnetUpstream
  /** another one of the built-in kind; no provider uses it until it is told to (`provider.upstreams.set`) */
  readonly spareUpstream: DevnetUpstream
  /** one for all mints, the wallet service and the outside world */
  readonly lightning: FakeLightning
  /** the server behind `lightningAddress`, and its lies */
  readonly lnurl: LnurlService
  /** `bob@127.0.0.1:PORT`, over http */
  readonly lightningAddress: string
  /** somebody's Lightning wallet that takes orders over Nostr (NIP-47) */
  readonly walletService: WalletService
  /** holds somebody's Nostr key and signs with it from afar (NIP-46) */
  readonly bunker: Bunker
  /** people around the bunker's user, with their words and audits of both providers, on the relay */
  gatherPeople(options?: Partial<SocialGraphOptions>): SocialGraph
  /** a cashuB token of exactly that face value */
  faucet(amountSat: number, mint?: DevnetMint): Promise<string>
  stop(): Promise<void>
}

/** Covers the mint fees of making change for a long day of testing. */
const OPERATOR_FLOAT_SAT = 20_000
/** The same for accounts in msat: one note, quickly made. */
const MSAT_FLOAT = 2 ** 24

export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const port = (offset: number): { port: number } => ({ port: options.fixedPorts && options.port ? options.port + offset : 0 })
  const seed = options.seed === undefined ? {} : { seed: String(options.seed) }
  const lightning = createLightning()
  const mintOptions = {
    inputFeePpk: options.inputFeePpk ?? 100,
    lightning,
    ...seed,
    ...(options.autoPayMs === undefined ? {} : { autoPayMs: options.autoPayMs }),
  }
  const mint = await createMint({ name: 'Meadow Mint', units: ['sat', 'msat', 'usd'], ...mintOptions, ...port(1) })
  const otherMint = await createMint({ name: 'Harbour Mint', ...mintOptions, ...port(2) })
  const relay = await createRelay(port(3))
  const walletService = await createWalletService({ relayUrl: relay.url, lightning, ...seed })
  const bunker = await createBunker({ relayUrl: relay.url, ...seed })
  const upstream = await createUpstream({
    tokensPerSecond: options.tokensPerSecond ?? 400,
    ...(options.upstream ? { external: options.upstream } : {}),
    ...port(6),
  })

  const spareUpstream = await createUpstream({ tokensPerSecond: options.tokensPerSecond ?? 400 })

  const open = async (name: string, about: string, models: ProviderOptions['models'], offset: number): Promise<DevnetProvider> => {
    const provider = await createProvider({
      name,
      about,
      models,
      mintUrl: mint.url,
      upstreams: [upstream],
      relays: [relay.url],
      floatToken: await mint.mintToken(OPERATOR_FLOAT_SAT, { withoutDleq: true }),
      msatFloatToken: await mint.mintToken(MSAT_FLOAT, { unit: 'msat', withoutDleq: true }),
      foreignMints: options.foreignMints ?? 'refuse',
      otherMintToken: (amountSat) => otherMint.mintToken(amountSat),
      settings: options.provider ?? {},
      ...(options.seed === undefined ? {} : { secretKey: new Uint8Array(createHash('sha256').update(`${options.seed}/${name}`).digest()) }),
      ...port(offset),
    })
    await provider.announce()
    return provider
  }
  const external = options.upstream
  const cheap = await open('Sparrow AI', 'Small, quick and inexpensive', external ? await externalModels(external, 1) : cheapModels(), 4)
  const dear = await open('Heron Compute', 'Careful answers at four times the price', external ? await externalModels(external, 4) : dearModels(), 5)

  const faucet = (amountSat: number, from: DevnetMint = mint): Promise<string> => from.mintToken(amountSat)
  const { service: lnurl, routes: lnurlRoutes } = createLnurl(lightning)
  const providerIds = [cheap, dear].flatMap(({ pubkey }) => relay.events().flatMap((event) => (event.kind === 38_421 && event.pubkey === pubkey ? [`${pubkey}:${event.tags.find(([name]) => name === 'd')?.[1]}`] : [])))
  const gatherPeople = (wanted: Partial<SocialGraphOptions> = {}): SocialGraph =>
    publishSocialGraph(bunker.userSecret, relay.publish, { near: 20, farEach: 10, providerIds, ...(options.seed === undefined ? {} : { seed: String(options.seed) }), ...wanted })
  const parts = { gatherPeople, mint, otherMint, providers: { cheap, dear }, relay, upstream, spareUpstream, lightning, lnurl, walletService, bunker }
  const front: Front = await createFront({
    ...parts,
    faucet: (amount, unit = 'sat') => mint.mintToken(amount, { unit }),
    lightningDesk: createLightningDesk(lightning),
    lnurlRoutes,
    nwc: walletService.uri,
    bunker: bunker.uri,
    npub: npubEncode(bunker.user),
    control: createControl(parts),
    port: options.port ?? 0,
  })

  return {
    ...parts,
    faucet,
    url: front.url,
    lightningAddress: front.lightningAddress,
    configUrl: `${front.url}/devnet.json`,
    async stop() {
      walletService.stop()
      bunker.stop()
      await Promise.all([front.stop(), cheap.stop(), dear.stop(), relay.stop(), upstream.stop(), spareUpstream.stop(), mint.stop(), otherMint.stop()])
    },
  }
}
