/** How a provider's entry comes about: announced, added by hand, answered. Pure. */
import type { Provider } from '../domain/offer.ts'
import { npubToHex, type Announcement } from '../protocol/announcement.ts'
import type { ProbeResult } from './probe.ts'
import type { RegistryEntry } from './store.ts'

/** The newest announcement of a key and `d`; what probes and the user have said before is kept. @param now ms */
export function announcedEntry(announcement: Announcement, known: RegistryEntry | undefined, now: number): RegistryEntry {
  const first = announcement.urls[0] ?? ''
  // the address in use stays while it is still announced
  const url = known !== undefined && announcement.urls.includes(known.provider.url) ? known.provider.url : first
  const provider: Provider = {
    id: `${announcement.pubkey}:${announcement.d}`,
    url,
    name: announcement.name === '' ? hostOf(url) : announcement.name,
    about: announcement.about,
    pubkey: announcement.pubkey,
    mints: known?.provider.url === url ? known.provider.mints : announcement.mints,
    version: announcement.version,
    source: 'nostr',
    seenAt: known?.provider.url === url ? known.provider.seenAt : null,
    problem: known?.provider.url === url ? known.provider.problem : null,
    blocked: known?.provider.blocked ?? false,
  }
  return {
    provider,
    urls: announcement.urls,
    announcedAt: announcement.createdAt,
    firstSeenAt: known?.firstSeenAt ?? now,
    ownsAddress: known?.provider.url === url && known.ownsAddress,
  }
}

/** @param firstSeenAt ms */
export function handAddedEntry(url: string, source: 'user' | 'devnet', firstSeenAt: number): RegistryEntry {
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
  return { provider, urls: [url], announcedAt: null, firstSeenAt, ownsAddress: false }
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
  const owner = info.npub === null ? null : npubToHex(info.npub)
  return { ...entry, ownsAddress: owner !== null && owner === current.provider.pubkey }
}

export function withProvider(entry: RegistryEntry, changes: Partial<Provider>): RegistryEntry {
  return { ...entry, provider: { ...entry.provider, ...changes } }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url
}
