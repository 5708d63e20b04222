import type { Receipt } from '../../domain/receipt.ts'
import { useSurroundings } from '../parts/context.ts'
import { ReceiptItem } from '../receipts/ReceiptItem.tsx'
import { popupWords } from './strings.ts'

const SHOWN = 5

export function Recent({ receipts, now }: { receipts: readonly Receipt[]; now: number }) {
  const { openOptions } = useSurroundings()
  return (
    <section class="card recent" aria-label={popupWords.recent}>
      <div class="spread">
        <h2>{popupWords.recent}</h2>
        {receipts.length > 0 && (
          <button type="button" class="link small-text" onClick={() => openOptions('#/activity')}>
            {popupWords.allActivity}
          </button>
        )}
      </div>
      {receipts.length === 0 ? (
        <p class="muted recent-empty">{popupWords.noReceipts}</p>
      ) : (
        <div class="rows">
          {receipts.slice(0, SHOWN).map((receipt) => (
            <ReceiptItem key={receipt.id} receipt={receipt} now={now} testId="receipt" />
          ))}
        </div>
      )}
    </section>
  )
}
