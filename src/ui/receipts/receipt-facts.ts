/** A receipt in words. Pure. */
import type { Receipt } from '../../domain/receipt.ts'
import { amountPhrase, countText, perMillion } from '../parts/amounts.ts'
import { plainText } from '../parts/page-text.ts'
import { momentText, spanText } from '../parts/times.ts'
import { receiptWords } from './strings.ts'

export type FactRow = readonly [name: string, value: string]

export function receiptFacts(receipt: Receipt): readonly FactRow[] {
  const rows: (FactRow | null)[] = [
    [
      'Model',
      receipt.modelServed === null || receipt.modelServed === receipt.modelAsked
        ? plainText(receipt.modelAsked, 120)
        : `${plainText(receipt.modelAsked, 120)} → ${plainText(receipt.modelServed, 120)}`,
    ],
    receipt.insteadOf === undefined ? null : ['Instead of', `${plainText(receipt.insteadOf.model, 120)}: ${plainText(receipt.insteadOf.why, 300)}`],
    ['Provider', receipt.providerName === null ? receiptWords.noProvider : plainText(receipt.providerName, 80)],
    receipt.providerUrl === null ? null : ['Address', receipt.providerUrl],
    receipt.reason === '' ? null : ['Why this one', plainText(receipt.reason, 300)],
    ['Tokens', tokens(receipt)],
    receipt.price === null ? null : ['Price sheet', priceText(receipt.price)],
    ['Expected', receipt.expectedMsat === null ? 'no usage reported' : amountPhrase(receipt.expectedMsat)],
    receipt.market === undefined ? null : ['Elsewhere then', elsewhere(receipt.market)],
    ['Charged', receipt.chargedMsat === null ? receiptWords.notKnown : amountPhrase(receipt.chargedMsat)],
    receipt.feeMsat === undefined ? null : [receiptWords.invoiceFee, amountPhrase(receipt.feeMsat)],
    ['First byte', receipt.firstByteMs === null ? 'none' : spanText(receipt.firstByteMs)],
    receipt.firstTokenMs === null || receipt.firstTokenMs === receipt.firstByteMs ? null : ['… of it at this provider', spanText(receipt.firstTokenMs)],
    receipt.tokensPerSecond === null ? null : ['Speed', `${countText(receipt.tokensPerSecond)} tokens a second`],
    ['Took', spanText(receipt.finishedAt - receipt.startedAt)],
    ['Finished', momentText(receipt.finishedAt)],
    ['Path', `${receipt.path}${receipt.stream ? ', streamed' : ''}`],
    receipt.nodeRequestId === null ? null : ['Provider’s request id', plainText(receipt.nodeRequestId, 120)],
  ]
  return rows.filter((row) => row !== null)
}

function priceText({ promptSat, completionSat }: NonNullable<Receipt['price']>): string {
  return `${perMillion(promptSat)} in, ${perMillion(completionSat)} out, sat per million tokens`
}

function elsewhere({ offers, median, dearest }: NonNullable<Receipt['market']>): string {
  const at = ({ providerName, price, wouldCostMsat }: typeof median): string => `${wouldCostMsat === null ? priceText(price) : amountPhrase(wouldCostMsat)} at ${plainText(providerName, 60)}`
  return `${at(median)} (median of ${offers}), ${at(dearest)} (dearest)`
}

function tokens({ promptTokens, completionTokens }: Receipt): string {
  if (promptTokens === null && completionTokens === null) return 'not reported'
  return `${promptTokens === null ? '?' : countText(promptTokens)} in, ${completionTokens === null ? '?' : countText(completionTokens)} out`
}
