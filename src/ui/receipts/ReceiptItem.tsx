import { Check, ChevronDown, CircleStop, type LucideIcon, Unplug, X } from 'lucide-preact'
import './receipts.css'
import type { Receipt } from '../../domain/receipt.ts'
import { Amount } from '../parts/Amount.tsx'
import { Facts } from '../parts/Facts.tsx'
import { plainText } from '../parts/page-text.ts'
import { siteLabel } from '../parts/site-name.ts'
import { agoText, momentText } from '../parts/times.ts'
import { receiptFacts } from './receipt-facts.ts'
import { receiptWords, stateWords } from './strings.ts'

const ICONS: Readonly<Record<Receipt['state'], LucideIcon>> = { completed: Check, aborted: CircleStop, interrupted: Unplug, failed: X }

/** One finished request; opens to the facts that prove its cost. */
export function ReceiptItem({ receipt, now, testId }: { receipt: Receipt; now: number; testId: string }) {
  const Icon = ICONS[receipt.state]
  const over = receipt.mismatches.length > 0
  const model = plainText(receipt.modelServed ?? receipt.modelAsked, 80)
  const provider = receipt.providerName === null ? receiptWords.noProvider : plainText(receipt.providerName, 60)
  return (
    <details class="receipt" data-testid={testId} data-state={receipt.state}>
      <summary>
        <span class={`receipt-state ${receipt.state}`} title={stateWords[receipt.state]}>
          <Icon size={15} />
          <span class="only-spoken">{stateWords[receipt.state]}</span>
        </span>
        <span class="receipt-what">
          <bdi class="receipt-site cut">{siteLabel(receipt.origin)}</bdi>
          <span class="receipt-how cut">
            {model} · {provider}
          </span>
        </span>
        <span class="receipt-right">
          {receipt.chargedMsat === null ? (
            <span class="receipt-cost muted" title={receiptWords.notKnownHint} data-testid="receipt-cost">
              cost open
            </span>
          ) : (
            <span class={`receipt-cost${over ? ' bad-text' : ''}`}>
              {over && <span class="only-spoken">{receiptWords.doesNotAddUp} </span>}
              <Amount msat={receipt.chargedMsat} testId="receipt-cost" />
            </span>
          )}
          <time class="receipt-when" title={momentText(receipt.finishedAt)} dateTime={new Date(receipt.finishedAt).toISOString()}>
            {agoText(receipt.finishedAt, now)}
          </time>
        </span>
        <ChevronDown class="receipt-chevron" size={16} />
      </summary>
      <div class="receipt-facts">
        {over && (
          <div class="notice bad" data-testid="mismatch">
            <div class="stack">
              {receipt.mismatches.map((says) => (
                <p key={says}>{plainText(says, 240)}</p>
              ))}
              <p>{receiptWords.mismatch}</p>
            </div>
          </div>
        )}
        <Facts rows={[['Result', stateWords[receipt.state]], ...receiptFacts(receipt)]} />
        {receipt.attempts.length > 0 && (
          <div class="attempts">
            <p class="label">{receipt.attempts.length === 1 ? '1 attempt' : `${receipt.attempts.length} attempts`}</p>
            <ol>
              {receipt.attempts.map((attempt, index) => (
                <li key={index}>
                  <span>
                    {index + 1}. {plainText(attempt.providerName, 60)}{attempt.model !== undefined && ` · ${plainText(attempt.model, 60)}`}
                  </span>
                  <span class={attempt.outcome === 'answered' ? 'good' : 'bad-text'}>{plainText(attempt.outcome, 160)}</span>
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
    </details>
  )
}
