/** Money out: melt quotes (NUT-05, 23), their payment over the network's Lightning, and the change of the reserve (NUT-08). */
import { randomUUID } from 'node:crypto'
import { invoiceAmountMsat } from '../lightning/bolt11.ts'
import { inputFeeSat } from './keysets.ts'
import { type MeltQuote, nowSeconds, quoteNotFound, type QuoteWorld, sumOf } from './quote-facts.ts'
import { fromMsat, toMsat, type Unit, unitOf } from './units.ts'
import { type Input, MintError, type Output, type Signature } from './wire.ts'

export interface MeltQuotes {
  /** @param amountMsat for an invoice that names none */
  createMeltQuote(request: string, unit: string, amountMsat?: number): MeltQuote
  meltQuote(id: string): MeltQuote
  melt(id: string, inputs: readonly Input[], blanks: readonly Output[]): MeltQuote
  settleMelt(id: string, outcome: 'paid' | 'failed'): void
  expireMeltQuote(id: string): boolean
}

interface Row extends MeltQuote {
  readonly unitOfRow: Unit
  /** what an invoice without an amount is paid with */
  readonly chosenMsat: number | null
}

export function createMeltQuotes({ ledger, lightning, settings, units, onChange }: QuoteWorld): MeltQuotes {
  const quotes = new Map<string, Row>()
  const held = new Map<string, { inputs: readonly Input[]; blanks: readonly Output[] }>()

  function find(id: string): Row {
    const quote = quotes.get(id)
    if (!quote) throw quoteNotFound()
    return quote
  }

  function told({ unitOfRow: _unit, chosenMsat: _chosen, change, ...quote }: Row, where: 'answer' | 'quote'): MeltQuote {
    const isTold = settings.meltChange === 'always' || (settings.meltChange === 'answer-only' && where === 'answer')
    return { ...quote, ...(change !== undefined && isTold ? { change } : {}) }
  }

  const changed = (quote: Row): void => onChange('bolt11_melt_quote', quote.quote, told(quote, 'quote'))

  /** NUT-08: powers of two, largest first, into the blanks; what does not fit stays with the mint. */
  function signChange(overpaid: number, blanks: readonly Output[]): Signature[] {
    const amounts: number[] = []
    for (let power = 2 ** 31, rest = overpaid; power >= 1 && amounts.length < blanks.length; power /= 2) {
      if (power > rest) continue
      amounts.push(power)
      rest -= power
    }
    return ledger.signChange(blanks.slice(0, amounts.length), amounts)
  }

  function finish(quote: Row, inputs: readonly Input[], blanks: readonly Output[]): void {
    const fee = inputFeeSat(ledger.keysets, inputs)
    const routingFee = Math.min(fromMsat(toMsat(settings.routingFeeSat, 'sat'), quote.unitOfRow), quote.fee_reserve)
    const change = signChange(sumOf(inputs) - fee - quote.amount - routingFee, blanks)
    ledger.spend(inputs)
    const totals = ledger.totalsOf(quote.unit)
    totals.feesSat += fee
    totals.meltedSat += sumOf(inputs) - fee - sumOf(change)
    const payment = lightning.pay(quote.request, quote.chosenMsat)
    quote.state = 'PAID'
    quote.payment_preimage = payment.paid ? payment.preimage : (lightning.find(quote.request)?.preimage ?? null)
    quote.change = change
    changed(quote)
  }

  return {
    createMeltQuote(request, wanted, amountMsat) {
      const unit = unitOf(wanted, units)
      const inInvoice = invoiceAmountMsat(request)
      if (inInvoice !== null && amountMsat !== undefined && amountMsat !== inInvoice) throw new MintError(11012, 'Amount in request does not equal invoice')
      if (inInvoice === null && amountMsat === undefined && lightning.find(request)) throw new MintError(11011, 'Amountless invoice needs an amount')
      const amount = fromMsat(inInvoice ?? amountMsat ?? toMsat(settings.meltAmountSat, 'sat'), unit)
      const row: Row = {
        quote: randomUUID(),
        request,
        amount,
        unit,
        fee_reserve: Math.max(fromMsat(1000, unit), Math.ceil(amount / 50)),
        state: 'UNPAID',
        expiry: nowSeconds() + settings.quoteLifetimeSeconds,
        payment_preimage: null,
        unitOfRow: unit,
        chosenMsat: inInvoice === null ? (amountMsat ?? null) : null,
      }
      quotes.set(row.quote, row)
      return told(row, 'quote')
    },
    meltQuote: (id) => told(find(id), 'quote'),
    melt(id, inputs, blanks) {
      const quote = find(id)
      if (quote.state === 'PENDING') throw new MintError(20005, 'Quote is pending')
      if (quote.state === 'PAID') throw new MintError(20006, 'Invoice already paid')
      if (quote.expiry < nowSeconds()) throw new MintError(20007, 'Quote is expired')
      ledger.checkOutputs(blanks)
      ledger.checkInputs({ inputs, outputs: blanks, quote: id })
      ledger.checkUnit(inputs, quote.unit)
      ledger.checkUnit(blanks, quote.unit)
      ledger.checkSignable(blanks)
      const needed = quote.amount + quote.fee_reserve + inputFeeSat(ledger.keysets, inputs)
      if (sumOf(inputs) < needed) throw new MintError(11005, `not enough inputs: ${sumOf(inputs)} < ${needed}`)
      if (settings.failMelts) throw new MintError(20004, 'Lightning payment failed')
      if (lightning.isPaid(quote.request)) throw new MintError(20004, 'Lightning payment failed: the invoice is already paid')
      if (settings.holdMelts) {
        quote.state = 'PENDING'
        held.set(id, { inputs, blanks })
        ledger.setPending(inputs, true)
        changed(quote)
      } else {
        finish(quote, inputs, blanks)
      }
      return told(quote, 'answer')
    },
    settleMelt(id, outcome) {
      const quote = find(id)
      const waiting = held.get(id)
      if (!waiting) throw new Error(`melt ${id} is not held`)
      held.delete(id)
      if (outcome === 'paid') {
        finish(quote, waiting.inputs, waiting.blanks)
        return
      }
      ledger.setPending(waiting.inputs, false)
      quote.state = 'UNPAID'
      changed(quote)
    },
    expireMeltQuote(id) {
      const quote = quotes.get(id)
      if (quote) quote.expiry = nowSeconds() - 60
      return quote !== undefined
    },
  }
}
