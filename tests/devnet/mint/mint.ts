/** A real Cashu mint on loopback: NUT-00…09, 12, 17, 20, fees, several keysets, rotation, and switchable faults (cashu.md §9.1). */
import { Amount, getDecodedToken, getEncodedToken, JSONInt, OutputData, type Proof } from '@cashu/cashu-ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cut, openCors, readText, sendJson, sendText, serve, wait } from '../http.ts'
import { createLightning, type FakeLightning } from '../lightning.ts'
import { createMintFaults, type Hold, type MintLies } from './faults.ts'
import { createKeyset, inputFeeSat, type Keyset } from './keysets.ts'
import { createLedger, type MintTotals, type NoteState, yOf } from './ledger.ts'
import { createQuotes, type QuoteSettings } from './quotes.ts'
import { createRoute, NotFound } from './routes.ts'
import { createSubscriptions } from './subscriptions.ts'
import { MintError, type Output, type Signature } from './wire.ts'

export interface MintOptions {
  name?: string
  port?: number
  inputFeePpk?: number
  /** same seed, same keys */
  seed?: string
  versionByte?: number
  autoPayMs?: number | null
  /** NUT-19: seconds for which the same path and body get the same answer; off by default */
  cachedSeconds?: number
  lightning?: FakeLightning
}

export interface MintCall {
  method: string
  path: string
  /** providers of this network name themselves; everybody else is a wallet */
  caller: 'wallet' | 'provider'
}

export interface DevnetMint {
  readonly url: string
  readonly name: string
  /** the active keyset */
  readonly keysetId: string
  readonly feePpk: number
  readonly keysetIds: readonly string[]
  /** every request that arrived, in order; empty it with `calls.length = 0` */
  readonly calls: MintCall[]
  readonly lies: MintLies
  readonly quotes: QuoteSettings
  down: boolean
  checkOrder: 'outputs-first' | 'inputs-first'
  fault(path: RegExp, when: 'before' | 'after', times?: number): void
  garbage(path: RegExp, times?: number): void
  status(path: RegExp, status: number, times?: number): void
  hold(path: RegExp): Hold
  latency(milliseconds: number): void
  clearFaults(): void
  rotate(options?: { feePpk?: number; versionByte?: number }): string
  payQuote(id: string): void
  settleMelt(id: string, outcome: 'paid' | 'failed'): void
  issuedMsat(): number
  readonly spentSecrets: number
  isSpent(secret: string): boolean
  stateOf(secret: string): NoteState
  /** value of all unspent notes = issued − redeemed = minted − melted − fees */
  outstandingSat(): number
  totals(): MintTotals
  /** mints a token of exactly this face value, without touching `calls` or faults */
  mintToken(amountSat: number, options?: { denominations?: number[]; withoutDleq?: boolean }): Promise<string>
  /** swaps all notes of a token for fresh ones inside the mint: proves that they are good; worth face − fee */
  swapAll(token: string): Promise<string>
  /** notes of a token, short keyset ids resolved */
  decode(token: string): Proof[]
  stop(): Promise<void>
}

export async function createMint(options: MintOptions = {}): Promise<DevnetMint> {
  const name = options.name ?? 'Devnet mint'
  const keysets = new Map<string, Keyset>()
  let active = addKeyset(options.inputFeePpk ?? 100, options.versionByte)
  const faults = createMintFaults()
  const calls: MintCall[] = []
  const cachedAnswers = new Map<string, unknown>()

  function addKeyset(feePpk: number, versionByte = 1): Keyset {
    const seed = options.seed === undefined ? {} : { seed: `${options.seed}/${name}/${keysets.size}` }
    const keyset = createKeyset({ feePpk, unit: 'sat', versionByte, ...seed })
    keysets.set(keyset.id, keyset)
    return keyset
  }

  const host = await serve(handle, options.port)
  const subscriptions = createSubscriptions(host.server, (kind, filter) => {
    try {
      if (kind === 'proof_state') return { Y: filter, ...ledger.stateOf(filter) }
      return kind === 'bolt11_mint_quote' ? quotes.mintQuote(filter) : quotes.meltQuote(filter)
    } catch {
      return undefined // unknown quote: nothing to tell
    }
  })
  const ledger = createLedger(keysets, (y, state, witness) => subscriptions.notify('proof_state', y, { Y: y, state, witness }))
  const quotes = createQuotes(
    ledger,
    options.lightning ?? createLightning(),
    {
      autoPayMs: options.autoPayMs === undefined ? 150 : options.autoPayMs,
      holdMelts: false,
      failMelts: false,
      routingFeeSat: 0,
      meltAmountSat: 10,
      quoteLifetimeSeconds: 3600,
    },
    (kind, id, quote) => subscriptions.notify(kind, id, quote),
  )
  const route = createRoute({ name, ledger, quotes, lies: faults.lies, cachedSeconds: options.cachedSeconds ?? null })

  async function handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET'
    if (openCors(request, response)) return
    const path = url.pathname
    calls.push({ method, path, caller: request.headers['x-devnet-caller'] === 'provider' ? 'provider' : 'wallet' })
    const text = await readText(request)
    if (faults.latencyMs() > 0) await wait(faults.latencyMs())
    await faults.waitWhileHeld(path)
    const fault = faults.take(path)
    if (fault?.kind === 'before') return cut(response)
    if (fault?.kind === 'garbage') return sendText(response, 200, '<html>not the answer you want', { 'content-type': 'text/html' })
    if (fault?.kind === 'status') return sendJson(response, fault.status, { detail: `devnet answers ${fault.status}` })
    const answer = commit(method, path, text)
    if (fault?.kind === 'after') return cut(response)
    sendJson(response, answer.status, answer.body)
  }

  function commit(method: string, path: string, text: string): { status: number; body: unknown } {
    const cacheKey = `${method} ${path} ${text}`
    if (cachedAnswers.has(cacheKey)) return { status: 200, body: cachedAnswers.get(cacheKey) }
    try {
      const body = route(method, path, text === '' ? undefined : JSONInt.parse(text))
      if (options.cachedSeconds !== undefined && /^POST \/v1\/(swap|mint\/bolt11|melt\/bolt11) /.test(cacheKey)) cachedAnswers.set(cacheKey, body)
      return { status: 200, body }
    } catch (error) {
      if (error instanceof NotFound) return { status: 404, body: { detail: 'Not Found' } }
      if (error instanceof MintError) return { status: 400, body: { code: error.code, detail: error.message } }
      return { status: 400, body: { code: 0, detail: error instanceof Error ? error.message : 'invalid request' } }
    }
  }

  /** Blinds, has it signed by `sign`, unblinds: the wallet's half of NUT-00. */
  function makeNotes(amountSat: number, sign: (outputs: Output[]) => Signature[], denominations?: number[]): Proof[] {
    const keyset = { id: active.id, keys: active.publicKeys }
    const data = OutputData.createRandomData(amountSat, keyset, denominations)
    const signatures = sign(data.map(({ blindedMessage }) => ({ ...blindedMessage, amount: blindedMessage.amount.toNumber() })))
    return data.flatMap((output, index) => {
      const signature = signatures[index]
      return signature ? [output.toProof({ ...signature, amount: Amount.from(signature.amount) }, keyset)] : []
    })
  }

  const encode = (proofs: Proof[], removeDleq = false): string => getEncodedToken({ mint: host.url, unit: 'sat', proofs }, { removeDleq })
  const decode = (token: string): Proof[] => getDecodedToken(token, [...keysets.keys()]).proofs

  return {
    url: host.url,
    name,
    calls,
    lies: faults.lies,
    quotes: quotes.settings,
    get keysetId() {
      return active.id
    },
    get feePpk() {
      return active.feePpk
    },
    get keysetIds() {
      return [...keysets.keys()]
    },
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
    fault: faults.fault,
    garbage: faults.garbage,
    status: faults.status,
    hold: faults.hold,
    latency: faults.latency,
    clearFaults: faults.clear,
    rotate(rotation = {}) {
      active.active = false
      active = addKeyset(rotation.feePpk ?? active.feePpk, rotation.versionByte)
      return active.id
    },
    payQuote: quotes.payQuote,
    settleMelt: quotes.settleMelt,
    issuedMsat: () => ledger.totals.issuedSat * 1000,
    get spentSecrets() {
      return ledger.spentCount()
    },
    isSpent: (secret) => ledger.stateOf(yOf(secret)).state === 'SPENT',
    stateOf: (secret) => ledger.stateOf(yOf(secret)).state,
    outstandingSat: () => ledger.totals.issuedSat - ledger.totals.redeemedSat,
    totals: () => ({ ...ledger.totals }),
    async mintToken(amountSat, tokenOptions = {}) {
      const { quote } = quotes.createMintQuote(amountSat, 'sat')
      quotes.payQuote(quote)
      return encode(makeNotes(amountSat, (outputs) => quotes.issue(quote, outputs), tokenOptions.denominations), tokenOptions.withoutDleq)
    },
    async swapAll(token) {
      const inputs = decode(token).map((note) => ({ id: note.id, amount: note.amount.toNumber(), secret: note.secret, C: note.C }))
      const value = inputs.reduce((total, input) => total + input.amount, 0) - inputFeeSat(keysets, inputs)
      return encode(makeNotes(value, (outputs) => ledger.swap(inputs, outputs)))
    },
    decode,
    async stop() {
      faults.clear()
      quotes.stop()
      subscriptions.stop()
      await host.stop()
    },
  }
}
