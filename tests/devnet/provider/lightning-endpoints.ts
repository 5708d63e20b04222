/** Funding an account by invoice (routstr-node.md §2.8): `/lightning/*` and `/v1/balance/lightning/*`. */
import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { type Account, sha256Hex } from './accounts.ts'
import type { BalanceAnswer } from './balance.ts'
import { detailAnswer, NodeAnswer } from './envelopes.ts'
import { type Exchange, type Node, nowSeconds } from './node.ts'
import { parseJson } from '../json.ts'

interface Invoice {
  id: string
  bolt11: string
  amountSat: number
  quote: string
  createdAt: number
  paidAt: number | null
  topupOf: Account | null
  limits: { balance_limit: number | null; balance_limit_reset: string | null; validity_date: number | null }
}

export interface LightningDesk {
  answer(exchange: Exchange): Promise<BalanceAnswer>
}

const invoiceBody = v.object({
  amount_sats: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  purpose: v.picklist(['create', 'topup']),
  api_key: v.optional(v.string()),
  balance_limit: v.optional(v.nullable(v.number()), null),
  balance_limit_reset: v.optional(v.nullable(v.string()), null),
  validity_date: v.optional(v.nullable(v.number()), null),
})
const recoverBody = v.object({ bolt11: v.string() })
const LIFETIME_SECONDS = 3600

export function createLightningDesk(node: Node): LightningDesk {
  const invoices = new Map<string, Invoice>()

  async function create({ text, request }: Exchange): Promise<BalanceAnswer> {
    const parsed = v.safeParse(invoiceBody, parseJson(text))
    if (!parsed.success) throw new NodeAnswer(422, () => ({ detail: parsed.issues.map((issue) => ({ type: 'value_error', loc: ['body'], msg: issue.message })) }))
    const { amount_sats: wanted, purpose } = parsed.output
    const amountSat = node.faults.take('invoice-dearer') ? wanted * 2 : wanted
    if (node.faults.take('invoice-refused')) throw detailAnswer(500, 'Failed to create Lightning invoice')
    const topupOf = purpose === 'topup' ? topupAccount(request.headers.authorization?.replace(/^Bearer /, '') ?? parsed.output.api_key) : null
    const made = await node.purse.invoice(amountSat).catch(() => {
      throw detailAnswer(500, 'Failed to create Lightning invoice')
    })
    const invoice: Invoice = { id: randomBytes(16).toString('base64url'), bolt11: made.request, amountSat, quote: made.id, createdAt: nowSeconds(), paidAt: null, topupOf, limits: parsed.output }
    invoices.set(invoice.id, invoice)
    // `payment_hash` is the mint's quote id (lightning.py:218-225)
    return { body: { invoice_id: invoice.id, bolt11: invoice.bolt11, amount_sats: wanted, expires_at: invoice.createdAt + LIFETIME_SECONDS, payment_hash: invoice.quote } }
  }

  function topupAccount(key: string | undefined): Account {
    if (key === undefined) throw detailAnswer(401, 'Authorization bearer api key is required for topup')
    if (!key.startsWith('sk-')) throw detailAnswer(400, 'Invalid API key format')
    const account = node.accounts.find(key)
    if (!account) throw detailAnswer(404, 'API key not found')
    return account
  }

  /** Polling triggers settlement; the full face value is credited. */
  async function status(invoice: Invoice | undefined, asked: 'status' | 'recover'): Promise<BalanceAnswer> {
    if (!invoice || (asked === 'status' && node.faults.take('invoice-forgotten'))) throw detailAnswer(404, 'Invoice not found')
    if (node.faults.take('invoice-uncredited')) return { body: { ...bodyOf(invoice), status: 'pending' } }
    if (asked === 'status' && node.faults.take('invoice-lapsed')) return { body: { ...bodyOf(invoice), status: 'expired' } }
    if (invoice.paidAt === null && (await node.purse.collectInvoice(invoice.quote, invoice.amountSat).catch(() => false)) && invoice.paidAt === null) {
      invoice.paidAt = nowSeconds()
      credit(invoice)
    }
    return { body: bodyOf(invoice) }
  }

  function bodyOf(invoice: Invoice): object {
    const { amountSat, paidAt, createdAt } = invoice
    const api_key = paidAt === null ? null : (invoice.topupOf?.key ?? keyOf(invoice))
    return { status: paidAt === null ? 'pending' : 'paid', api_key, amount_sats: amountSat, paid_at: paidAt, created_at: createdAt, expires_at: createdAt + LIFETIME_SECONDS }
  }

  function credit(invoice: Invoice): void {
    const msat = invoice.amountSat * 1000
    if (!invoice.topupOf) {
      const account = node.accounts.create(keyOf(invoice), msat)
      account.balanceLimit = invoice.limits.balance_limit
      account.balanceLimitReset = invoice.limits.balance_limit_reset
      account.validityDate = invoice.limits.validity_date
      return
    }
    invoice.topupOf.balanceMsat += msat
    node.accounts.note({ credited: msat })
  }

  return {
    async answer(exchange) {
      const path = exchange.path.replace(/^\/v1\/balance/, '')
      if (exchange.request.method === 'POST' && path === '/lightning/invoice') return create(exchange)
      const id = /^\/lightning\/invoice\/([^/]+)\/status$/.exec(path)?.[1]
      if (exchange.request.method === 'GET' && id !== undefined) return status(invoices.get(id), 'status')
      if (exchange.request.method === 'POST' && path === '/lightning/recover') {
        const body = v.safeParse(recoverBody, parseJson(exchange.text))
        return status([...invoices.values()].find((invoice) => body.success && invoice.bolt11 === body.output.bolt11), 'recover')
      }
      throw detailAnswer(404, 'Not found check /docs for available endpoints')
    },
  }
}

/** Derivable by the client before it pays (lightning.py:679-681). */
const keyOf = (invoice: Invoice): string => `sk-${sha256Hex(`invoice-${invoice.id}-${invoice.quote}`)}`
