/** A real Cashu mint on loopback: NUT-00…09, 11, 12, 14, 17, 20, fees, several units and keysets, rotation, and switchable faults (cashu.md §9.1). */
import type { Proof } from '@cashu/cashu-ts'
import { serve } from '../http.ts'
import { createLightning, type FakeLightning } from '../lightning.ts'
import { createMintFaults, type MintFaults, type Rotation } from './faults.ts'
import { createHandler, type MintCall } from './handler.ts'
import { createKeyset, type Keyset } from './keysets.ts'
import { createLedger, type MintTotals, type NoteState, yOf } from './ledger.ts'
import { MINT_LIES, type MintLies } from './lies.ts'
import { quoteDefaults, type QuoteSettings } from './quote-facts.ts'
import { createQuotes } from './quotes.ts'
import { createRoute, type Route } from './routes.ts'
import { createSubscriptions, type SubscriptionKind } from './subscriptions.ts'
import { createTokens, type TokenOptions } from './tokens.ts'
import type { Unit } from './units.ts'
import { MintError } from './wire.ts'

export type { MintCall } from './handler.ts'

export interface MintOptions {
  name?: string
  port?: number
  inputFeePpk?: number
  /** one keyset each at the start; only sat */
  units?: readonly Unit[]
  /** same seed, same keys */
  seed?: string
  versionByte?: number
  autoPayMs?: number | null
  /** NUT-19: seconds for which the same path and body get the same answer; off by default */
  cachedSeconds?: number
  lightning?: FakeLightning
}

type FaultSwitches = Pick<MintFaults, 'fault' | 'garbage' | 'status' | 'slow' | 'endless' | 'rotateBefore' | 'hold' | 'latency'>

export interface DevnetMint extends FaultSwitches {
  readonly url: string
  readonly name: string
  readonly units: readonly string[]
  /** the active keyset of unit sat */
  readonly keysetId: string
  readonly feePpk: number
  /** all of them, active or not, of every unit */
  readonly keysetIds: readonly string[]
  keysetIdOf(unit: string): string
  /** every request that arrived, in order; empty it with `calls.length = 0` */
  readonly calls: MintCall[]
  readonly lies: MintLies
  readonly quotes: QuoteSettings
  /** NUT numbers that `/v1/info` does not list although the mint can do them */
  readonly hiddenNuts: Set<number>
  down: boolean
  checkOrder: 'outputs-first' | 'inputs-first'
  /** faults, rotations, holds, latency and lies; settings of quotes stay */
  clearFaults(): void
  /** a new active keyset of that unit (sat), the old one signs no more; its id */
  rotate(rotation?: Rotation): string
  payQuote(id: string): void
  /** puts the expiry of a mint or melt quote into the past */
  expireQuote(id: string): void
  settleMelt(id: string, outcome: 'paid' | 'failed'): void
  issuedMsat(): number
  readonly spentSecrets: number
  isSpent(secret: string): boolean
  stateOf(secret: string): NoteState
  /** value of all unspent notes of unit sat = issued − redeemed = minted − melted − fees */
  outstandingSat(): number
  /** the same in another unit, in that unit */
  outstanding(unit: string): number
  /** of unit sat, or in the unit asked for */
  totals(unit?: string): MintTotals
  /** mints a token of exactly this face value, without touching `calls` or faults */
  mintToken(amount: number, options?: TokenOptions): Promise<string>
  /** swaps all notes of a token for fresh ones inside the mint: proves that they are good; worth face − fee */
  swapAll(token: string): Promise<string>
  /** notes of a token, short keyset ids resolved */
  decode(token: string): Proof[]
  stop(): Promise<void>
}

export async function createMint(options: MintOptions = {}): Promise<DevnetMint> {
  const name = options.name ?? 'Devnet mint'
  const units = options.units ?? ['sat']
  const keysets = new Map<string, Keyset>()
  const active = new Map<string, Keyset>()
  const faults = createMintFaults()
  const lies: MintLies = {}
  const hiddenNuts = new Set<number>()
  const calls: MintCall[] = []
  const stopping = new AbortController()
  const settings: QuoteSettings = { ...quoteDefaults, autoPayMs: options.autoPayMs === undefined ? 150 : options.autoPayMs }

  function addKeyset(unit: string, feePpk: number, versionByte = 1): Keyset {
    const seed = options.seed === undefined ? {} : { seed: `${options.seed}/${name}/${keysets.size}` }
    const keyset = createKeyset({ feePpk, unit, versionByte, ...seed })
    const before = active.get(unit)
    if (before) before.active = false
    keysets.set(keyset.id, keyset)
    active.set(unit, keyset)
    return keyset
  }
  for (const unit of units) addKeyset(unit, options.inputFeePpk ?? 100, options.versionByte)

  function activeOf(unit: string): Keyset {
    const keyset = active.get(unit)
    if (!keyset) throw new MintError(11013, `Unit ${unit} is not supported`)
    return keyset
  }
  function rotate({ unit = 'sat', feePpk, versionByte }: Rotation = {}): string {
    const before = activeOf(unit)
    return addKeyset(unit, feePpk ?? before.feePpk, versionByte).id
  }

  const ledger = createLedger(keysets, (y, state, witness) => subscriptions.notify('proof_state', y, { Y: y, state, witness }))
  const quotes = createQuotes({
    ledger,
    lightning: options.lightning ?? createLightning(),
    settings,
    units: new Set(units),
    onChange: (kind, id, quote) => subscriptions.notify(kind, id, quote),
  })
  const route: Route = createRoute({ name, ledger, quotes, lies, units, hiddenNuts, cachedSeconds: options.cachedSeconds ?? null })
  const handle = createHandler({ calls, faults, route, cachesAnswers: options.cachedSeconds !== undefined, rotate, stopping: stopping.signal })
  const host = await serve(handle, options.port)

  function current(kind: SubscriptionKind, filter: string): unknown {
    try {
      if (kind === 'proof_state') return { Y: filter, ...ledger.stateOf(filter) }
      return kind === 'bolt11_mint_quote' ? quotes.mintQuote(filter) : quotes.meltQuote(filter)
    } catch {
      return undefined // unknown quote: nothing to tell
    }
  }
  const subscriptions = createSubscriptions(host.server, { current, isSilent: () => settings.silentNotifications })
  const tokens = createTokens({ url: host.url, keysets, ledger, quotes, activeOf })
  const outstanding = (unit: string): number => ledger.totalsOf(unit).issuedSat - ledger.totalsOf(unit).redeemedSat
  const { fault, garbage, status, slow, endless, rotateBefore, hold, latency } = faults

  return {
    url: host.url,
    name,
    units,
    calls,
    lies,
    hiddenNuts,
    quotes: settings,
    get keysetId() {
      return activeOf('sat').id
    },
    get feePpk() {
      return activeOf('sat').feePpk
    },
    get keysetIds() {
      return [...keysets.keys()]
    },
    keysetIdOf: (unit) => activeOf(unit).id,
    get down() {
      return host.down
    },
    set down(value: boolean) {
      host.down = value
    },
    get checkOrder() {
      return ledger.checkOrder
    },
    set checkOrder(order) {
      ledger.checkOrder = order
    },
    fault,
    garbage,
    status,
    slow,
    endless,
    rotateBefore,
    hold,
    latency,
    clearFaults() {
      faults.clear()
      for (const lie of MINT_LIES) delete lies[lie]
    },
    rotate,
    payQuote: quotes.payQuote,
    expireQuote: quotes.expireQuote,
    settleMelt: quotes.settleMelt,
    issuedMsat: () => ledger.totalsOf('sat').issuedSat * 1000,
    get spentSecrets() {
      return ledger.spentCount()
    },
    isSpent: (secret) => ledger.stateOf(yOf(secret)).state === 'SPENT',
    stateOf: (secret) => ledger.stateOf(yOf(secret)).state,
    outstandingSat: () => outstanding('sat'),
    outstanding,
    totals: (unit = 'sat') => ({ ...ledger.totalsOf(unit) }),
    mintToken: async (amount, tokenOptions) => tokens.mint(amount, tokenOptions),
    swapAll: async (token) => tokens.swapAll(token),
    decode: tokens.decode,
    async stop() {
      faults.clear()
      stopping.abort()
      quotes.stop()
      subscriptions.stop()
      await host.stop()
    },
  }
}
