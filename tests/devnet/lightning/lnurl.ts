/** A Lightning address for every name on the front server (LUD-16 over LUD-06), and the lies such a server can tell. */
import { createHash } from 'node:crypto'
import type { FakeLightning, Invoice } from '../lightning.ts'

export const LNURL_LIES = [
  /** the invoice asks for twice the amount */
  'wrongAmount',
  /** the invoice does not commit to the metadata */
  'wrongMetadata',
  /** no amount at all: the payer would choose */
  'amountless',
  /** `{status: 'ERROR'}` with HTTP 200, as LUD-06 has it */
  'error',
  'garbage',
  /** a callback at somebody else's address */
  'foreignCallback',
] as const
export type LnurlLie = (typeof LNURL_LIES)[number]

export interface LnurlService {
  /** null: honest. 'error' and 'garbage' hold for both steps, the others for the step they bend. */
  lie: LnurlLie | null
  /** millisatoshi */
  minSendableMsat: number
  maxSendableMsat: number
  /** invoices it made, oldest first: whether they were paid tells what arrived */
  readonly invoices: Invoice[]
}

export interface LnurlAnswer {
  text: string
}

/** undefined: not a path of this service */
export type LnurlRoutes = (url: URL, ownUrl: string) => LnurlAnswer | undefined

const ownPaths = /^\/(?:\.well-known\/lnurlp|lnurlp\/pay)\/([a-z0-9._-]+)$/

export function createLnurl(lightning: FakeLightning): { service: LnurlService; routes: LnurlRoutes } {
  const service: LnurlService = { lie: null, minSendableMsat: 1000, maxSendableMsat: 100_000_000, invoices: [] }
  const failed = (reason: string): object => ({ status: 'ERROR', reason })
  const metadataOf = (name: string, ownUrl: string): string =>
    JSON.stringify([
      ['text/plain', `Sats for ${name}`],
      ['text/identifier', `${name}@${new URL(ownUrl).host}`],
    ])

  function payRequest(name: string, ownUrl: string): object {
    return {
      tag: 'payRequest',
      callback: service.lie === 'foreignCallback' ? `http://192.0.2.1/lnurlp/pay/${name}` : `${ownUrl}/lnurlp/pay/${name}`,
      minSendable: service.minSendableMsat,
      maxSendable: service.maxSendableMsat,
      metadata: metadataOf(name, ownUrl),
    }
  }

  function invoiceFor(name: string, amount: string | null, ownUrl: string): object {
    const wanted = Number(amount)
    if (!/^\d+$/.test(amount ?? '') || wanted < service.minSendableMsat || wanted > service.maxSendableMsat) return failed('Amount is out of range')
    const metadata = service.lie === 'wrongMetadata' ? 'something else' : metadataOf(name, ownUrl)
    const made = lightning.createInvoice({
      amountMsat: service.lie === 'amountless' ? null : service.lie === 'wrongAmount' ? wanted * 2 : wanted,
      description: `Sats for ${name}`,
      descriptionHash: new Uint8Array(createHash('sha256').update(metadata).digest()),
    })
    service.invoices.push(made)
    return { pr: made.invoice, routes: [] }
  }

  function routes(url: URL, ownUrl: string): LnurlAnswer | undefined {
    const name = ownPaths.exec(url.pathname)?.[1]
    if (name === undefined) return undefined
    if (service.lie === 'garbage') return { text: '<html>this is no JSON' }
    if (service.lie === 'error') return { text: JSON.stringify(failed('This wallet is closed today')) }
    const answer = url.pathname.startsWith('/.well-known') ? payRequest(name, ownUrl) : invoiceFor(name, url.searchParams.get('amount'), ownUrl)
    return { text: JSON.stringify(answer) }
  }

  return { service, routes }
}
