/** LNURL-pay (LUD-06) and Lightning addresses (LUD-16): a server that makes an invoice for the amount we want to give. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { bech32 } from '@scure/base'
import * as v from 'valibot'
import { RoutstrError } from '../../domain/errors.ts'
import { PAID_FETCH, readText } from '../../domain/paid-fetch.ts'
import { type Invoice, oneLine, readInvoice } from './invoice.ts'

export interface PayServer {
  /** A Lightning address, or the host of an LNURL: whom the money goes to, for the screen. */
  readonly address: string
  readonly description: string
  readonly minSat: number
  readonly maxSat: number
  readonly callback: URL
  readonly metadata: string
}

export interface LnurlWorld {
  readonly fetch: typeof globalThis.fetch
  /** Throws RoutstrError `unsafe_address`. */
  readonly checkAddress: (url: string) => string
}

/** Where to ask; null: this text is neither an LNURL nor a Lightning address. */
export function payServerUrl(text: string): { readonly url: string; readonly address: string } | null {
  const [, name, host] = /^([a-z0-9._+-]+)@([a-z0-9.-]+(?::\d+)?|\[::1\](?::\d+)?)$/i.exec(text) ?? []
  if (name !== undefined && host !== undefined) {
    const lower = host.toLowerCase()
    return { url: `${schemeFor(lower)}://${lower}/.well-known/lnurlp/${name.toLowerCase()}`, address: `${name.toLowerCase()}@${lower}` }
  }
  const url = /^lnurlp:\/\//i.test(text) ? text.replace(/^lnurlp:\/\//i, `${schemeFor(text.slice(9))}://`) : fromBech32(text)
  if (url === null) return null
  return { url, address: URL.parse(url)?.host ?? '' }
}

/** @throws RoutstrError `unsafe_address`, `invalid_invoice` (what the server says is no offer to be paid) */
export async function askPayServer(at: { readonly url: string; readonly address: string }, world: LnurlWorld): Promise<PayServer> {
  const url = checkedUrl(at.url, world)
  const answer = v.safeParse(payRequest, await getJson(url, world.fetch))
  if (!answer.success) throw refusal(`${at.address} does not take payments this way`)
  const callback = checkedUrl(answer.output.callback, world)
  return {
    address: at.address,
    description: descriptionIn(answer.output.metadata),
    minSat: Math.max(1, Math.ceil(answer.output.minSendable / 1000)),
    maxSat: Math.floor(answer.output.maxSendable / 1000),
    callback,
    metadata: answer.output.metadata,
  }
}

/** An invoice of exactly that amount, for that server's purpose. @throws RoutstrError `invalid_invoice` for any lie, `unsafe_address` */
export async function invoiceFrom(server: PayServer, amountSat: number, world: LnurlWorld): Promise<Invoice> {
  if (amountSat < server.minSat || amountSat > server.maxSat) {
    throw new RoutstrError('invalid_request_error', `${server.address} takes ${server.minSat} to ${server.maxSat} sat. Nothing was paid.`)
  }
  const url = new URL(server.callback)
  url.searchParams.set('amount', String(amountSat * 1000))
  const answer = v.safeParse(invoiceAnswer, await getJson(url, world.fetch))
  if (!answer.success) throw refusal(`${server.address} gave no invoice`)
  const invoice = readInvoice(answer.output.pr)
  if (invoice.amountMsat !== amountSat * 1000) throw refusal(`${server.address} asks for another amount than agreed`)
  if (invoice.descriptionHash !== null && invoice.descriptionHash !== bytesToHex(sha256(utf8ToBytes(server.metadata)))) {
    throw refusal(`the invoice of ${server.address} is for something else than it said`)
  }
  return invoice
}

const MOST_BYTES = 64 * 1024
const TIMEOUT_MS = 10_000

const msat = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))
const payRequest = v.object({
  tag: v.literal('payRequest'),
  callback: v.pipe(v.string(), v.maxLength(2_000)),
  minSendable: msat,
  maxSendable: msat,
  metadata: v.pipe(v.string(), v.maxLength(MOST_BYTES)),
})
const invoiceAnswer = v.object({ pr: v.pipe(v.string(), v.maxLength(4_000)) })
const errorAnswer = v.object({ status: v.literal('ERROR'), reason: v.optional(v.string(), '') })
const metadataSchema = v.array(v.looseTuple([v.string(), v.unknown()]))

/** LUD-01: https, and plain http only for this computer (the address check decides whether that is allowed). */
function schemeFor(host: string): 'http' | 'https' {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/.test(host) ? 'http' : 'https'
}

function fromBech32(text: string): string | null {
  if (!/^lnurl1/i.test(text)) return null
  try {
    const lower = text.toLowerCase()
    return new TextDecoder('utf-8', { fatal: true }).decode(bech32.fromWords(bech32.decode(`lnurl1${lower.slice(6)}`, 4_000).words))
  } catch (cause) {
    throw new RoutstrError('invalid_invoice', 'This LNURL is damaged. Nothing was paid.', { cause })
  }
}

/** The address check knows no queries, which are usual here: so it gets the place alone. */
function checkedUrl(text: string, { checkAddress }: LnurlWorld): URL {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') throw refusal('the address of the payment server is not valid')
  checkAddress(`${url.protocol}//${url.host}`)
  return url
}

async function getJson(url: URL, fetch: typeof globalThis.fetch): Promise<unknown> {
  let body: unknown
  try {
    const response = await fetch(url.href, { ...PAID_FETCH, signal: AbortSignal.timeout(TIMEOUT_MS) })
    body = JSON.parse(await readText(response, MOST_BYTES))
  } catch (cause) {
    throw refusal(`${url.host} did not answer usefully`, cause)
  }
  const failed = v.safeParse(errorAnswer, body)
  if (failed.success) throw refusal(`${url.host} refuses: ${oneLine(failed.output.reason) || 'no reason given'}`)
  return body
}

function descriptionIn(metadata: string): string {
  try {
    const entries = v.parse(metadataSchema, JSON.parse(metadata))
    const text = entries.find(([kind]) => kind === 'text/plain')?.[1]
    return typeof text === 'string' ? oneLine(text) : ''
  } catch {
    return ''
  }
}

function refusal(what: string, cause?: unknown): RoutstrError {
  return new RoutstrError('invalid_invoice', `${what.charAt(0).toUpperCase()}${what.slice(1)}. Nothing was paid.`, { cause })
}
