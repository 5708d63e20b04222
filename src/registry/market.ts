/** The registry's memory: who there is, what they sell, and which of several claims to one address counts. Pure of I/O. */
import type { Model, Offer, Provider } from '../domain/offer.ts'
import { plainName, resolveModel, withoutDate } from '../protocol/catalogue.ts'
import { type ModelMapping, NO_MAPPING } from '../protocol/model-mapping.ts'
import { identityOf, isWithdrawn } from './entries.ts'
import type { Catalogue, RegistryEntry } from './store.ts'

/** Strangers can announce as much as they like; more than this we do not remember. */
const MAX_PROVIDERS = 10_000
/** Offers of a provider that has not answered for so long are not used. */
const MAX_SILENCE_MS = 24 * 60 * 60_000
/** One that was announced and has been silent for so long is not shown any more; after the second time it is forgotten. */
const HIDDEN_AFTER_MS = 7 * 24 * 60 * 60_000
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60_000

export interface Market {
  entries(): readonly RegistryEntry[]
  entry(id: string): RegistryEntry | undefined
  /** Everything this key announces. */
  entriesOf(pubkey: string): readonly RegistryEntry[]
  /** The announcement that speaks for it: its own, or for one added by hand that of the key its node names, for the same address. */
  announcementOf(id: string): RegistryEntry | undefined
  catalogue(id: string): Catalogue | undefined
  /** False when the book is full and nobody can be dropped for this one. @param drop told who had to go */
  put(entry: RegistryEntry, drop?: (id: string) => void): boolean
  putCatalogue(catalogue: Catalogue): void
  /** Which name is which, where no rule tells. */
  mapping(): ModelMapping
  setMapping(mapping: ModelMapping): void
  remove(id: string): void
  /** Announced, silent for a month, and nobody has touched them: they are dead. */
  forgotten(): readonly string[]
  /** One per address: the claim that counts. */
  providers(): readonly Provider[]
  offersFor(model: string, usable: (url: string) => boolean): readonly Offer[]
  models(usable: (url: string) => boolean): readonly { readonly id: string; readonly offers: readonly Offer[] }[]
}

/** @param now ms */
export function createMarket(now: () => number): Market {
  const entries = new Map<string, RegistryEntry>()
  const catalogues = new Map<string, Catalogue>()
  let mapping = NO_MAPPING
  const byKey = new Map<string, Set<string>>()
  /** Put together once after each change: every request asks. */
  let winners: readonly RegistryEntry[] | null = null
  /** `key address` → the announcement of that key. */
  let announced: ReadonlyMap<string, RegistryEntry> = new Map()

  function remove(id: string): void {
    const key = entries.get(id)?.provider.pubkey ?? ''
    const theirs = byKey.get(key)
    if (theirs?.delete(id) === true && theirs.size === 0) byKey.delete(key)
    entries.delete(id)
    catalogues.delete(id)
    winners = null
  }

  const silentSince = ({ provider, firstSeenAt }: RegistryEntry): number => provider.seenAt ?? firstSeenAt
  const isSilentFor = (entry: RegistryEntry, span: number): boolean =>
    entry.announced !== null && entry.provider.problem !== null && now() - silentSince(entry) > span

  /** Those taken back, then strangers that never answered, make room, the one met last first. */
  function makeRoom(drop: (id: string) => void): boolean {
    let victim: RegistryEntry | undefined
    const isWorse = (entry: RegistryEntry, than: RegistryEntry): boolean =>
      Number(isWithdrawn(entry)) - Number(isWithdrawn(than)) > 0 || (isWithdrawn(entry) === isWithdrawn(than) && entry.firstSeenAt > than.firstSeenAt)
    for (const entry of entries.values()) {
      const { source, seenAt, problem, blocked } = entry.provider
      if (source !== 'nostr' || blocked || (!isWithdrawn(entry) && (seenAt !== null || problem === null))) continue
      if (victim === undefined || isWorse(entry, victim)) victim = entry
    }
    if (victim === undefined) return false
    remove(victim.provider.id)
    drop(victim.provider.id)
    return true
  }

  function holders(): readonly RegistryEntry[] {
    if (winners !== null) return winners
    const found = new Map<string, RegistryEntry>()
    const byOwner = new Map<string, RegistryEntry>()
    for (const entry of entries.values()) {
      if (isWithdrawn(entry)) continue
      if (entry.announced !== null) for (const url of entry.urls) byOwner.set(`${entry.provider.pubkey} ${url}`, entry)
      const holder = found.get(entry.provider.url)
      if (holder === undefined || beats(entry, holder)) found.set(entry.provider.url, entry)
    }
    announced = byOwner
    winners = [...found.values()]
    return winners
  }

  const providers = (): readonly Provider[] =>
    holders().flatMap((entry) => (!entry.provider.blocked && isSilentFor(entry, HIDDEN_AFTER_MS) ? [] : [entry.provider]))

  function sellers(usable: (url: string) => boolean): readonly Seller[] {
    return providers().flatMap((provider) => {
      const catalogue = catalogues.get(provider.id)
      const isSilent = provider.problem !== null && now() - (provider.seenAt ?? 0) > MAX_SILENCE_MS
      if (catalogue === undefined || provider.blocked || provider.seenAt === null || isSilent || !usable(provider.url)) return []
      return [{ provider, catalogue }]
    })
  }

  return {
    entries: () => [...entries.values()],
    entry: (id) => entries.get(id),
    catalogue: (id) => catalogues.get(id),
    announcementOf(id) {
      const entry = entries.get(id)
      if (entry === undefined || entry.announced !== null) return entry
      if (entry.infoKey === null) return undefined
      holders()
      return announced.get(`${entry.infoKey} ${entry.provider.url}`)
    },
    entriesOf: (pubkey) => [...(byKey.get(pubkey) ?? [])].flatMap((id) => entries.get(id) ?? []),
    forgotten: () => [...entries.values()].filter((entry) => !entry.provider.blocked && isSilentFor(entry, FORGOTTEN_AFTER_MS)).map(({ provider }) => provider.id),
    put(entry, drop = () => undefined) {
      const { id, pubkey, source } = entry.provider
      const isNew = !entries.has(id)
      if (isNew && entries.size >= MAX_PROVIDERS && source === 'nostr' && !makeRoom(drop)) return false
      entries.set(id, entry)
      if (pubkey !== null) byKey.set(pubkey, (byKey.get(pubkey) ?? new Set()).add(id))
      winners = null
      return true
    },
    putCatalogue: (catalogue) => void catalogues.set(catalogue.providerId, catalogue),
    mapping: () => mapping,
    setMapping(next) {
      mapping = next
    },
    remove,
    providers,
    offersFor: (asked, usable) => offersAmong(sellers(usable), asked, mapping),
    models(usable) {
      const open = sellers(usable)
      const listed = open.flatMap(({ catalogue }) => catalogue.models.filter((model) => model.price !== null))
      return canonicalNames(listed, mapping).flatMap((id) => {
        const offers = offersAmong(open, id, mapping)
        return offers.length === 0 ? [] : [{ id, offers }]
      })
    },
  }
}

interface Seller {
  readonly provider: Provider
  readonly catalogue: Catalogue
}

function offersAmong(sellers: readonly Seller[], asked: string, mapping: ModelMapping): readonly Offer[] {
  return sellers.flatMap(({ provider, catalogue }) => {
    const model = resolveModel(catalogue.models, asked, mapping)
    return model === null || model.price === null ? [] : [toOffer(provider, model, catalogue.at)]
  })
}

/**
 * Added by hand beats announced, a proven owner beats any other key, and one whom the node contradicts comes after all. Beside
 * that an address stays with the key that announced it first; what only a directory says comes last. Who has not been asked yet
 * takes nothing from one who has answered.
 */
function beats(challenger: RegistryEntry, holder: RegistryEntry): boolean {
  const answered = (entry: RegistryEntry): boolean => entry.provider.seenAt !== null
  if (answered(challenger) !== answered(holder)) return answered(challenger)
  if (rank(challenger) !== rank(holder)) return rank(challenger) > rank(holder)
  return challenger.firstSeenAt < holder.firstSeenAt
}

function rank(entry: RegistryEntry): number {
  if (entry.provider.source === 'user' || entry.provider.source === 'devnet') return 4
  if (entry.provider.source !== 'nostr') return 1
  return { proven: 3, unproven: 2, contradicted: 0 }[identityOf(entry)]
}

/** Ids without vendor prefix, each once; a dated one only if nobody lists the same name without a date. */
function canonicalNames(models: readonly Model[], mapping: ModelMapping): readonly string[] {
  const names = new Map<string, string>()
  for (const model of models) {
    const plain = plainName(model.id)
    const name = mapping.canonicalOf(model.id.toLowerCase()) ?? mapping.canonicalOf(plain.toLowerCase()) ?? plain
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  const isCovered = (key: string): boolean => {
    const undated = withoutDate(key)
    return undated !== null && names.has(undated)
  }
  return [...names]
    .filter(([key]) => !isCovered(key))
    .map(([, name]) => name)
    .sort((a, b) => a.localeCompare(b))
}

function toOffer(provider: Provider, model: Model, at: number): Offer {
  return { providerId: provider.id, providerUrl: provider.url, providerName: provider.name, mints: provider.mints, model, at }
}
