/**
 * `POST /control` with a JSON body: the handles of the network for tests that run in another process.
 * Answers `{ok: true, result}` or 400 `{ok: false, error}`. Paths are regular expressions as text.
 *
 * target `cheap` | `dear`
 *   {action:'fault', kind, times?, value?, path?}   kinds: provider/faults.ts; times 0 = until cleared
 *   {action:'clearFaults', kind?}  {action:'down', on}  {action:'restart'}  {action:'wipe'}  {action:'sweep'}  {action:'announce'}
 *   {action:'setPrices', model, promptSat, completionSat}  {action:'keepModels', models:[id…]}
 *   {action:'books'}  {action:'accounts'}  {action:'requests'}  {action:'models'}
 * target `mint` | `otherMint`
 *   {action:'fault', path, when:'before'|'after', times?}  {action:'garbage', path, times?}  {action:'status', path, status, times?}
 *   {action:'hold', path} → {hold: number}  {action:'release', hold}  {action:'latency', ms}  {action:'clearFaults'}
 *   {action:'rotate', feePpk?}  {action:'down', on}  {action:'lie', name, on}  {action:'autoPay', ms|null}
 *   {action:'payQuote', quote}  {action:'holdMelts', on}  {action:'settleMelt', quote, outcome:'paid'|'failed'}
 *   {action:'totals'}  {action:'calls'}  {action:'clearCalls'}
 * target `upstream`
 *   {action:'speed', tokensPerSecond}  {action:'down', on}  {action:'fail', status: number|'dead', times?}  {action:'requests'}
 * target `relay`
 *   {action:'down', on}  {action:'events'}  {action:'latency', ms}  {action:'clear'}
 */
import * as v from 'valibot'
import type { Hold, MintLies } from './mint/faults.ts'
import type { DevnetMint } from './mint/mint.ts'
import { FAULT_KINDS } from './provider/faults.ts'
import type { DevnetProvider } from './provider/provider.ts'
import type { DevnetRelay } from './relay/relay.ts'
import type { DevnetUpstream } from './upstream/upstream.ts'

export type Control = (command: unknown) => Promise<unknown>

interface Parts {
  mint: DevnetMint
  otherMint: DevnetMint
  providers: { cheap: DevnetProvider; dear: DevnetProvider }
  relay: DevnetRelay
  upstream: DevnetUpstream
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
const mintCommand = v.variant('action', [
  v.object({ action: action('fault'), path: pattern, when: v.picklist(['before', 'after']), times }),
  v.object({ action: action('garbage'), path: pattern, times }),
  v.object({ action: action('status'), path: pattern, status: v.number(), times }),
  v.object({ action: action('hold'), path: pattern }),
  v.object({ action: action('release'), hold: v.number() }),
  v.object({ action: action('latency'), ms: v.number() }),
  v.object({ action: action('rotate'), feePpk: v.optional(v.number()) }),
  v.object({ action: action('down'), on }),
  v.object({ action: action('lie'), name: v.picklist(['stripDleq', 'swapSignatures', 'badDleq', 'wrongAmount', 'missingSignature', 'alwaysUnspent']), on }),
  v.object({ action: action('autoPay'), ms: v.nullable(v.number()) }),
  v.object({ action: action('payQuote'), quote: v.string() }),
  v.object({ action: action('holdMelts'), on }),
  v.object({ action: action('settleMelt'), quote: v.string(), outcome: v.picklist(['paid', 'failed']) }),
  v.object({ action: v.picklist(['clearFaults', 'totals', 'calls', 'clearCalls']) }),
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
  v.object({ action: v.picklist(['events', 'clear']) }),
])
const envelope = v.looseObject({ target: v.picklist(['cheap', 'dear', 'mint', 'otherMint', 'upstream', 'relay']), action: v.string() })

export function createControl(parts: Parts): Control {
  const holds: Hold[] = []
  return async (command) => {
    const { target, ...rest } = v.parse(envelope, command)
    switch (target) {
      case 'cheap':
      case 'dear':
        return controlProvider(parts.providers[target], v.parse(providerCommand, rest))
      case 'mint':
      case 'otherMint':
        return controlMint(parts[target], v.parse(mintCommand, rest), holds)
      case 'upstream':
        return controlUpstream(parts.upstream, v.parse(upstreamCommand, rest))
      case 'relay':
        return controlRelay(parts.relay, v.parse(relayCommand, rest))
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
      return provider.accounts.list().map(({ key, balanceMsat, totalSpentMsat }) => ({ key, balanceMsat, totalSpentMsat, reservedMsat: provider.accounts.reservedOf(key) }))
  }
}

function controlMint(mint: DevnetMint, command: v.InferOutput<typeof mintCommand>, holds: Hold[]): unknown {
  switch (command.action) {
    case 'fault':
      return mint.fault(command.path, command.when, command.times)
    case 'garbage':
      return mint.garbage(command.path, command.times)
    case 'status':
      return mint.status(command.path, command.status, command.times)
    case 'hold':
      return { hold: holds.push(mint.hold(command.path)) - 1 }
    case 'release':
      return holds[command.hold]?.release()
    case 'latency':
      return mint.latency(command.ms)
    case 'rotate':
      return mint.rotate(command.feePpk === undefined ? {} : { feePpk: command.feePpk })
    case 'down':
      mint.down = command.on
      return undefined
    case 'lie': {
      const lies: MintLies = mint.lies
      lies[command.name] = command.on
      return undefined
    }
    case 'autoPay':
      mint.quotes.autoPayMs = command.ms
      return undefined
    case 'holdMelts':
      mint.quotes.holdMelts = command.on
      return undefined
    case 'payQuote':
      return mint.payQuote(command.quote)
    case 'settleMelt':
      return mint.settleMelt(command.quote, command.outcome)
    case 'clearFaults':
      return mint.clearFaults()
    case 'totals':
      return { ...mint.totals(), outstandingSat: mint.outstandingSat() }
    case 'calls':
      return mint.calls
    case 'clearCalls':
      mint.calls.length = 0
      return undefined
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
    case 'events':
      return relay.events()
    case 'clear':
      return relay.clear()
  }
}
