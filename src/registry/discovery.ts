/** The live subscription: what is asked of which relay, and how far each has been read. */
import { inBackground } from '../domain/in-background.ts'
import { isSafeAddress, type AddressPolicy } from '../domain/network-address.ts'
import type { RelayHealth } from '../domain/relay-health.ts'
import { ANNOUNCEMENT_KIND, DELETION_KIND } from '../protocol/announcement.ts'
import { MAPPING_AUTHOR, MAPPING_D, MAPPING_KIND } from '../protocol/model-mapping.ts'
import type { NostrEvent } from '../protocol/nostr-event.ts'
import { PROFILE_KIND } from '../protocol/profile.ts'
import { createHearing } from './hearing.ts'
import { createIntake, type Intake } from './intake.ts'
import type { Market } from './market.ts'
import type { Filter } from './relay-connection.ts'
import type { RelaySubscription, SubscribeAnnouncements } from './relays.ts'
import type { RegistryStore, RelayMark } from './store.ts'

export interface Discovery {
  /** The list of model names that was kept (no network). */
  load(): Promise<void>
  /** Reads how far it came last time (no network), then subscribes. */
  start(): Promise<void>
  stop(): void
  /** Other relays, or other addresses allowed: everything anew. */
  again(): void
  /** Time has passed. */
  tick(): void
  relays(): readonly RelayHealth[]
}

export interface DiscoveryWorld {
  readonly market: Market
  readonly store: RegistryStore
  /** ms */
  readonly now: () => number
  readonly policy: () => AddressPolicy
  readonly relays: () => readonly string[]
  readonly subscribe: SubscribeAnnouncements
  /** Whose list of model names counts; Routstr's if not given. */
  readonly mappingAuthor?: string | undefined
  /** Every relay has been silent for a while. */
  readonly onSilence: () => void
  /** A provider is new, or at another address than before. */
  readonly onNews: (id: string) => void
  readonly changed: () => void
}

/** Events reach relays late; known ones cost nothing. */
const OVERLAP_SECONDS = 60 * 60
/** A healthy node's announcement may be months old and come to a relay today: now and then everything is read. */
const WHOLE_EVERY_MS = 24 * 60 * 60_000
const MARK_AFTER_MS = 1_000
const NAMES_AFTER_MS = 2_000
const SILENCE_AFTER_MS = 8_000

export function createDiscovery(world: DiscoveryWorld): Discovery {
  const { market, store, now } = world
  const marks = new Map<string, RelayMark>()
  const unsaved = new Set<string>()
  let subscription: RelaySubscription | null = null
  let intake: Intake | null = null
  let markTimer: ReturnType<typeof setTimeout> | undefined
  let namesTimer: ReturnType<typeof setTimeout> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined
  let running = false
  const askedFor = new Set<string>()

  const mappingAuthor = world.mappingAuthor ?? MAPPING_AUTHOR
  const hearing = createHearing({ market, store, now, policy: world.policy, mappingAuthor, onNews: world.onNews, changed: world.changed })

  function subscribe(): void {
    const relays = world.relays().filter((relay) => isSafeAddress(relay, world.policy(), 'wss:'))
    const opened = createIntake({
      nowSeconds: () => Math.floor(now() / 1000),
      isWanted: hearing.isWanted,
      take(event, relay) {
        hearing.take(event, relay)
        note(relay, event)
      },
      refuse: (relay, lie) => subscription?.refused(relay, lie),
    })
    intake = opened
    subscription = world.subscribe(relays, {
      question,
      onEvent: (relay, event) => opened.offer(relay, event),
      onCaughtUp: (relay) => inBackground(opened.idle().then(() => (intake === opened ? caughtUp(relay) : undefined))),
      onChange: world.changed,
    })
    clearTimeout(silenceTimer)
    silenceTimer = setTimeout(lookForSilence, SILENCE_AFTER_MS)
  }

  function lookForSilence(): void {
    if (subscription?.health().every(({ state }) => state !== 'connected') === true) world.onSilence()
  }

  function question(relay: string): readonly [Filter, ...Filter[]] {
    const mark = marks.get(relay)
    const since = mark === undefined || now() - mark.wholeAt > WHOLE_EVERY_MS || mark.wholeAt > now() ? {} : { since: mark.newest - OVERLAP_SECONDS }
    return [
      { kinds: [ANNOUNCEMENT_KIND], ...since },
      { kinds: [DELETION_KIND], '#k': [String(ANNOUNCEMENT_KIND)], ...since },
      { kinds: [MAPPING_KIND], authors: [mappingAuthor], '#d': [MAPPING_D] },
    ]
  }

  /** The authors' clocks say how far a relay was read: with our own a wrong one would skip what came meanwhile. */
  function note(relay: string, event: NostrEvent): void {
    const before = marks.get(relay)
    if (before !== undefined && event.created_at > before.newest) mark({ ...before, newest: event.created_at })
  }

  function caughtUp(relay: string): void {
    const newest = market.entries().reduce((latest, { announced }) => (announced?.relays.includes(relay) ? Math.max(latest, announced.createdAt) : latest), 0)
    const before = marks.get(relay)
    const wasWhole = before === undefined || now() - before.wholeAt > WHOLE_EVERY_MS || before.wholeAt > now()
    if (newest > 0) mark({ url: relay, newest: Math.max(newest, before?.newest ?? 0), wholeAt: wasWhole ? now() : before.wholeAt })
    askNames()
  }

  function mark(next: RelayMark): void {
    marks.set(next.url, next)
    unsaved.add(next.url)
    markTimer ??= setTimeout(() => inBackground(saveMarks()), MARK_AFTER_MS)
  }

  async function saveMarks(): Promise<void> {
    clearTimeout(markTimer)
    markTimer = undefined
    const urls = [...unsaved]
    unsaved.clear()
    // what it told is written before how far it was read
    await hearing.flush()
    for (const url of urls) {
      const next = marks.get(url)
      if (next !== undefined) await store.saveRelayMark(next)
    }
  }

  function askNames(): void {
    clearTimeout(namesTimer)
    namesTimer = setTimeout(() => {
      const authors = hearing.nameless().filter((key) => !askedFor.has(key))
      for (const key of authors) askedFor.add(key)
      if (authors.length > 0) subscription?.ask({ kinds: [PROFILE_KIND], authors, limit: authors.length })
    }, NAMES_AFTER_MS)
  }

  function close(): void {
    subscription?.stop()
    intake?.stop()
    subscription = null
    intake = null
    clearTimeout(namesTimer)
    clearTimeout(silenceTimer)
  }

  return {
    load: hearing.load,
    async start() {
      for (const known of await store.loadRelayMarks()) marks.set(known.url, known)
      running = true
      subscribe()
    },
    stop() {
      running = false
      close()
      inBackground(saveMarks())
    },
    again() {
      if (!running) return
      close()
      // an address that was not allowed before may be now
      marks.clear()
      askedFor.clear()
      subscribe()
    },
    tick() {
      askNames()
      lookForSilence()
    },
    relays: () => subscription?.health() ?? [],
  }
}
