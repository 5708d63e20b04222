/** Mint and melt quotes over bolt11 (NUT-04, 05, 08, 20, 23), settled by the network's own Lightning. */
import { Amount, verifyMintQuoteSignature } from '@cashu/cashu-ts'
import { randomUUID } from 'node:crypto'
import { type FakeLightning, invoiceAmountSat } from '../lightning.ts'
import { inputFeeSat } from './keysets.ts'
import type { Ledger } from './ledger.ts'
import { type Input, MintError, type Output, type Signature } from './wire.ts'

export interface MintQuote {
  quote: string
  request: string
  amount: number
  unit: string
  state: 'UNPAID' | 'PAID' | 'ISSUED'
  expiry: number
  pubkey?: string
}

export interface MeltQuote {
  quote: string
  request: string
  amount: number
  unit: string
  fee_reserve: number
  state: 'UNPAID' | 'PENDING' | 'PAID'
  expiry: number
  payment_preimage: string | null
  change?: Signature[]
}

export interface QuoteSettings {
  /** milliseconds until a mint quote pays itself; 0 = at once; null = only by `payQuote` */
  autoPayMs: number | null
  /** melts stay PENDING until `settleMelt` */
  holdMelts: boolean
  /** melts fail with 20004 and release their inputs */
  failMelts: boolean
  /** what the Lightning payment really costs; the rest of the reserve comes back as change */
  routingFeeSat: number
  /** amount of an invoice that names none */
  meltAmountSat: number
  quoteLifetimeSeconds: number
}

export interface Quotes {
  readonly settings: QuoteSettings
  createMintQuote(amount: number, unit: string, pubkey?: string | null): MintQuote
  mintQuote(id: string): MintQuote
  payQuote(id: string): void
  issue(id: string, outputs: readonly Output[], signature?: string | null): Signature[]
  createMeltQuote(request: string, unit: string): MeltQuote
  meltQuote(id: string): MeltQuote
  melt(id: string, inputs: readonly Input[], blanks: readonly Output[]): MeltQuote
  settleMelt(id: string, outcome: 'paid' | 'failed'): void
  stop(): void
}

const sumOf = (notes: readonly { amount: number }[]): number => notes.reduce((total, note) => total + note.amount, 0)
const nowSeconds = (): number => Math.floor(Date.now() / 1000)

type QuoteKind = 'bolt11_mint_quote' | 'bolt11_melt_quote'

export function createQuotes(
  ledger: Ledger,
  lightning: FakeLightning,
  settings: QuoteSettings,
  onChange: (kind: QuoteKind, id: string, quote: MintQuote | MeltQuote) => void,
): Quotes {
  const mintQuotes = new Map<string, MintQuote>()
  const meltQuotes = new Map<string, MeltQuote>()
  const held = new Map<string, { inputs: readonly Input[]; blanks: readonly Output[] }>()
  const timers = new Set<NodeJS.Timeout>()

  function find<Q>(quotes: Map<string, Q>, id: string): Q {
    const quote = quotes.get(id)
    if (!quote) throw new MintError(20000, 'quote not found') // NUT names no code for it (cashu.md §9.1)
    return quote
  }

  function payQuote(id: string): void {
    const quote = find(mintQuotes, id)
    if (quote.state !== 'UNPAID') return
    quote.state = 'PAID'
    onChange('bolt11_mint_quote', id, quote)
  }

  function payLater(id: string): void {
    if (settings.autoPayMs === null) return
    if (settings.autoPayMs === 0) {
      payQuote(id)
      return
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      payQuote(id)
    }, settings.autoPayMs)
    timers.add(timer)
  }

  /** NUT-08: powers of two, largest first, into the blanks; what does not fit stays with the mint. */
  function signChange(overpaid: number, blanks: readonly Output[]): Signature[] {
    const amounts: number[] = []
    for (let power = 2 ** 31, rest = overpaid; power >= 1 && amounts.length < blanks.length; power /= 2) {
      if (power > rest) continue
      amounts.push(power)
      rest -= power
    }
    return ledger.sign(blanks.slice(0, amounts.length), amounts)
  }

  function finishMelt(quote: MeltQuote, inputs: readonly Input[], blanks: readonly Output[]): void {
    const fee = inputFeeSat(ledger.keysets, inputs)
    const overpaid = sumOf(inputs) - fee - quote.amount - Math.min(settings.routingFeeSat, quote.fee_reserve)
    const change = signChange(overpaid, blanks)
    ledger.spend(inputs)
    ledger.totals.feesSat += fee
    ledger.totals.meltedSat += sumOf(inputs) - fee - sumOf(change)
    quote.state = 'PAID'
    quote.payment_preimage = randomUUID().replaceAll('-', '').repeat(2)
    quote.change = change
    lightning.pay(quote.request)
    onChange('bolt11_melt_quote', quote.quote, quote)
  }

  return {
    settings,
    createMintQuote(amount, unit, pubkey) {
      if (unit !== 'sat') throw new MintError(11013, `Unit ${unit} is not supported`)
      if (amount < 1) throw new MintError(11006, 'Amount outside of limit range')
      const quote = randomUUID()
      const request = lightning.createInvoice(amount, () => payQuote(quote))
      const expiry = nowSeconds() + settings.quoteLifetimeSeconds
      const row: MintQuote = { quote, request, amount, unit, state: 'UNPAID', expiry, ...(pubkey ? { pubkey } : {}) }
      mintQuotes.set(quote, row)
      payLater(quote)
      return row
    },
    mintQuote: (id) => find(mintQuotes, id),
    payQuote,
    issue(id, outputs, signature) {
      const quote = find(mintQuotes, id)
      if (quote.state === 'UNPAID') throw new MintError(20001, 'Quote request is not paid')
      if (quote.state === 'ISSUED') throw new MintError(20002, 'Quote has already been issued')
      if (quote.pubkey !== undefined && !isQuoteSigned(quote.pubkey, id, outputs, signature)) {
        throw new MintError(20008, 'Signature for mint request is not valid') // NUT-20
      }
      ledger.checkOutputs(outputs)
      if (sumOf(outputs) !== quote.amount) throw new MintError(11005, 'Outputs do not match the quote')
      const made = ledger.sign(outputs)
      quote.state = 'ISSUED'
      ledger.totals.mintedSat += quote.amount
      onChange('bolt11_mint_quote', id, quote)
      return made
    },
    createMeltQuote(request, unit) {
      if (unit !== 'sat') throw new MintError(11013, `Unit ${unit} is not supported`)
      const amount = invoiceAmountSat(request) ?? settings.meltAmountSat
      const quote: MeltQuote = {
        quote: randomUUID(),
        request,
        amount,
        unit,
        fee_reserve: Math.max(1, Math.ceil(amount / 50)),
        state: 'UNPAID',
        expiry: nowSeconds() + settings.quoteLifetimeSeconds,
        payment_preimage: null,
      }
      meltQuotes.set(quote.quote, quote)
      return quote
    },
    meltQuote: (id) => find(meltQuotes, id),
    melt(id, inputs, blanks) {
      const quote = find(meltQuotes, id)
      if (quote.state === 'PENDING') throw new MintError(20005, 'Quote is pending')
      if (quote.state === 'PAID') throw new MintError(20006, 'Invoice already paid')
      ledger.checkOutputs(blanks)
      ledger.checkInputs(inputs)
      const needed = quote.amount + quote.fee_reserve + inputFeeSat(ledger.keysets, inputs)
      if (sumOf(inputs) < needed) throw new MintError(11005, `not enough inputs: ${sumOf(inputs)} < ${needed}`)
      if (settings.failMelts) throw new MintError(20004, 'Lightning payment failed')
      if (settings.holdMelts) {
        quote.state = 'PENDING'
        held.set(id, { inputs, blanks })
        ledger.setPending(inputs, true)
        onChange('bolt11_melt_quote', id, quote)
      } else {
        finishMelt(quote, inputs, blanks)
      }
      return quote
    },
    settleMelt(id, outcome) {
      const quote = find(meltQuotes, id)
      const waiting = held.get(id)
      if (!waiting) throw new Error(`melt ${id} is not held`)
      held.delete(id)
      if (outcome === 'paid') {
        finishMelt(quote, waiting.inputs, waiting.blanks)
        return
      }
      ledger.setPending(waiting.inputs, false)
      quote.state = 'UNPAID'
      onChange('bolt11_melt_quote', id, quote)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** The exported verifier knows the legacy message only; 20008 makes the wallet send that one (cashu.md §2.4). */
function isQuoteSigned(pubkey: string, quote: string, outputs: readonly Output[], signature?: string | null): boolean {
  if (!signature) return false
  const messages = outputs.map((output) => ({ id: output.id, B_: output.B_, amount: Amount.from(output.amount) }))
  try {
    return verifyMintQuoteSignature(pubkey, quote, messages, signature)
  } catch {
    return false
  }
}
