/**
 * Routstr's published list of reviews (kind 38425, one author): tags `node` (the key of an announcement, may be several) and `t` (a label). The newest
 * review of a key counts. Peers take it as the only judge; here it is one voice among others (score.ts).
 */
import { inPortions } from '../domain/in-portions.ts'
import type { TrustPart } from '../domain/trust.ts'
import type { ReadEvents } from './follow-lists.ts'
import { checkedEvent } from './signed-event.ts'
import type { TrustStore } from './store.ts'

/** Routstr's key: the one whose list of model names is used as well. */
export const REVIEWER = '4ad6fa2d16e2a9b576c863b4cf7404a70d4dc320c0c447d10ad6ff58993eacc8'
const KIND = 38_425
const GOOD: ReadonlySet<string> = new Set(['trusted', 'verified', 'lgtm', 'lgtm2'])
const BAD: ReadonlySet<string> = new Set(['suspicious', 'avoid', 'blacklisted', 'removed'])
const OLD_MS = 6 * 3_600_000
const PAUSE_MS = 5 * 60_000
const MOST = 1_000
/** As much as a few observations of one's own. */
const WEIGHT = 1

/** What is kept. */
export interface ReviewsRow {
  /** ms */
  readonly at: number
  readonly reviews: readonly Review[]
}

interface Review {
  /** Key of the announcement. */
  readonly node: string
  readonly label: string
  /** s */
  readonly at: number
}

export interface Reviewer {
  load(): Promise<void>
  /** Reads anew what is older than six hours. */
  refresh(): Promise<void>
  /** @param key of the announcement */
  about(key: string): TrustPart | null
}

export function createReviewer(world: {
  readonly store: Pick<TrustStore, 'loadReviews' | 'saveReviews'>
  readonly read: ReadEvents
  readonly now: () => number
  readonly author: string
  readonly onChange: () => void
}): Reviewer {
  let row: ReviewsRow | null = null
  let labels: ReadonlyMap<string, Review> = new Map()
  let reading: Promise<void> | null = null
  let triedAt = Number.NEGATIVE_INFINITY

  function take(next: ReviewsRow | null): void {
    row = next
    labels = new Map(next?.reviews.map((review) => [review.node, review]) ?? [])
  }

  async function read(): Promise<void> {
    const events = await world.read({ kinds: [KIND], authors: [world.author] })
    if (events === null) return
    const found: Review[] = []
    await inPortions(events, (event) => void found.push(...reviewsIn(event, world.author, Math.floor(world.now() / 1000))))
    const latest = new Map<string, Review>()
    for (const review of [...(row?.reviews ?? []), ...found]) if ((latest.get(review.node)?.at ?? -1) < review.at) latest.set(review.node, review)
    take({ at: world.now(), reviews: [...latest.values()].toSorted((a, b) => b.at - a.at).slice(0, MOST) })
    if (row !== null) await world.store.saveReviews(row)
    world.onChange()
  }

  return {
    load: async () => take(await world.store.loadReviews()),
    async refresh() {
      if (row !== null && world.now() - row.at < OLD_MS) return
      if (reading === null && world.now() - triedAt < PAUSE_MS) return
      triedAt = world.now()
      reading ??= read().finally(() => {
        reading = null
      })
      await reading
    },
    about(key) {
      const label = labels.get(key)?.label
      if (label === undefined || !(GOOD.has(label) || BAD.has(label))) return null
      return { name: 'reviewer', value: GOOD.has(label) ? 1 : 0, weight: WEIGHT, says: `Routstr’s list says “${label}”` }
    },
  }
}

function reviewsIn(event: unknown, author: string, nowSeconds: number): Review[] {
  const checked = checkedEvent(event, nowSeconds)
  if (checked === null || checked.kind !== KIND || checked.pubkey !== author) return []
  const label = checked.tags.find(([name, value]) => name === 't' && value !== undefined && value !== '')?.[1]?.toLowerCase()
  if (label === undefined) return []
  return checked.tags.flatMap(([name, node]) => (name === 'node' && node !== undefined && /^[0-9a-f]{64}$/.test(node) ? [{ node, label, at: checked.created_at }] : []))
}
