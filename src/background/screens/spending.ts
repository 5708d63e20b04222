/** What was spent, from receipts; what waits to be. */
import { PROBES, siteOrigin } from '../../domain/site.ts'
import { daysUntil, spendingLines, spendingOf } from '../../engine/spending.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import { csvOf } from './csv.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function spendingScreens(world: ScreenWorld, { done }: ScreenTools) {
  const { store, running, now, alerts } = world

  /** Those of requests that still run were written ahead: nothing is known of them. */
  async function receiptsOf(days: readonly number[]) {
    return (await store.receiptsBetween(days[0] ?? 0, Number.MAX_SAFE_INTEGER)).filter(({ id }) => !running.has(id))
  }

  return {
    'spending.get': async ({ days: count }) => {
      const days = daysUntil(now(), count)
      return spendingOf(await receiptsOf(days), days)
    },
    'spending.export': async ({ days: count }) => {
      const lines = spendingLines(await receiptsOf(daysUntil(now(), count)))
      const text = csvOf(lines, [
        ['day', ({ day }) => dateText(day)],
        ['site', ({ site }) => (site === PROBES ? 'Probe' : site), 'foreign'],
        ['model', ({ model }) => model, 'foreign'],
        ['provider', ({ provider }) => provider, 'foreign'],
        ['requests', ({ requests }) => requests],
        ['prompt_tokens', ({ promptTokens }) => promptTokens],
        ['completion_tokens', ({ completionTokens }) => completionTokens],
        ['charged_msat', ({ chargedMsat }) => chargedMsat],
        ['at_median_offer_msat', ({ atMedianMsat }) => atMedianMsat],
        ['at_dearest_offer_msat', ({ atDearestMsat }) => atDearestMsat],
      ])
      return { fileName: `routstr-spending-${dateText(now())}.csv`, text }
    },
    'batches.list': () => world.scheduling.list(),
    'batches.cancel': ({ id }) => done(world.scheduling.cancel(id, null)),
    'batches.forget': ({ id }) => done(world.scheduling.forget(id, null)),
    'alerts.dismiss': ({ origin }) => done(alerts.dismiss(siteOrigin(origin))),
  } satisfies Partial<UiHandlers>
}

/** The user's own calendar. */
function dateText(at: number): string {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
