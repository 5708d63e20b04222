/** What the relays tell, put into the book: announcements, wishes to delete, names. Written down in batches. */
import { inBackground } from '../domain/in-background.ts'
import type { AddressPolicy } from '../domain/network-address.ts'
import { ANNOUNCEMENT_KIND, DELETION_KIND, providerIdOf, readAnnouncement, readWithdrawal } from '../protocol/announcement.ts'
import { MAPPING_KIND, modelMapping, readModelMapping } from '../protocol/model-mapping.ts'
import type { NostrEvent } from '../protocol/nostr-event.ts'
import { PROFILE_KIND, readProfile } from '../protocol/profile.ts'
import { announcedEntry } from './entries.ts'
import type { Market } from './market.ts'
import type { RegistryEntry, RegistryStore } from './store.ts'

export interface Hearing {
  /** Worth checking its signature? Also notes that this relay has it. */
  isWanted(event: NostrEvent, relay: string): boolean
  /** @param event its signature is checked */
  take(event: NostrEvent, relay: string): void
  /** The list of names that was kept. */
  load(): Promise<void>
  /** Writes what is not written yet. */
  flush(): Promise<void>
  /** Keys whose names are not known yet and would be of use. */
  nameless(): readonly string[]
}

export interface HearingWorld {
  readonly market: Market
  readonly store: RegistryStore
  /** ms */
  readonly now: () => number
  readonly policy: () => AddressPolicy
  /** Whose list of model names counts, hex. */
  readonly mappingAuthor: string
  /** A provider is new, or at another address than before. */
  readonly onNews: (id: string) => void
  readonly changed: () => void
}

const SAVE_AFTER_MS = 250
const SAVED_AT_ONCE = 200
const MAX_RELAYS_NOTED = 8
const MAX_VOIDS = 4_000
const MAX_NAMES_ASKED = 200

export function createHearing(world: HearingWorld): Hearing {
  const { market, store, now } = world
  const unsaved = new Map<string, RegistryEntry>()
  const dropped = new Set<string>()
  /** Provider, or author and event, → every announcement up to then is void, s. Wishes to delete may come before what they delete. */
  const voids = new Map<string, number>()
  /** `created_at` of the list of model names in use, s. */
  let mappedAt = -1
  let timer: ReturnType<typeof setTimeout> | undefined

  function put(entry: RegistryEntry): boolean {
    const isIn = market.put(entry, (id) => {
      dropped.add(id)
      unsaved.delete(id)
    })
    if (isIn) save(entry)
    return isIn
  }

  function save(entry: RegistryEntry): void {
    unsaved.set(entry.provider.id, entry)
    dropped.delete(entry.provider.id)
    timer ??= setTimeout(() => inBackground(flush()), SAVE_AFTER_MS)
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    // as they are now, not as they were when they were heard of
    const entries = [...unsaved.keys()].flatMap((id) => market.entry(id) ?? [])
    const gone = [...dropped]
    unsaved.clear()
    dropped.clear()
    if (gone.length > 0) await store.deleteProviders(gone)
    // thousands written at once would be copied at once, and nobody else had a turn meanwhile
    for (let from = 0; from < entries.length; from += SAVED_AT_ONCE) await store.saveProviders(entries.slice(from, from + SAVED_AT_ONCE))
  }

  function noteRelay(id: string, event: NostrEvent, relay: string): void {
    const entry = market.entry(id)
    const { announced } = entry ?? {}
    if (entry === undefined || announced == null || announced.eventId !== event.id) return
    if (announced.relays.includes(relay) || announced.relays.length >= MAX_RELAYS_NOTED) return
    put({ ...entry, announced: { ...announced, relays: [...announced.relays, relay] } })
  }

  function takeAnnouncement(event: NostrEvent, relay: string): void {
    const announcement = readAnnouncement(event, world.policy())
    if (announcement === null) return
    const id = `${announcement.pubkey}:${announcement.d}`
    const before = market.entry(id)
    const withdrawnAt = Math.max(before?.withdrawnAt ?? -1, voids.get(id) ?? -1, voids.get(`${event.pubkey} ${event.id}`) ?? -1)
    const entry = { ...announcedEntry(announcement, relay, before, now()), withdrawnAt: withdrawnAt < 0 ? null : withdrawnAt }
    if (!put(entry)) return
    world.changed()
    if (!entry.provider.blocked && entry.provider.url !== before?.provider.url) world.onNews(id)
  }

  function takeWithdrawal(event: NostrEvent): void {
    const withdrawal = readWithdrawal(event)
    if (withdrawal === null) return
    const { pubkey, providerIds, eventIds, createdAt } = withdrawal
    for (const id of [...providerIds, ...eventIds.map((eventId) => `${pubkey} ${eventId}`)]) voids.set(id, Math.max(createdAt, voids.get(id) ?? -1))
    for (const oldest of [...voids.keys()].slice(0, Math.max(0, voids.size - MAX_VOIDS))) voids.delete(oldest)
    for (const entry of market.entriesOf(pubkey)) {
      const { announced } = entry
      if (announced === null) continue
      const until = providerIds.includes(entry.provider.id) ? createdAt : eventIds.includes(announced.eventId) ? announced.createdAt : null
      if (until !== null && until > (entry.withdrawnAt ?? -1)) put({ ...entry, withdrawnAt: until })
    }
    world.changed()
  }

  function takeMapping(event: NostrEvent): void {
    const mapping = readModelMapping(event)
    if (mapping === null) return
    mappedAt = mapping.createdAt
    market.setMapping(modelMapping(mapping))
    inBackground(store.saveMapping(mapping))
    world.changed()
  }

  function isNewWithdrawal(event: NostrEvent): boolean {
    const withdrawal = readWithdrawal(event)
    if (withdrawal === null) return false
    const { pubkey, providerIds, eventIds, createdAt } = withdrawal
    return [...providerIds, ...eventIds.map((id) => `${pubkey} ${id}`)].some((id) => (voids.get(id) ?? -1) < createdAt)
  }

  function takeProfile(event: NostrEvent): void {
    const profile = readProfile(event)
    if (profile === null) return
    for (const entry of market.entriesOf(event.pubkey)) put({ ...entry, profile })
    world.changed()
  }

  return {
    isWanted(event, relay) {
      if (event.kind === MAPPING_KIND) return event.pubkey === world.mappingAuthor && event.created_at > mappedAt
      if (event.kind === DELETION_KIND) return isNewWithdrawal(event)
      if (event.kind === PROFILE_KIND) {
        const [theirs] = market.entriesOf(event.pubkey)
        return theirs !== undefined && (theirs.profile?.createdAt ?? -1) < event.created_at
      }
      const id = event.kind === ANNOUNCEMENT_KIND ? providerIdOf(event) : null
      if (id === null) return false
      const known = market.entry(id)
      if (known === undefined || (known.announced?.createdAt ?? -1) < event.created_at) return true
      noteRelay(id, event, relay)
      return false
    },
    take(event, relay) {
      if (event.kind === ANNOUNCEMENT_KIND) takeAnnouncement(event, relay)
      else if (event.kind === DELETION_KIND) takeWithdrawal(event)
      else if (event.kind === PROFILE_KIND) takeProfile(event)
      else if (event.kind === MAPPING_KIND) takeMapping(event)
    },
    async load() {
      const saved = await store.loadMapping()
      if (saved === null || saved.createdAt <= mappedAt) return
      mappedAt = saved.createdAt
      market.setMapping(modelMapping(saved))
    },
    flush,
    nameless: () => [
      ...new Set(
        market
          .entries()
          .flatMap(({ provider, profile }) => (provider.pubkey !== null && provider.seenAt !== null && profile === null ? [provider.pubkey] : []))
          .slice(0, MAX_NAMES_ASKED),
      ),
    ],
  }
}
