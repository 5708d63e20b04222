/** What is known of sellers, brought together for the choice and for the screens: own audits, settles, the user's own word. */
import { NO_ODDS, type PublishedAudit } from '../domain/audit.ts'
import { inBackground } from '../domain/in-background.ts'
import type { Offer, Provider } from '../domain/offer.ts'
import type { Standing } from '../domain/standing.ts'
import type { TrustScore } from '../domain/trust.ts'
import type { Sellers } from '../engine/choosing.ts'
import type { EngineStore } from '../engine/store.ts'
import { npubToHex } from '../protocol/announcement.ts'
import type { Known } from '../routing/known.ts'
import { createSpread } from '../routing/spread.ts'
import { toldOf } from '../trust/audit-event.ts'
import { createAudits } from '../trust/audits.ts'
import type { ReadEvents } from '../trust/follow-lists.ts'
import { experienceOf } from '../trust/known.ts'
import { type CountEvents, createFollowers, followerParts } from '../trust/followers.ts'
import { createReviewer, REVIEWER } from '../trust/reviewer.ts'
import { createPeople } from '../trust/people.ts'
import { favouritePart, ownParts, scoreOf } from '../trust/score.ts'
import type { TrustStore } from '../trust/store.ts'

export interface Judging {
  /** The engine's memory, listened to: each receipt is an observation. */
  readonly store: EngineStore
  readonly sellers: Sellers
  /** What the registry has asked for free since the last time. */
  notePings(providers: readonly Provider[]): void
  /** What this browser has measured of it, as one may tell others; null: nothing. */
  told(provider: { readonly id: string; readonly url: string }): Promise<PublishedAudit | null>
  /** For a provider's page. */
  scores(): Promise<(provider: { readonly id: string; readonly url: string }) => TrustScore>
}

/** Counts fade over hours: half a minute changes nothing. Everything that is learned counts at once. */
const REMEMBERED_MS = 30_000
const MOST_REMEMBERED = 20_000

export function createJudging(world: {
  readonly store: TrustStore
  readonly engineStore: EngineStore
  readonly standings: () => Promise<readonly Standing[]>
  /** The user's npub; null: not told. */
  readonly npub: () => string | null
  /** Ids of providers. */
  readonly favourites: () => readonly string[]
  readonly read: ReadEvents
  /** The relays that `read` asks. */
  readonly relays: () => readonly string[]
  readonly count: CountEvents
  /** Under which id people speak of a provider; null: nobody can. */
  readonly spokenOf: (providerId: string) => string | null
  readonly now: () => number
  readonly onChange: () => void
}): Judging {
  const { engineStore, standings, now } = world
  const people = createPeople({ store: world.store, read: world.read, relays: world.relays, now, onChange: heard })
  const audits = createAudits({ store: world.store, now })
  const reviewer = createReviewer({ store: world.store, read: world.read, now, author: REVIEWER, onChange: heard })
  const followers = createFollowers({ store: world.store, count: world.count, read: world.read, now, onChange: heard })
  const pinged = new Map<string, Pick<Provider, 'seenAt' | 'problem'>>()
  let loading: Promise<void> | null = null
  /** Working out what is known of ten thousand offers for each request would take longer than choosing among them. */
  const remembered = new Map<string, { readonly known: Known; readonly mark: string; readonly at: number }>()

  function heard(): void {
    remembered.clear()
    world.onChange()
  }

  function ready(): Promise<void> {
    loading ??= Promise.all([audits.load(), people.load(), reviewer.load(), followers.load()]).then(() => undefined)
    return loading
  }

  /** Beside, never before an answer. */
  function hearPeople(): void {
    const npub = world.npub()
    inBackground(ready().then(() => Promise.all([people.refresh(npub === null ? null : npubToHex(npub)), reviewer.refresh()])))
  }

  /** Of those that answer; once a day each. */
  function countFollowers(providers: readonly Provider[]): void {
    const keys = providers.flatMap(({ id, seenAt }) => (seenAt === null ? [] : (world.spokenOf(id) ?? [])))
    inBackground(ready().then(() => followers.refresh([...new Set(keys.map(keyOf))])))
  }

  async function standingsById(): Promise<ReadonlyMap<string, Standing>> {
    return new Map((await standings()).map((standing) => [standing.providerId, standing]))
  }

  function scoreAt(id: string, url: string, standing: Standing | undefined): TrustScore {
    const whole = audits.of(url, '')
    const spoken = world.spokenOf(id)
    const own = ownParts(experienceOf(whole, whole, standing, now()), whole, standing)
    const liked = world.favourites().includes(id) ? [favouritePart()] : []
    if (spoken === null) return scoreOf([...liked, ...own], null)
    const { parts, hops } = people.about(spoken)
    const key = keyOf(spoken)
    const review = reviewer.about(key)
    return scoreOf([...liked, ...own, ...parts, ...(review === null ? [] : [review]), ...followerParts(followers.about(key), people.hopsTo(key))], hops)
  }

  async function known(): Promise<(model: string) => (offer: Offer) => Known> {
    await ready()
    hearPeople()
    const settles = await standingsById()
    return (model) => (offer) => {
      const standing = settles.get(offer.providerId)
      const key = `${offer.providerUrl} ${model}`
      const mark = `${standing?.right} ${standing?.mismatches.length} ${world.favourites().includes(offer.providerId)}`
      const before = remembered.get(key)
      if (before !== undefined && before.mark === mark && Math.abs(now() - before.at) < REMEMBERED_MS) return before.known
      const { score, hops } = scoreAt(offer.providerId, offer.providerUrl, standing)
      const known: Known = { ...experienceOf(audits.of(offer.providerUrl, ''), audits.of(offer.providerUrl, model), standing, now()), trust: score / 100, hops }
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(key, { known, mark, at: now() })
      return known
    }
  }

  return {
    store: {
      ...engineStore,
      async saveReceipt(receipt) {
        await engineStore.saveReceipt(receipt)
        // saved before each attempt as well; it is over when it has an end, or an answer that broke
        if (receipt.state === 'interrupted' && !receipt.attempts.some(({ outcome }) => outcome === 'answered')) return
        await ready()
        audits.noteAnswer(receipt)
        audits.noteCost(receipt)
        remembered.clear()
      },
      async changeReceipt(id, change) {
        await engineStore.changeReceipt(id, change)
        const receipt = await engineStore.receipt(id)
        if (receipt !== undefined) await ready().then(() => audits.noteCost(receipt))
        remembered.clear()
      },
    },
    sellers: {
      spread: createSpread(),
      known,
    },
    notePings(providers) {
      countFollowers(providers)
      for (const { url, seenAt, problem } of providers) {
        const before = pinged.get(url)
        pinged.set(url, { seenAt, problem })
        if (before === undefined) continue
        const answered = seenAt !== null && seenAt !== before.seenAt
        // never before the saved counts are there: they would be written over
        if (answered || (problem !== null && before.problem === null)) inBackground(ready().then(() => audits.notePing(url, answered)))
      }
    },
    async told({ id, url }) {
      await ready()
      // pings are cheap to answer, and everybody's own
      const whole = { ...audits.of(url, ''), pings: NO_ODDS }
      return toldOf(experienceOf(whole, whole, (await standingsById()).get(id), now()))
    },
    async scores() {
      await ready()
      hearPeople()
      const settles = await standingsById()
      return ({ id, url }) => scoreAt(id, url, settles.get(id))
    },
  }
}

/** Of `pubkey:d`. */
function keyOf(spoken: string): string {
  return spoken.slice(0, spoken.indexOf(':'))
}
