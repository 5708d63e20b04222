/** Money in at the mint (NUT-04, NUT-20, NUT-23): quote, state, and the notes for a paid one. Decides nothing about rows. */
import { CTSError, isMintOperationError, type MintOperationError, OutputData, RateLimitError } from '@cashu/cashu-ts'
import { deriveKey } from '../derived-keys.ts'
import { reasonOf, SignedOtherwise } from '../mint-answer.ts'
import type { MintConnection } from '../mint.ts'
import { ladder, type Note } from '../notes.ts'
import { readInvoice } from './invoice.ts'
import { quoteProblem, requireLightning } from './refusals.ts'
import type { PackedMint, TopUpRow } from './rows.ts'

export type MintAnswer =
  | { readonly kind: 'notes'; readonly notes: readonly Note[] }
  /** 20001: the invoice is not paid (any more). */
  | { readonly kind: 'unpaid' }
  /** These outputs can never be signed for this quote; others can. `isRotated`: others of another keyset, the mint says. */
  | { readonly kind: 'again'; readonly problem: string; readonly isRotated: boolean; readonly collided?: true }
  | { readonly kind: 'unknown'; readonly problem: string; readonly retryAfterMs: number | null }

export interface NewQuote {
  readonly quoteId: string
  readonly invoice: string
  /** ms */
  readonly expiresAt: number | null
}

/**
 * @param publicKey locks the quote (NUT-20) where the mint offers that
 * @throws RoutstrError `mint_rejected`, `invalid_request_error` (limits), `mint_unreachable`, `mint_misbehaved`
 */
export async function createMintQuote({ account, mint }: MintConnection, amountSat: number, publicKey: string | null): Promise<NewQuote> {
  requireLightning(account, 'mint', amountSat)
  try {
    const wallet = account.current()
    const quote = publicKey === null ? await wallet.createMintQuoteBolt11(amountSat) : await wallet.createLockedMintQuote(amountSat, publicKey)
    const invoice = readInvoice(quote.request)
    return { quoteId: quote.quote, invoice: quote.request, expiresAt: quote.expiry === null || quote.expiry === 0 ? invoice.expiresAt : quote.expiry * 1000 }
  } catch (cause) {
    throw quoteProblem(mint, cause)
  }
}

export function offersLocks({ account }: MintConnection): boolean {
  return account.current().getMintInfo().isSupported(20).supported
}

/** @throws CTSError of the library when the mint did not answer or does not know it */
export async function mintQuoteState({ account }: MintConnection, quoteId: string): Promise<'UNPAID' | 'PAID' | 'ISSUED'> {
  return (await account.current().checkMintQuoteBolt11(quoteId)).state
}

/** Counters reserved, outputs derived and signed; nothing sent. Passes the id alone: a quote that has lapsed would be refused here (`cashu.md` §2.4). */
export async function prepareMint(
  connection: MintConnection,
  row: Pick<TopUpRow, 'quoteId' | 'amountSat' | 'lockIndex'>,
  own: { readonly seed: Uint8Array; readonly have: readonly Note[] },
): Promise<PackedMint> {
  const denominations = ladder(row.amountSat, 0, { unit: connection.unit, have: own.have, ppk: connection.facts().inputFeePpk }).sort((a, b) => a - b)
  const config = row.lockIndex === null ? {} : { privkey: deriveKey(own.seed, 'quote', row.lockIndex).secretKey }
  const preview = await connection.account
    .current()
    .prepareMint('bolt11', row.amountSat, { quote: row.quoteId }, config, { type: 'deterministic', counter: 0, denominations })
  return {
    keysetId: preview.keysetId,
    outputs: preview.outputData.map((output) => OutputData.serialize(output)),
    signature: preview.payload.signature ?? null,
    legacySignature: preview.legacySignature ?? null,
  }
}

/** The single POST, then what a refusal hides. Safe to repeat. @param replaced earlier requests for the same quote */
export async function postMint(connection: MintConnection, quoteId: string, packed: PackedMint, replaced: readonly PackedMint[]): Promise<MintAnswer> {
  const unknown = (problem: string, retryAfterMs: number | null = null): MintAnswer => ({ kind: 'unknown', problem, retryAfterMs })
  try {
    return { kind: 'notes', notes: await send(connection, quoteId, packed) }
  } catch (error) {
    if (error instanceof RateLimitError) return unknown('the mint asks to wait', error.retryAfterMs ?? null)
    const refused = isMintOperationError(error)
    if (refused && error.code === 20001) return { kind: 'unpaid' }
    if (!refused && !(error instanceof CTSError)) return unknown(reasonOf(error))
    try {
      return await settle(connection, quoteId, packed, replaced, refused ? error : null, reasonOf(error))
    } catch (failure) {
      return unknown(reasonOf(failure))
    }
  }
}

/** Inactive or unknown keysets. */
const ROTATED = new Set([12001, 12002, 12003])

/** Signed outputs are ours only if this quote was issued: with the same seed another browser may have used them (NUT-13). */
async function settle(
  connection: MintConnection,
  quoteId: string,
  packed: PackedMint,
  replaced: readonly PackedMint[],
  refusal: MintOperationError | null,
  problem: string,
): Promise<MintAnswer> {
  const unknown = (text: string): MintAnswer => ({ kind: 'unknown', problem: text, retryAfterMs: null })
  for (const request of [packed, ...replaced]) {
    const outputs = request.outputs.map((output) => OutputData.deserialize(output))
    const notes = await connection.account.restore(outputs, request.keysetId).catch((error: unknown) => {
      if (error instanceof SignedOtherwise) return null
      throw error
    })
    if (notes?.length === 0) continue
    const isIssued = (await mintQuoteState(connection, quoteId)) === 'ISSUED'
    if (isIssued && notes?.length === outputs.length) return { kind: 'notes', notes }
    if (isIssued && notes !== null) return unknown(`the mint signed only ${notes.length} of ${outputs.length} outputs`)
    if (!isIssued && request === packed && (refusal?.code === 11003 || (notes === null && refusal !== null)))
      return { kind: 'again', problem: 'these outputs were signed for another browser with the same seed', isRotated: false, collided: true }
  }
  if (refusal?.code === 20002) return unknown('the mint says that it has given out these notes before, and can not show them')
  if (refusal !== null && ROTATED.has(refusal.code)) return { kind: 'again', problem, isRotated: true }
  return unknown(problem)
}

async function send({ account }: MintConnection, quoteId: string, packed: PackedMint): Promise<Note[]> {
  const outputs = packed.outputs.map((output) => OutputData.deserialize(output))
  const wallet = account.current()
  await wallet.keyChain.ensureKeysetKeys(packed.keysetId)
  const post = (signature: string | null) =>
    wallet.mint.mintBolt11({ quote: quoteId, outputs: outputs.map(({ blindedMessage }) => blindedMessage), ...(signature === null ? {} : { signature }) })
  const { signatures } = await post(packed.signature).catch((error: unknown) => {
    // 20008: a mint that knows only the message of before the amendment
    if (isMintOperationError(error) && error.code === 20008 && packed.legacySignature !== null) return post(packed.legacySignature)
    throw error
  })
  return account.notesFrom(outputs, signatures, packed.keysetId)
}
