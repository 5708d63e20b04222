/** What a pasted or scanned text asks to be paid, and the invoice behind it. */
import { RoutstrError } from '../../domain/errors.ts'
import type { PayTarget } from '../../domain/lightning.ts'
import { type Invoice, LOOKS_LIKE_INVOICE, readInvoice, satOfMsat } from './invoice.ts'
import { askPayServer, invoiceFrom, type LnurlWorld, payServerUrl } from './lnurl.ts'

export interface TargetWorld extends LnurlWorld {
  readonly now: () => number
}

/** Before any money. @throws RoutstrError `invalid_invoice`, `invoice_expired`, `unsafe_address` */
export async function readTarget(text: string, world: TargetWorld): Promise<PayTarget> {
  const wanted = bare(text)
  if (LOOKS_LIKE_INVOICE.test(wanted.toLowerCase())) {
    const invoice = freshInvoice(wanted, world)
    return {
      kind: 'invoice',
      invoice: invoice.text,
      amountSat: invoice.amountMsat === null ? null : satOfMsat(invoice.amountMsat),
      description: invoice.description,
      expiresAt: invoice.expiresAt,
    }
  }
  const { address, minSat, maxSat, description } = await askPayServer(serverOf(wanted), world)
  return { kind: 'address', address, minSat, maxSat, description }
}

/**
 * The invoice to be paid, checked, and whom it pays.
 * @param amountSat for a target that names no amount; must agree with one that does
 * @throws RoutstrError as `readTarget`, `invalid_request_error` (no amount, or not within what the receiver takes)
 */
export async function invoiceOf(text: string, amountSat: number | null, world: TargetWorld): Promise<{ readonly invoice: Invoice; readonly payee: string }> {
  const wanted = bare(text)
  if (LOOKS_LIKE_INVOICE.test(wanted.toLowerCase())) {
    const invoice = freshInvoice(wanted, world)
    if (invoice.amountMsat !== null && amountSat !== null && satOfMsat(invoice.amountMsat) !== amountSat) {
      throw new RoutstrError('invalid_request_error', `This invoice is for ${satOfMsat(invoice.amountMsat)} sat, no other amount. Nothing was paid.`)
    }
    return { invoice, payee: invoice.description }
  }
  const at = serverOf(wanted)
  if (amountSat === null) throw new RoutstrError('invalid_request_error', `Say how much ${at.address} shall get. Nothing was paid.`)
  const server = await askPayServer(at, world)
  const invoice = await invoiceFrom(server, amountSat, world)
  if (invoice.expiresAt <= world.now()) throw expired()
  return { invoice, payee: server.address }
}

/** Without what links and QR codes put around it: `lightning:`, or the parameter of a `bitcoin:` or web address. */
function bare(text: string): string {
  const trimmed = text.trim()
  const inside = /[?&]lightning=([^&#]+)/i.exec(trimmed)?.[1]
  return (inside === undefined ? trimmed : decodeURIComponentSafely(inside)).replace(/^(lightning|lnurl):(\/\/)?/i, '')
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function freshInvoice(text: string, { now }: TargetWorld): Invoice {
  const invoice = readInvoice(text)
  if (invoice.expiresAt <= now()) throw expired()
  return invoice
}

function serverOf(text: string): { readonly url: string; readonly address: string } {
  const found = payServerUrl(text)
  if (found === null) throw new RoutstrError('invalid_invoice', 'This is neither a Lightning invoice nor a Lightning address. Nothing was paid.')
  return found
}

function expired(): RoutstrError {
  return new RoutstrError('invoice_expired', 'This invoice has expired. Ask the receiver for a new one; nothing was paid.')
}
