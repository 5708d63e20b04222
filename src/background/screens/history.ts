/** The history of money, on the screen and as a file. */
import type { HistoryOutputs } from '../../messaging/routes/history.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import { historyCsv, historyJson } from './history-file.ts'
import type { ScreenWorld } from './world.ts'

export function historyScreens({ readHistory, now }: ScreenWorld): Pick<UiHandlers, keyof HistoryOutputs> {
  return {
    'history.list': readHistory,
    'history.export': async ({ format }) => {
      const { movements } = await readHistory({ before: null, limit: Number.POSITIVE_INFINITY, filter: 'all' })
      const text = format === 'csv' ? historyCsv(movements) : historyJson(movements, now())
      return { fileName: `routstr-history-${new Date(now()).toISOString().slice(0, 10)}.${format}`, text }
    },
  }
}
