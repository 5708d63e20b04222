/**
 * Lightning for tests in other processes and for the demo:
 *   POST /lightning/invoice {amountSat: n|null, memo?, expirySeconds?} → {invoice, paymentHash}: somebody outside wants to be paid
 *   GET  /lightning/invoice/:hash → {paid, paidMsat, invoice}
 *   POST /lightning/pay {invoice, amountSat?} → {paid: true, preimage}: a friend pays it; 400 {error} when that is refused
 */
import * as v from 'valibot'
import type { FakeLightning } from '../lightning.ts'
import { parseJson } from '../json.ts'

export interface Answer {
  status: number
  body: object
}

const amountSat = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000))
const invoiceBody = v.object({
  amountSat: v.nullable(amountSat),
  memo: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  expirySeconds: v.optional(v.pipe(v.number(), v.integer()), 3600),
})
const payBody = v.object({ invoice: v.pipe(v.string(), v.maxLength(4096)), amountSat: v.optional(amountSat) })

/** undefined: not a path of this desk */
export type LightningDesk = (method: string, path: string, text: string) => Answer | undefined

export function createLightningDesk(lightning: FakeLightning): LightningDesk {
  const refuse = (error: string): Answer => ({ status: 400, body: { error } })

  function invoice(text: string): Answer {
    const parsed = v.safeParse(invoiceBody, parseJson(text))
    if (!parsed.success) return refuse('amountSat must be a whole number of sats from 1, or null')
    const { amountSat: sat, memo, expirySeconds } = parsed.output
    const made = lightning.createInvoice({ amountMsat: sat === null ? null : sat * 1000, description: memo, expirySeconds })
    return { status: 200, body: { invoice: made.invoice, paymentHash: made.paymentHash } }
  }

  function pay(text: string): Answer {
    const parsed = v.safeParse(payBody, parseJson(text))
    if (!parsed.success) return refuse('invoice is missing')
    const { amountSat: sat } = parsed.output
    const payment = lightning.pay(parsed.output.invoice, sat === undefined ? null : sat * 1000)
    return payment.paid ? { status: 200, body: payment } : refuse(payment.reason)
  }

  return (method, path, text) => {
    if (method === 'POST' && path === '/lightning/invoice') return invoice(text)
    if (method === 'POST' && path === '/lightning/pay') return pay(text)
    const hash = /^\/lightning\/invoice\/([0-9a-f]{64})$/.exec(path)?.[1]
    if (method !== 'GET' || hash === undefined) return undefined
    const found = lightning.find(hash)
    if (!found) return { status: 404, body: { error: 'no such invoice' } }
    return { status: 200, body: { paid: found.paidAt !== null, paidMsat: found.paidMsat, invoice: found.invoice } }
  }
}
