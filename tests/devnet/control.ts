/**
 * `POST /control` with a JSON body: the handles of the network for tests that run in another process.
 * Answers `{ok: true, result}` or 400 `{ok: false, error}`. Paths are regular expressions as text.
 *
 * target `cheap` | `dear`
 *   {action:'fault', kind, times?, value?, path?}   kinds: provider/faults.ts; times 0 = until cleared
 *   {action:'clearFaults', kind?}  {action:'down', on}  {action:'restart'}  {action:'wipe'}  {action:'sweep'}  {action:'announce'}
 *   {action:'setPrices', model, promptSat, completionSat}  {action:'keepModels', models:[id…]}
 *   {action:'books'}  {action:'accounts'}  {action:'requests'}  {action:'models'}
 *   pricing, catalogue, upstreams: control-seller.ts
 * target `mint` | `otherMint`: control-mint.ts
 * target `upstream` | `spareUpstream`
 *   {action:'speed', tokensPerSecond}  {action:'down', on}  {action:'fail', status: number|'dead', times?}  {action:'requests'}
 * target `relay`
 *   {action:'down', on}  {action:'events'}  {action:'latency', ms}  {action:'clear'}  {action:'forget'|'refuse'|'keep', kind}
 * target `people`
 *   {action:'gather', near?, farEach?, warners?, strangers?}   a made-up social graph with review traffic: social-graph.ts
 * target `walletService`, `lnurl`: control-outside.ts
 */
import * as v from 'valibot'
import { controlMint, mintCommand } from './control-mint.ts'
import { controlLnurl, controlWalletService, lnurlCommand, walletServiceCommand } from './control-outside.ts'
import { controlSeller, sellerCommand } from './control-seller.ts'
import type { LnurlService } from './lightning/lnurl.ts'
import type { Hold } from './mint/faults.ts'
import type { DevnetMint } from './mint/mint.ts'
import { FAULT_KINDS } from './provider/faults.ts'
import type { DevnetProvider } from './provider/provider.ts'
import type { DevnetRelay } from './relay/relay.ts'
import type { DevnetUpstream } from './upstream/upstream.ts'
import type { SocialGraph, SocialGraphOptions } from './social-graph.ts'
import type { WalletService } from './wallet-service/service.ts'

export type Control = (command: unknown) => Promise<unknown>

interface Parts {
  mint: DevnetMint
  otherMint: DevnetMint
  providers: { cheap: DevnetProvider; dear: DevnetProvider }
  relay: DevnetRelay
  upstream: DevnetUpstream
  spareUpstream: DevnetUpstream
  walletService: WalletService
  gatherPeople: (options: Partial<SocialGraphOptions>) => SocialGraph
  lnurl: LnurlService
}

const action = <N extends string>(name: N): v.LiteralSchema<N, undefined> => v.literal(name)
const times = v.pipe(
  v.optional(v.pipe(v.number(), v.minValue(0)), 1),
  v.transform((value) => (value === 0 ? Number.POSITIVE_INFINITY : value)),
)
const pattern = v.pipe(
  v.string(),
  v.transform((text) => new RegExp(text)),
)
const on = v.optional(v.boolean(), true)

const providerCommand = v.variant('action', [
  v.object({ action: action('fault'), kind: v.picklist(FAULT_KINDS), times, value: v.optional(v.number()), path: v.optional(pattern) }),
  v.object({ action: action('clearFaults'), kind: v.optional(v.picklist(FAULT_KINDS)) }),
  v.object({ action: action('down'), on }),
  v.object({ action: action('setPrices'), model: v.string(), promptSat: v.number(), completionSat: v.number() }),
  v.object({ action: action('keepModels'), models: v.array(v.string()) }),
  v.object({ action: v.picklist(['restart', 'wipe', 'sweep', 'announce', 'books', 'accounts', 'requests', 'models']) }),
])
const upstreamCommand = v.variant('action', [
  v.object({ action: action('speed'), tokensPerSecond: v.pipe(v.number(), v.minValue(0.1)) }),
  v.object({ action: action('down'), on }),
  v.object({ action: action('fail'), status: v.union([v.number(), v.literal('dead')]), times: v.optional(v.number(), 1) }),
  v.object({ action: action('requests') }),
])
const relayCommand = v.variant('action', [
  v.object({ action: action('down'), on }),
  v.object({ action: action('latency'), ms: v.number() }),
  v.object({ action: v.picklist(['forget', 'refuse', 'keep']), kind: v.number() }),
  v.object({ action: v.picklist(['events', 'clear']) }),
])
const most = v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500)))
const peopleCommand = v.pipe(
  v.object({ action: action('gather'), near: most, farEach: most, warners: most, strangers: most }),
  v.transform(({ action: _, ...people }) => ({ people })),
)
const envelope = v.looseObject({
  target: v.picklist(['cheap', 'dear', 'mint', 'otherMint', 'upstream', 'spareUpstream', 'relay', 'walletService', 'lnurl', 'people']),
  action: v.string(),
})

export function createControl(parts: Parts): Control {
  const holds: Hold[] = []
  return async (command) => {
    const { target, ...rest } = v.parse(envelope, command)
    switch (target) {
      case 'cheap':
      case 'dear': {
        const seller = v.safeParse(sellerCommand, rest)
        if (seller.success) return controlSeller(parts.providers[target], seller.output, parts)
        return controlProvider(parts.providers[target], v.parse(providerCommand, rest))
      }
      case 'mint':
      case 'otherMint':
        return controlMint(parts[target], v.parse(mintCommand, rest), holds)
      case 'upstream':
      case 'spareUpstream':
        return controlUpstream(parts[target], v.parse(upstreamCommand, rest))
      case 'relay':
        return controlRelay(parts.relay, v.parse(relayCommand, rest))
      case 'people':
        return parts.gatherPeople(v.parse(peopleCommand, rest).people)
      case 'walletService':
        return controlWalletService(parts.walletService, v.parse(walletServiceCommand, rest))
      case 'lnurl':
        return controlLnurl(parts.lnurl, v.parse(lnurlCommand, rest))
    }
  }
}

function controlProvider(provider: DevnetProvider, command: v.InferOutput<typeof providerCommand>): unknown {
  switch (command.action) {
    case 'fault': {
      const { kind, value, path } = command
      return provider.fault(kind, command.times, { ...(value === undefined ? {} : { value }), ...(path ? { path } : {}) })
    }
    case 'clearFaults':
      return provider.clearFaults(command.kind)
    case 'down':
      provider.down = command.on
      return undefined
    case 'setPrices':
      return provider.setPrices(command.model, command)
    case 'keepModels':
      return provider.keepModels(command.models)
    case 'books':
    case 'models':
    case 'sweep':
    case 'announce':
    case 'restart':
    case 'wipe':
      return provider[command.action]()
    case 'requests':
      return provider.requests.map(({ headers: _headers, ...entry }) => entry)
    case 'accounts':
      return provider.accounts
        .list()
        .map(({ key, balanceMsat, totalSpentMsat }) => ({ key, balanceMsat, totalSpentMsat, reservedMsat: provider.accounts.reservedOf(key) }))
  }
}

function controlUpstream(upstream: DevnetUpstream, command: v.InferOutput<typeof upstreamCommand>): unknown {
  switch (command.action) {
    case 'speed':
      upstream.tokensPerSecond = command.tokensPerSecond
      return undefined
    case 'down':
      upstream.down = command.on
      return undefined
    case 'fail':
      return upstream.fail(command.status, command.times)
    case 'requests':
      return upstream.requests
  }
}

function controlRelay(relay: DevnetRelay, command: v.InferOutput<typeof relayCommand>): unknown {
  switch (command.action) {
    case 'down':
      relay.down = command.on
      return undefined
    case 'latency':
      relay.latencyMs = command.ms
      return undefined
    case 'forget':
      return relay.forget(command.kind)
    case 'refuse':
      relay.refusedKinds.add(command.kind)
      return undefined
    case 'keep':
      return relay.keepAgain(command.kind)
    case 'events':
      return relay.events()
    case 'clear':
      return relay.clear()
  }
}
