/** The book of own audits: in memory for the choice, saved behind it. */
import { inBackground } from '../domain/in-background.ts'
import type { Receipt } from '../domain/receipt.ts'
import { type AuditRow, emptyRow, fadedTo, type Observation, observed } from './audit-row.ts'
import { type About, answersIn, costIn } from './audit-observations.ts'
import type { TrustStore } from './store.ts'

export interface Audits {
  /** What was saved is in memory. */
  load(): Promise<void>
  /** A request is over. Told twice, it counts once. */
  noteAnswer(receipt: Receipt): void
  /** What a request cost is known. Told twice, it counts once. */
  noteCost(receipt: Receipt): void
  /** A cheap question to the provider (`/v1/info`, `/v1/models`) was answered, or not. */
  notePing(url: string, answered: boolean): void
  /** Faded to now. @param model as asked; empty: the provider as a whole */
  of(url: string, model: string): AuditRow
}

/** Rows of more are dropped, the longest silent ones first. One row is about 400 bytes. */
const MOST_ROWS = 2_000
/** Request ids remembered so that nothing counts twice. */
const MOST_REMEMBERED = 500

export function createAudits({ store, now }: { readonly store: Pick<TrustStore, 'loadAudits' | 'saveAudits' | 'deleteAudits'>; readonly now: () => number }): Audits {
  const rows = new Map<string, AuditRow>()
  const counted = new Set<string>()
  const unsaved = new Map<string, AuditRow>()
  let saving = false

  function note({ url, model, observation }: About): AuditRow[] {
    const names = model === '' ? [''] : ['', model]
    return names.map((name) => {
      const empty = emptyRow(url, name, now())
      const row = observed(rows.get(empty.id) ?? empty, observation, now())
      rows.set(row.id, row)
      return row
    })
  }

  /** One write at a time: what changes meanwhile, in whatever number of requests that end at once, goes with the next. */
  async function saveAll(): Promise<void> {
    saving = true
    // what belongs to one request comes one after the other
    await null
    while (unsaved.size > 0) {
      const changed = [...unsaved.values()]
      unsaved.clear()
      // a full disk: the next observation saves the row again
      await store.saveAudits(changed).catch(() => undefined)
    }
    saving = false
  }

  function save(changed: readonly AuditRow[]): void {
    if (changed.length === 0) return
    for (const row of changed) unsaved.set(row.id, row)
    if (!saving) inBackground(saveAll())
    if (rows.size <= MOST_ROWS) return
    const dropped = [...rows.values()].sort((a, b) => a.at - b.at).slice(0, rows.size - MOST_ROWS)
    for (const { id } of dropped) {
      rows.delete(id)
      unsaved.delete(id)
    }
    inBackground(store.deleteAudits(dropped.map(({ id }) => id)))
  }

  function isNew(key: string): boolean {
    if (counted.has(key)) return false
    counted.add(key)
    const [oldest] = counted
    if (counted.size > MOST_REMEMBERED && oldest !== undefined) counted.delete(oldest)
    return true
  }

  return {
    async load() {
      for (const row of await store.loadAudits()) rows.set(row.id, row)
    },
    noteAnswer(receipt) {
      if (isNew(`answer ${receipt.id}`)) save(answersIn(receipt).flatMap(note))
    },
    noteCost(receipt) {
      const cost = costIn(receipt)
      if (cost !== null && isNew(`cost ${receipt.id}`)) save(note(cost))
    },
    notePing: (url, answered) => save(note({ url, model: '', observation: { ping: answered } satisfies Observation })),
    of(url, model) {
      const empty = emptyRow(url, model.toLowerCase(), now())
      return fadedTo(rows.get(empty.id) ?? empty, now())
    },
  }
}
