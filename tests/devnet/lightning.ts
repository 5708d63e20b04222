/**
 * The Lightning of the development network: invoices that any mint of this process can pay. A mint registers what happens
 * when its invoice is paid; a melt at any mint calls `pay`. Invoices of nobody here count as paid to the outside world.
 */
import { randomBytes } from 'node:crypto'

export interface FakeLightning {
  /** a plausible `lnbcrt` string whose readable part carries the amount, as the wallet library checks it (cashu.md §2.4) */
  createInvoice(amountSat: number, onPaid: () => void): string
  pay(invoice: string): void
}

const BECH32_CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

export function createLightning(): FakeLightning {
  const waiting = new Map<string, () => void>()
  return {
    createInvoice(amountSat, onPaid) {
      const filler = [...randomBytes(96)].map((byte) => BECH32_CHARACTERS[byte % 32]).join('')
      const invoice = `lnbcrt${amountSat * 10}n1p${filler}`
      waiting.set(invoice, onPaid)
      return invoice
    },
    pay(invoice) {
      const onPaid = waiting.get(invoice)
      waiting.delete(invoice)
      onPaid?.()
    },
  }
}

const PER_BITCOIN_MSAT: Record<string, number> = { m: 1e8, u: 1e5, n: 1e2, p: 0.1 }

/** Amount of an invoice in whole sats, rounded up; null when it names none. */
export function invoiceAmountSat(invoice: string): number | null {
  const match = /^ln(?:bcrt|bc|tbs|tb)(\d+)([munp])1/.exec(invoice.toLowerCase())
  if (!match) return null
  return Math.ceil((Number(match[1]) * (PER_BITCOIN_MSAT[match[2] ?? ''] ?? 0)) / 1000)
}
