/**
 * Funding an account by an invoice of the node (`routstr-node.md` §2.8). The whole face value is credited. Whoever holds the invoice
 * gets the key, so it is kept like one.
 */
import * as v from 'valibot'
import { sha256Hex } from '../domain/sha256.ts'
import { createNodeCall, endpoint, type NodeResult } from './node-call.ts'

export interface NodeInvoice {
  /** The node's name for it. */
  readonly id: string
  /** BOLT-11. */
  readonly text: string
  /** What it says it is for; the invoice itself has to agree. */
  readonly amountSat: number
  /** Of the account it opens, known before anything is paid. */
  readonly key: string
}

/** How a payment stands there. `waiting` covers everything that may still become `paid`. */
export type InvoiceStatus = { readonly kind: 'paid'; readonly key: string } | { readonly kind: 'waiting' | 'over'; readonly says: string }

export interface InvoiceApi {
  /** POST …/lightning/invoice for a new account. Nothing is paid. */
  create(url: string, amountSat: number): Promise<NodeResult<NodeInvoice>>
  /** GET …/lightning/invoice/ID/status: makes the node look at its mint and credit what is paid. 404 is `refused`. */
  status(url: string, id: string): Promise<NodeResult<InvoiceStatus>>
  /** POST …/lightning/recover: by the invoice itself, for a node that has forgotten the id; later than a day after as well. */
  recover(url: string, invoice: string): Promise<NodeResult<InvoiceStatus>>
}

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const invoiceSchema = v.object({
  invoice_id: v.pipe(text(128), v.regex(/^[\w-]+$/)),
  bolt11: text(4_000),
  amount_sats: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  /** The id of the mint's quote, whatever its name says. */
  payment_hash: text(200),
})
const statusSchema = v.object({
  status: v.picklist(['pending', 'settlement_pending', 'paid', 'expired', 'cancelled', 'reconciliation_required']),
  api_key: v.optional(v.nullable(v.pipe(text(128), v.startsWith('sk-'))), null),
})

/** @param world.timeoutMs see `createNodeCall` */
export function createInvoiceApi(world: { readonly fetch: typeof fetch; readonly timeoutMs?: number }): InvoiceApi {
  const call = createNodeCall(world)
  const post = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  return {
    async create(url, amountSat) {
      const wish = { amount_sats: amountSat, purpose: 'create' }
      const answer = await call(endpoint(url, '/balance/lightning/invoice'), post(wish), invoiceSchema, (value) => value)
      if (answer.kind !== 'ok') return answer
      const { invoice_id: id, bolt11, amount_sats, payment_hash } = answer.value
      return { ...answer, value: { id, text: bolt11, amountSat: amount_sats, key: await invoiceKey(id, payment_hash) } }
    },
    status: (url, id) => call(endpoint(url, `/balance/lightning/invoice/${encodeURIComponent(id)}/status`), {}, statusSchema, meaning),
    recover: (url, invoice) => call(endpoint(url, '/balance/lightning/recover'), post({ bolt11: invoice }), statusSchema, meaning),
  }
}

async function invoiceKey(id: string, paymentHash: string): Promise<string> {
  return `sk-${await sha256Hex(`invoice-${id}-${paymentHash}`)}`
}

function meaning({ status, api_key }: v.InferOutput<typeof statusSchema>): InvoiceStatus {
  switch (status) {
    case 'paid':
      return api_key === null ? { kind: 'waiting', says: 'the provider has the payment and gives no key' } : { kind: 'paid', key: api_key }
    case 'pending':
    case 'settlement_pending':
    case 'reconciliation_required':
      return { kind: 'waiting', says: `the provider has not credited the payment yet (${status.replace('_', ' ')})` }
    case 'expired':
    case 'cancelled':
      return { kind: 'over', says: `the provider calls the invoice ${status}` }
    default:
      return status satisfies never
  }
}
