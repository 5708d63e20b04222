/** Money out at the mint (NUT-05, NUT-08, NUT-23): quote, payment, state, change. Decides nothing about rows. */
import {
  Amount,
  CTSError,
  isMintOperationError,
  type MeltQuoteBolt11Response,
  OutputData,
  RateLimitError,
  type SerializedBlindedSignature,
} from '@cashu/cashu-ts'
import { RoutstrError } from '../../domain/errors.ts'
import { reasonOf } from '../mint-answer.ts'
import { type MintConnection, proofOf, unpackInput } from '../mint.ts'
import type { Note } from '../notes.ts'
import { type Invoice, satOfMsat } from './invoice.ts'
import { quoteProblem, requireLightning } from './refusals.ts'
import type { PackedMelt } from './rows.ts'

export interface NewMeltQuote {
  readonly quoteId: string
  readonly amountSat: number
  readonly feeReserveSat: number
  /** ms */
  readonly expiresAt: number
}

/** How a payment stands. */
export interface MeltFacts {
  readonly state: 'UNPAID' | 'PENDING' | 'PAID'
  readonly preimage: string | null
  /** Undefined: the mint does not tell; then it is restored. */
  readonly change: readonly SerializedBlindedSignature[] | undefined
}

export type MeltAnswer =
  | ({ readonly kind: 'told' } & MeltFacts)
  | { readonly kind: 'refused'; readonly code: number; readonly problem: string }
  /** It may be under way. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly retryAfterMs: number | null }

/**
 * @param amountSat for an invoice that names no amount
 * @throws RoutstrError `mint_rejected`, `invalid_request_error` (limits, no amount), `mint_unreachable`, `mint_misbehaved`
 */
export async function createMeltQuote({ account, mint }: MintConnection, invoice: Invoice, amountSat: number | null): Promise<NewMeltQuote> {
  const msat = invoice.amountMsat ?? (amountSat === null ? null : amountSat * 1000)
  if (msat === null) throw new RoutstrError('invalid_request_error', 'This invoice names no amount. Say how much it shall get; nothing was paid.')
  requireLightning(account, 'melt', satOfMsat(msat))
  const wallet = account.current()
  if (invoice.amountMsat === null && !wallet.getMintInfo().supportsAmountless('bolt11', account.unit)) {
    throw new RoutstrError('invalid_invoice', `${mint} can not pay invoices that name no amount. Ask the receiver for one with an amount; nothing was paid.`)
  }
  let quote: MeltQuoteBolt11Response
  try {
    quote = await wallet.createMeltQuoteBolt11(invoice.text, invoice.amountMsat === null ? msat : undefined)
  } catch (cause) {
    throw quoteProblem(mint, cause)
  }
  const found = { quoteId: quote.quote, amountSat: quote.amount.toNumber(), feeReserveSat: quote.fee_reserve.toNumber() }
  if (found.amountSat !== satOfMsat(msat)) {
    throw new RoutstrError('mint_misbehaved', `${mint} wants ${found.amountSat} sat for an invoice over ${satOfMsat(msat)} sat. Nothing was paid.`)
  }
  return { ...found, expiresAt: quote.expiry > 0 ? quote.expiry * 1000 : invoice.expiresAt }
}

/** Counters for the blanks reserved, everything that will be sent written out; nothing sent. @throws RoutstrError `mint_unreachable`, `mint_misbehaved` */
export async function prepareMelt(
  connection: MintConnection,
  quote: { readonly quoteId: string; readonly amountSat: number },
  inputs: readonly Note[],
): Promise<PackedMelt> {
  const prepare = () =>
    connection.account
      .current()
      .prepareMelt('bolt11', { quote: quote.quoteId, amount: Amount.from(quote.amountSat) }, inputs.map(proofOf), {}, { type: 'deterministic', counter: 0 })
  const preview = await prepare().catch(async () => {
    // the keyset for the change is not active any more
    await connection.refresh()
    return prepare().catch((cause: unknown) => {
      throw quoteProblem(connection.mint, cause)
    })
  })
  return {
    keysetId: preview.keysetId,
    inputs: inputs.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: String(amount), secret, C })),
    blanks: preview.outputData.map((output) => OutputData.serialize(output)),
  }
}

/** The single POST. Safe to repeat: a mint pays a quote once. */
export async function postMelt({ account }: MintConnection, quoteId: string, packed: PackedMelt): Promise<MeltAnswer> {
  try {
    const outputs = packed.blanks.map((blank) => OutputData.deserialize(blank).blindedMessage)
    const answer = await account
      .current()
      .mint.meltBolt11({ quote: quoteId, inputs: packed.inputs.map(unpackInput), ...(outputs.length === 0 ? {} : { outputs }) })
    return { kind: 'told', ...factsOf(answer) }
  } catch (error) {
    if (error instanceof RateLimitError) return { kind: 'unknown', problem: 'the mint asks to wait', retryAfterMs: error.retryAfterMs ?? null }
    if (isMintOperationError(error)) return { kind: 'refused', code: error.code, problem: `${error.code} ${error.message}` }
    return { kind: 'unknown', problem: reasonOf(error), retryAfterMs: null }
  }
}

/** @throws CTSError of the library when the mint did not answer or does not know it */
export async function meltQuoteFacts({ account }: MintConnection, quoteId: string): Promise<MeltFacts> {
  return factsOf(await account.current().checkMeltQuoteBolt11(quoteId))
}

/**
 * What is left of the reserve, as notes, each proven (NUT-12): from the mint's list, or restored with the blanks when it
 * keeps none. @throws CTSError when it can not be had; it is not lost, the blanks know it
 */
export async function changeOf(connection: MintConnection, packed: PackedMelt, told: MeltFacts['change'], overpaidSat: number): Promise<Note[]> {
  const blanks = packed.blanks.map((blank) => OutputData.deserialize(blank))
  if (blanks.length === 0) return []
  if (told !== undefined && told.length > 0) {
    try {
      return await notesOf(connection, packed.keysetId, blanks, told)
    } catch {
      // the list may be wrong where the signatures are right
    }
  } else if (overpaidSat === 0) return []
  const { outputs, signatures } = await connection.account.current().mint.restore({ outputs: blanks.map(({ blindedMessage }) => blindedMessage) })
  const found = blanks.flatMap((blank) => {
    const index = outputs.findIndex(({ B_ }) => B_ === blank.blindedMessage.B_)
    const signature = index === -1 ? undefined : signatures[index]
    return signature === undefined ? [] : [{ blank, signature }]
  })
  return notesOf(
    connection,
    packed.keysetId,
    found.map(({ blank }) => blank),
    found.map(({ signature }) => signature),
  )
}

function factsOf({ state, payment_preimage, change }: Pick<MeltQuoteBolt11Response, 'state' | 'payment_preimage' | 'change'>): MeltFacts {
  return { state, preimage: payment_preimage ?? null, change }
}

/** NUT-08: the n-th signature is for the n-th blank, and names the amount. */
async function notesOf(
  { account }: MintConnection,
  keysetId: string,
  blanks: readonly OutputData[],
  signatures: readonly SerializedBlindedSignature[],
): Promise<Note[]> {
  const signed = signatures.map((signature, index) => {
    const blank = blanks[index]
    if (blank === undefined) throw new CTSError('the mint gave more change than there were blanks')
    return new OutputData({ ...blank.blindedMessage, amount: signature.amount }, blank.blindingFactor, blank.secret)
  })
  return account.notesFrom(signed, signatures, keysetId)
}
