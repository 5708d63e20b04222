/** Routes of our own screens for the history of money. */
import * as v from 'valibot'
import type { HistoryPage } from '../../domain/movement.ts'

export const historyInputs = {
  /** Newest first. `before`: the last one already shown. */
  'history.list': v.object({
    before: v.nullable(v.object({ at: v.number(), id: v.pipe(v.string(), v.maxLength(700)) })),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)),
    filter: v.optional(v.picklist(['all', 'in', 'out', 'fees']), 'all'),
  }),
  /** Everything, for a spreadsheet or a program. Without tokens, keys and invoices. */
  'history.export': v.object({ format: v.picklist(['csv', 'json']) }),
} as const

export interface HistoryOutputs {
  'history.list': HistoryPage
  'history.export': { readonly fileName: string; readonly text: string }
}
