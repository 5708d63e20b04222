/** A receipt in words. Pure. */
import type { Receipt } from '../../domain/receipt.ts'
import { amountPhrase, countText } from '../parts/amounts.ts'
import { plainText } from '../parts/page-text.ts'
import { momentText, spanText } from '../parts/times.ts'
import { receiptWords } from './strings.ts'

export type FactRow = readonly [name: string, value: string]

/** `overcharged`: more than a hundredth (and more than 1 msat) above what the price sheet says. */
export function chargeVerdict(receipt: Receipt): 'as expected' | 'less' | 'overcharged' | null {
  const { expectedMsat: expected, chargedMsat: charged } = receipt
  if (expected === null || charged === null) return null
  if (charged > expected + Math.max(1, expected / 100)) return 'overcharged'
  return charged < expected ? 'less' : 'as expected'
}

export function receiptFacts(receipt: Receipt): readonly FactRow[] {
  const rows: (FactRow | null)[] = [
    [
      'Model',
      receipt.modelServed === null || receipt.modelServed === receipt.modelAsked
        ? plainText(receipt.modelAsked, 120)
        : `${plainText(receipt.modelAsked, 120)} → ${plainText(receipt.modelServed, 120)}`,
    ],
    ['Provider', receipt.providerName === null ? receiptWords.noProvider : plainText(receipt.providerName, 80)],
    receipt.providerUrl === null ? null : ['Address', receipt.providerUrl],
    receipt.reason === '' ? null : ['Why this one', plainText(receipt.reason, 300)],
    ['Tokens', tokens(receipt)],
    ['Expected', receipt.expectedMsat === null ? 'no usage reported' : amountPhrase(receipt.expectedMsat)],
    ['Charged', receipt.chargedMsat === null ? receiptWords.notKnown : amountPhrase(receipt.chargedMsat)],
    ['First byte', receipt.firstByteMs === null ? 'none' : spanText(receipt.firstByteMs)],
    ['Took', spanText(receipt.finishedAt - receipt.startedAt)],
    ['Finished', momentText(receipt.finishedAt)],
    ['Path', `${receipt.path}${receipt.stream ? ', streamed' : ''}`],
    receipt.nodeRequestId === null ? null : ['Provider’s request id', plainText(receipt.nodeRequestId, 120)],
  ]
  return rows.filter((row) => row !== null)
}

function tokens({ promptTokens, completionTokens }: Receipt): string {
  if (promptTokens === null && completionTokens === null) return 'not reported'
  return `${promptTokens === null ? '?' : countText(promptTokens)} in, ${completionTokens === null ? '?' : countText(completionTokens)} out`
}
