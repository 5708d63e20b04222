/**
 * The Lightning of the development network: one ledger of invoices for all mints, the wallet service and the outside world.
 * Whoever pays calls `pay`; whoever is paid hears it by `onPaid`. An invoice can be paid once, as on the real network, so a
 * repeated payment is refused and never costs twice. Invoices of nobody here count as paid to the outside world.
 */
import { createHash, randomBytes } from 'node:crypto'
import { writeInvoice } from './lightning/bolt11.ts'

export interface InvoiceRequest {
  /** millisatoshi; null: the payer chooses */
  amountMsat: number | null
  description?: string
  /** LUD-06: sha256 of the metadata instead of a description */
  descriptionHash?: Uint8Array
  /** negative: it expired that long ago */
  expirySeconds?: number
  /** called once, with what was paid */
  onPaid?: (paidMsat: number) => void
}

export interface Invoice {
  readonly invoice: string
  /** hex; sha256 of the preimage */
  readonly paymentHash: string
  readonly preimage: string
  readonly amountMsat: number | null
  readonly description: string
  readonly createdAt: number
  readonly expiresAt: number
  paidAt: number | null
  paidMsat: number
}

export type Payment = { paid: true; preimage: string; paidMsat: number } | { paid: false; reason: string }

export interface FakeLightning {
  createInvoice(request: InvoiceRequest): Invoice
  /**
   * A payment over Lightning, at once and for nothing. A mint quote that pays itself (`autoPayMs`) is a gift of the
   * development network and no payment: its invoice can still be paid once.
   */
  pay(invoice: string, amountMsat?: number | null): Payment
  /** by invoice or payment hash */
  find(invoiceOrHash: string): Invoice | undefined
  isPaid(invoice: string): boolean
}

const NORMAL_EXPIRY_SECONDS = 3600

export function createLightning(): FakeLightning {
  const nodeKey = new Uint8Array(createHash('sha256').update('devnet lightning node').digest())
  const byInvoice = new Map<string, { row: Invoice; onPaid: ((paidMsat: number) => void) | undefined }>()
  const byHash = new Map<string, string>()
  /** preimages of what left for the outside world: nobody here made those invoices */
  const paidOutside = new Map<string, string>()

  return {
    createInvoice({ amountMsat, description = '', descriptionHash, expirySeconds = NORMAL_EXPIRY_SECONDS, onPaid }) {
      const preimage = new Uint8Array(randomBytes(32))
      const paymentHash = new Uint8Array(createHash('sha256').update(preimage).digest())
      const now = Math.floor(Date.now() / 1000)
      const createdAt = expirySeconds > 0 ? now : now + expirySeconds - NORMAL_EXPIRY_SECONDS
      const lifetime = expirySeconds > 0 ? expirySeconds : NORMAL_EXPIRY_SECONDS
      const fields = { amountMsat, paymentHash, paymentSecret: new Uint8Array(randomBytes(32)), description: descriptionHash ?? description }
      const row: Invoice = {
        invoice: writeInvoice({ ...fields, timestampSeconds: createdAt, expirySeconds: lifetime }, nodeKey),
        paymentHash: Buffer.from(paymentHash).toString('hex'),
        preimage: Buffer.from(preimage).toString('hex'),
        amountMsat,
        description,
        createdAt,
        expiresAt: createdAt + lifetime,
        paidAt: null,
        paidMsat: 0,
      }
      byInvoice.set(row.invoice, { row, onPaid })
      byHash.set(row.paymentHash, row.invoice)
      return row
    },

    pay(text, amountMsat = null) {
      const invoice = text.toLowerCase()
      const known = byInvoice.get(invoice)
      if (!known) {
        if (paidOutside.has(invoice)) return { paid: false, reason: 'invoice is already paid' }
        const preimage = randomBytes(32).toString('hex')
        paidOutside.set(invoice, preimage)
        return { paid: true, preimage, paidMsat: amountMsat ?? 0 }
      }
      const { row, onPaid } = known
      if (row.paidAt !== null) return { paid: false, reason: 'invoice is already paid' }
      const paidMsat = row.amountMsat ?? amountMsat
      if (paidMsat === null) return { paid: false, reason: 'the invoice names no amount' }
      row.paidAt = Math.floor(Date.now() / 1000)
      row.paidMsat = paidMsat
      onPaid?.(paidMsat)
      return { paid: true, preimage: row.preimage, paidMsat }
    },

    find: (text) => byInvoice.get(byHash.get(text.toLowerCase()) ?? text.toLowerCase())?.row,
    isPaid: (text) => paidOutside.has(text.toLowerCase()) || (byInvoice.get(text.toLowerCase())?.row.paidAt ?? null) !== null,
  }
}
