/** What the Lightning wallet behind the service can do, in the shapes of NIP-47. All amounts are millisatoshi. */
import * as v from 'valibot'
import type { FakeLightning, Invoice } from '../lightning.ts'
import { invoiceAmountMsat } from '../lightning/bolt11.ts'

export const METHODS = ['pay_invoice', 'get_balance', 'make_invoice', 'lookup_invoice', 'get_info'] as const

export type NwcErrorCode =
  | 'RATE_LIMITED'
  | 'NOT_IMPLEMENTED'
  | 'INSUFFICIENT_BALANCE'
  | 'QUOTA_EXCEEDED'
  | 'RESTRICTED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_ENCRYPTION'
  | 'PAYMENT_FAILED'
  | 'NOT_FOUND'
  | 'OTHER'

export class NwcError extends Error {
  readonly code: NwcErrorCode
  constructor(code: NwcErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface Purse {
  balanceMsat: number
  /** taken from the balance for every payment; it stays in the world outside */
  feeMsat: number
}

const amount = v.pipe(v.number(), v.integer(), v.minValue(1))
const payParams = v.object({ invoice: v.string(), amount: v.optional(amount) })
const makeParams = v.object({ amount, description: v.optional(v.string(), ''), expiry: v.optional(v.pipe(v.number(), v.minValue(1)), 3600) })
const lookupParams = v.object({ payment_hash: v.optional(v.string()), invoice: v.optional(v.string()) })

export type WalletMethods = (method: string, params: unknown) => object

export function createMethods(lightning: FakeLightning, purse: Purse, pubkey: string): WalletMethods {
  const incoming = new Map<string, Invoice>()
  const outgoing = new Map<string, { invoice: Invoice; feesPaid: number }>()

  function payInvoice(params: unknown): object {
    const { invoice, amount: chosen } = parse(payParams, params)
    const needed = invoiceAmountMsat(invoice) ?? chosen
    if (needed === undefined) throw new NwcError('OTHER', 'the invoice names no amount')
    if (needed + purse.feeMsat > purse.balanceMsat) throw new NwcError('INSUFFICIENT_BALANCE', `${needed} msat are more than there is`)
    const payment = lightning.pay(invoice, chosen ?? null)
    if (!payment.paid) throw new NwcError('PAYMENT_FAILED', payment.reason)
    purse.balanceMsat -= needed + purse.feeMsat
    const known = lightning.find(invoice)
    if (known) outgoing.set(known.paymentHash, { invoice: known, feesPaid: purse.feeMsat })
    return { preimage: payment.preimage, fees_paid: purse.feeMsat }
  }

  function makeInvoice(params: unknown): object {
    const { amount: amountMsat, description, expiry } = parse(makeParams, params)
    const onPaid = (paidMsat: number): void => {
      purse.balanceMsat += paidMsat
    }
    const made = lightning.createInvoice({ amountMsat, description, expirySeconds: expiry, onPaid })
    incoming.set(made.paymentHash, made)
    return transaction('incoming', made, 0)
  }

  function lookupInvoice(params: unknown): object {
    const { payment_hash: hash, invoice } = parse(lookupParams, params)
    const found = lightning.find(hash ?? invoice ?? '')
    const paid = outgoing.get(found?.paymentHash ?? '')
    if (paid) return transaction('outgoing', paid.invoice, paid.feesPaid)
    if (found && incoming.has(found.paymentHash)) return transaction('incoming', found, 0)
    throw new NwcError('NOT_FOUND', 'this wallet neither made nor paid that invoice')
  }

  return (method, params) => {
    switch (method) {
      case 'pay_invoice':
        return payInvoice(params)
      case 'make_invoice':
        return makeInvoice(params)
      case 'lookup_invoice':
        return lookupInvoice(params)
      case 'get_balance':
        return { balance: purse.balanceMsat }
      case 'get_info':
        return {
          alias: 'Devnet wallet',
          color: '#d9480f',
          pubkey,
          network: 'regtest',
          block_height: 1,
          block_hash: '00'.repeat(32),
          methods: METHODS,
          notifications: [],
        }
      default:
        throw new NwcError('NOT_IMPLEMENTED', `${method} is not offered`)
    }
  }
}

function transaction(type: 'incoming' | 'outgoing', row: Invoice, feesPaid: number): object {
  const { invoice, description, paymentHash, preimage, amountMsat, createdAt, expiresAt, paidAt, paidMsat } = row
  return {
    type,
    state: paidAt === null ? 'pending' : 'settled',
    invoice,
    description,
    payment_hash: paymentHash,
    amount: amountMsat ?? paidMsat,
    fees_paid: feesPaid,
    created_at: createdAt,
    expires_at: expiresAt,
    ...(paidAt === null ? {} : { preimage, settled_at: paidAt }),
  }
}

function parse<S extends v.GenericSchema>(schema: S, params: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, params)
  if (!parsed.success) throw new NwcError('OTHER', `invalid params: ${parsed.issues[0].message}`)
  return parsed.output
}
