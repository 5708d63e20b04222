/**
 * Does the bill add up (RIP-05 §5, RIP-04 §3)? Two looks at every answer: what was charged against the price sheet that was in
 * force when the request left, and the tokens the provider reports against what we sent and what it wrote. Pure.
 *
 * Tolerances. A charge may exceed the sheet by a twentieth, and by 100 msat in any case: nodes bill in msat and round up by
 * one, upstreams that bill in dollars follow the rate of the minute (`routstr-node.md` §6.1). Reported tokens may be as many
 * as the text has bytes (no tokenizer makes more) and 200 more for what models write around it; thinking that the report names
 * is not counted. Tokens of a prompt may be as many as the body has bytes and 1000 more for what providers put before it;
 * pictures, sounds and files are counted by nobody alike, so a prompt with them is not judged.
 */
import { lessMsat, type Msat, satText, ZERO_MSAT } from '../domain/msat.ts'
import type { PriceSheet } from '../domain/offer.ts'
import type { Receipt } from '../domain/receipt.ts'
import { chargeMsat } from '../protocol/price.ts'
import type { InferenceRequest } from '../protocol/request-body.ts'
import { BYTES_PER_TOKEN } from '../protocol/upper-bound.ts'
import type { ChargeFacts } from '../protocol/usage.ts'

export interface Finding {
  readonly kind: 'charge' | 'usage'
  /** A plain sentence for the receipt. */
  readonly says: string
  /** What it took too much, as far as it can be told. */
  readonly amountMsat: Msat
}

const CHARGE_SHARE = 0.05
const CHARGE_SLACK_MSAT = 100
const ANSWER_SLACK_TOKENS = 200
const PROMPT_SLACK_TOKENS = 1000

export function chargeFinding({ expectedMsat }: Pick<Receipt, 'expectedMsat'>, chargedMsat: Msat): Finding | null {
  if (expectedMsat === null || chargedMsat <= expectedMsat + Math.max(CHARGE_SLACK_MSAT, expectedMsat * CHARGE_SHARE)) return null
  const says = `Charged ${satText(chargedMsat)} sat; its price sheet and the tokens it reports make ${satText(expectedMsat)} sat.`
  return { kind: 'charge', amountMsat: lessMsat(chargedMsat, expectedMsat), says }
}

/** What the reported tokens cost by this sheet; null without them, or where the node charges a flat amount (§6.1 item 4). */
export function expectedBy(price: PriceSheet, { promptTokens, completionTokens }: Pick<Receipt, 'promptTokens' | 'completionTokens'>): Msat | null {
  return promptTokens === null || completionTokens === null ? null : chargeMsat(price, { promptTokens, completionTokens })
}

/** @param answerBytes what it wrote, in UTF-8; null: not text, or not known how much */
export function usageFindings(charge: ChargeFacts, request: Pick<InferenceRequest, 'path' | 'inputTokensAtMost' | 'hasMedia'>, answerBytes: number | null): Finding[] {
  const findings: Finding[] = []
  const usage = { kind: 'usage', amountMsat: ZERO_MSAT } as const
  const written = charge.completionTokens === null ? null : charge.completionTokens - charge.hiddenTokens
  if (written !== null && answerBytes !== null && written > answerBytes + ANSWER_SLACK_TOKENS) {
    findings.push({ ...usage, says: `Reports ${written} tokens for an answer of ${answerBytes} bytes, which can not be more than ${answerBytes}.` })
  }
  const most = request.inputTokensAtMost * BYTES_PER_TOKEN
  if (charge.promptTokens !== null && !request.hasMedia && charge.promptTokens > most + PROMPT_SLACK_TOKENS) {
    findings.push({ ...usage, says: `Reports ${charge.promptTokens} tokens for a request of ${most} bytes, which can not be more than ${most}.` })
  }
  return findings
}
