/** How a provider's entry comes about: announced, added by hand, answered, taken back. Pure. */
import type { Provider } from '../domain/offer.ts'
import type { ProviderRecord } from '../domain/provider-record.ts'
import { npubToHex, type Announcement } from '../protocol/announcement.ts'
import type { ProbeResult } from './probe.ts'
import type { RegistryEntry } from './store.ts'

/** The newest announcement of a key and `d`; what probes and the user have said before is kept. @param now ms */
export function announcedEntry(announcement: Announcement, relay: string, known: RegistryEntry | undefined, now: number): RegistryEntry {
  const first = announcement.urls[0] ?? announcement.onions[0] ?? ''
  // the address in use stays while it is still announced
  const url = known !== undefined && announcement.urls.includes(known.provider.url) ? known.provider.url : first
  const same = known?.provider.url === url ? known : undefined
  const provider: Provider = {
    id: `${announcement.pubkey}:${announcement.d}`,
    url,
    name: announcement.name === '' ? hostOf(url) : announcement.name,
    about: announcement.about,
    pubkey: announcement.pubkey,
    mints: same?.provider.mints ?? announcement.mints,
    version: announcement.version,
    source: 'nostr',
    seenAt: same?.provider.seenAt ?? null,
    problem: announcement.urls.length === 0 ? 'it is in Tor only, where this extension does not go' : (same?.provider.problem ?? null),
    blocked: known?.provider.blocked ?? false,
  }
  const { id: eventId, createdAt, onions, mints, version } = announcement
  return {
    provider,
    urls: announcement.urls,
    announced: { eventId, createdAt, relays: [relay], onions, mints, version },
    firstSeenAt: known?.firstSeenAt ?? now,
    infoKey: same?.infoKey ?? null,
    failures: same?.failures ?? 0,
    withdrawnAt: known?.withdrawnAt ?? null,
    profile: known?.profile ?? null,
  }
}

/** @param now ms */
export function listedEntry(url: string, source: Exclude<Provider['source'], 'nostr'>, now: number): RegistryEntry {
  const provider: Provider = {
    id: `url:${url}`,
    url,
    name: hostOf(url),
    about: '',
    pubkey: null,
    mints: [],
    version: '',
    source,
    seenAt: null,
    problem: null,
    blocked: false,
  }
  return { provider, urls: [url], announced: null, firstSeenAt: now, infoKey: null, failures: 0, withdrawnAt: null, profile: null }
}

/** After a probe that answered: the node's own words count for name, mints and version. @param now ms */
export function answeredEntry(current: RegistryEntry, answer: Extract<ProbeResult, { kind: 'answered' }>, now: number): RegistryEntry {
  const { info, url } = answer
  const entry = withProvider(current, {
    url,
    name: info.name === '' ? current.provider.name : info.name,
    about: info.about === '' ? current.provider.about : info.about,
    mints: info.mints,
    version: info.version,
    seenAt: now,
    problem: null,
  })
  return { ...entry, infoKey: info.npub === null ? null : npubToHex(info.npub), failures: 0 }
}

export function failedEntry(current: RegistryEntry, problem: string): RegistryEntry {
  return { ...withProvider(current, { problem }), failures: current.failures + 1 }
}

export function withProvider(entry: RegistryEntry, changes: Partial<Provider>): RegistryEntry {
  return { ...entry, provider: { ...entry.provider, ...changes } }
}

/**
 * Does the node at this address name the key that announces it? `contradicted`: it names another one, so the announcement
 * speaks for somebody else's node. `unproven`: it names none, or was not asked yet.
 */
export function identityOf({ provider, infoKey }: RegistryEntry): 'proven' | 'unproven' | 'contradicted' {
  if (provider.pubkey === null || infoKey === null) return 'unproven'
  return infoKey === provider.pubkey ? 'proven' : 'contradicted'
}

/** Its author does not offer it any more. */
export function isWithdrawn({ announced, withdrawnAt }: RegistryEntry): boolean {
  return announced !== null && withdrawnAt !== null && announced.createdAt <= withdrawnAt
}

/** For the provider's own page. @param announcement the one that speaks for it, also for one added by hand @param catalogueAt ms */
export function recordOf(entry: RegistryEntry, announcement: RegistryEntry | undefined, catalogueAt: number | null): ProviderRecord {
  const { provider, urls, firstSeenAt, infoKey, failures } = entry
  const { announced = null, profile = null } = announcement ?? {}
  const pubkey = announcement?.provider.pubkey ?? null
  return {
    provider: { ...provider, pubkey },
    ...{ announcement: announced, urls, firstSeenAt, infoKey, failures, profile, catalogueAt },
    identity: identityOf({ ...entry, provider: { ...provider, pubkey } }),
    withdrawn: isWithdrawn(entry),
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url
}
