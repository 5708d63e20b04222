/** The registry's memory: who there is, what they sell, and which of several claims to one address counts. Pure of I/O. */
import type { Model, Offer, Provider } from '../domain/offer.ts'
import { plainName, resolveModel, withoutDate } from '../protocol/catalogue.ts'
import type { Catalogue, RegistryEntry } from './store.ts'

/** Strangers can announce as much as they like; more than this we do not remember. */
const MAX_PROVIDERS = 300
/** Offers of a provider that has not answered for so long are not used. */
const MAX_SILENCE_MS = 24 * 60 * 60_000

export interface Market {
  entries(): readonly RegistryEntry[]
  entry(id: string): RegistryEntry | undefined
  catalogue(id: string): Catalogue | undefined
  /** False when the book is full and nobody can be dropped for this one. @param drop told who had to go */
  put(entry: RegistryEntry, drop?: (id: string) => void): boolean
  putCatalogue(catalogue: Catalogue): void
  remove(id: string): void
  /** One per address: the claim that counts. */
  providers(): readonly Provider[]
  offersFor(model: string, usable: (url: string) => boolean): readonly Offer[]
  models(usable: (url: string) => boolean): readonly { readonly id: string; readonly offers: readonly Offer[] }[]
}

/** @param now ms */
export function createMarket(now: () => number): Market {
  const entries = new Map<string, RegistryEntry>()
  const catalogues = new Map<string, Catalogue>()

  function remove(id: string): void {
    entries.delete(id)
    catalogues.delete(id)
  }

  /** Strangers that never answered make room, the one met last first. */
  function makeRoom(drop: (id: string) => void): boolean {
    const strangers = [...entries.values()].filter(
      ({ provider }) => provider.source === 'nostr' && provider.seenAt === null && provider.problem !== null && !provider.blocked,
    )
    const victim = strangers.sort((a, b) => b.firstSeenAt - a.firstSeenAt)[0]
    if (victim === undefined) return false
    remove(victim.provider.id)
    drop(victim.provider.id)
    return true
  }

  function providers(): readonly Provider[] {
    const winners = new Map<string, RegistryEntry>()
    for (const entry of entries.values()) {
      const holder = winners.get(entry.provider.url)
      if (holder === undefined || beats(entry, holder)) winners.set(entry.provider.url, entry)
    }
    return [...winners.values()].map((entry) => entry.provider)
  }

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
    put(entry, drop = () => undefined) {
      const isNew = !entries.has(entry.provider.id)
      if (isNew && entries.size >= MAX_PROVIDERS && entry.provider.source === 'nostr' && !makeRoom(drop)) return false
      entries.set(entry.provider.id, entry)
      return true
    },
    putCatalogue: (catalogue) => void catalogues.set(catalogue.providerId, catalogue),
    remove,
    providers,
    offersFor: (asked, usable) => offersAmong(sellers(usable), asked),
    models(usable) {
      const open = sellers(usable)
      const listed = open.flatMap(({ catalogue }) => catalogue.models.filter((model) => model.price !== null))
      return canonicalNames(listed).flatMap((id) => {
        const offers = offersAmong(open, id)
        return offers.length === 0 ? [] : [{ id, offers }]
      })
    },
  }
}

interface Seller {
  readonly provider: Provider
  readonly catalogue: Catalogue
}

function offersAmong(sellers: readonly Seller[], asked: string): readonly Offer[] {
  return sellers.flatMap(({ provider, catalogue }) => {
    const model = resolveModel(catalogue.models, asked)
    return model === null || model.price === null ? [] : [toOffer(provider, model, catalogue.at)]
  })
}

/** Added by hand beats announced, proven owner beats anybody, otherwise whoever came first. */
function beats(challenger: RegistryEntry, holder: RegistryEntry): boolean {
  const rank = (entry: RegistryEntry): number => (entry.provider.source !== 'nostr' ? 2 : entry.ownsAddress ? 1 : 0)
  if (rank(challenger) !== rank(holder)) return rank(challenger) > rank(holder)
  return challenger.firstSeenAt < holder.firstSeenAt
}

/** Ids without vendor prefix, each once; a dated one only if nobody lists the same name without a date. */
function canonicalNames(models: readonly Model[]): readonly string[] {
  const names = new Map<string, string>()
  for (const model of models) {
    const name = plainName(model.id)
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
