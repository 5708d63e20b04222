/** Screen routes of the Activity room: receipts, what was spent, and budgets that run out. */
import * as v from 'valibot'
import type { BatchView } from '../../domain/batch.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { Spending } from '../../domain/spending.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const days = v.picklist([7, 30, 90])

export const spendingInputs = {
  /** Newest first. `before`: the last one already shown. */
  'activity.list': v.object({
    before: v.nullable(v.object({ finishedAt: v.number(), id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)) })),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
  }),
  /** Until today. */
  'spending.get': v.object({ days }),
  /** One line per day, site, model and provider. */
  'spending.export': v.object({ days }),
  /** Requests that wait for their price, newest first. */
  'batches.list': v.object({}),
  'batches.cancel': v.object({ id }),
  /** With its prompts and answers. */
  'batches.forget': v.object({ id }),
  /** The warning is put away for this limit and period. */
  'alerts.dismiss': v.object({ origin: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)) }),
} as const

export interface SpendingOutputs {
  'activity.list': readonly Receipt[]
  'spending.get': Spending
  'spending.export': { readonly fileName: string; readonly text: string }
  'batches.list': readonly BatchView[]
  'batches.cancel': null
  'batches.forget': null
  'alerts.dismiss': null
}
