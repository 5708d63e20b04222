/** Money in: mint quotes (NUT-04, 23), locked ones (NUT-20), and the notes for a paid one. */
import { randomUUID } from 'node:crypto'
import { isQuoteSigned } from './nut20.ts'
import { type MintQuote, nowSeconds, quoteNotFound, type QuoteWorld, sumOf } from './quote-facts.ts'
import { toMsat, unitOf } from './units.ts'
import { MintError, type Output, type Signature } from './wire.ts'

export interface MintQuotes {
  createMintQuote(amount: number, unit: string, more?: { pubkey?: string | null | undefined; description?: string | null | undefined }): MintQuote
  mintQuote(id: string): MintQuote
  payQuote(id: string): void
  issue(id: string, outputs: readonly Output[], signature?: string | null): Signature[]
  expireMintQuote(id: string): boolean
  stop(): void
}

export function createMintQuotes({ ledger, lightning, settings, units, onChange }: QuoteWorld): MintQuotes {
  const quotes = new Map<string, MintQuote>()
  const timers = new Set<NodeJS.Timeout>()

  function find(id: string): MintQuote {
    const quote = quotes.get(id)
    if (!quote) throw quoteNotFound()
    return quote
  }

  function payQuote(id: string): void {
    const quote = find(id)
    if (quote.state !== 'UNPAID') return
    quote.state = 'PAID'
    onChange('bolt11_mint_quote', id, { ...quote })
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

  return {
    createMintQuote(amount, wanted, { pubkey, description } = {}) {
      const unit = unitOf(wanted, units)
      if (amount < 1) throw new MintError(11006, 'Amount outside of limit range')
      const quote = randomUUID()
      const expirySeconds = settings.quoteLifetimeSeconds
      const made = lightning.createInvoice({ amountMsat: toMsat(amount, unit), description: description ?? '', expirySeconds, onPaid: () => payQuote(quote) })
      const row: MintQuote = {
        quote,
        request: made.invoice,
        amount,
        unit,
        state: 'UNPAID',
        expiry: nowSeconds() + expirySeconds,
        ...(pubkey ? { pubkey } : {}),
      }
      quotes.set(quote, row)
      payLater(quote)
      return { ...row }
    },
    mintQuote: (id) => ({ ...find(id) }),
    payQuote,
    issue(id, outputs, signature) {
      const quote = find(id)
      if (quote.state === 'UNPAID') throw new MintError(20001, 'Quote request is not paid')
      if (quote.state === 'ISSUED') throw new MintError(20002, 'Quote has already been issued')
      if (quote.pubkey !== undefined && !isQuoteSigned(settings.nut20, quote.pubkey, id, outputs, signature)) {
        throw new MintError(20008, 'Signature for mint request is not valid')
      }
      ledger.checkOutputs(outputs)
      ledger.checkUnit(outputs, quote.unit)
      if (sumOf(outputs) !== quote.amount) throw new MintError(11005, 'Outputs do not match the quote')
      const made = ledger.sign(outputs)
      quote.state = 'ISSUED'
      ledger.totalsOf(quote.unit).mintedSat += quote.amount
      onChange('bolt11_mint_quote', id, { ...quote })
      return made
    },
    expireMintQuote(id) {
      const quote = quotes.get(id)
      if (quote) quote.expiry = nowSeconds() - 60
      return quote !== undefined
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
