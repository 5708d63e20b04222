/**
 * What people say of providers. Kind 38000 (NIP-87, RIP-02): `k` = 38421, `a` names the announcement; a recommendation unless it warns: a tag
 * `rating` below zero, or a label (`l`) that does. Audits (audit-event.ts) are heard with them, and the wish to delete either (NIP-09).
 */
import type { PublishedAudit } from '../domain/audit.ts'
import { inPortions } from '../domain/in-portions.ts'
import { AUDIT_KIND, readAudit } from './audit-event.ts'
import { isSigned, parsedEvent, type SignedEvent } from './signed-event.ts'
import { WORD_KIND } from './word-events.ts'

const DELETION_KIND = 5
/** Words, audits, and deletions of either: the `k` of a deletion is the kind it is about. */
export const WORDS_FILTER = { kinds: [WORD_KIND, AUDIT_KIND, DELETION_KIND], '#k': ['38421', String(WORD_KIND), String(AUDIT_KIND)] } as const

export interface Heard {
  readonly author: string
  /** `pubkey:d` of the announcement. */
  readonly providerId: string
  /** s */
  readonly at: number
  /** Of the event. */
  readonly id: string
  /** `kind:author:d` of the event. */
  readonly address: string
}

export interface Recommendation extends Heard {
  readonly warns: boolean
}

export interface HeardAudit extends Heard {
  readonly audit: PublishedAudit
}

export interface Deletion {
  readonly author: string
  readonly at: number
  readonly ids: readonly string[]
  readonly addresses: readonly string[]
}

export interface HeardWords {
  readonly words: readonly Recommendation[]
  readonly audits: readonly HeardAudit[]
  readonly deletions: readonly Deletion[]
}

const WARNINGS: ReadonlySet<string> = new Set(['suspicious', 'avoid', 'blacklisted', 'removed', 'warning', 'scam'])

/** Sorts what relays sent; forgeries and everything else are left out. @param isHeard whose events are worth checking @param known ids that were checked before */
export async function readWords(events: readonly unknown[], isHeard: (author: string) => boolean, known: ReadonlySet<string>, nowSeconds: number): Promise<HeardWords> {
  const found = { words: [] as Recommendation[], audits: [] as HeardAudit[], deletions: [] as Deletion[] }
  await inPortions(events, (each) => {
    // the signature is slow: strangers are not even checked
    if (!isHeard(authorOf(each))) return
    const event = parsedEvent(each, nowSeconds)
    if (event === null || known.has(event.id) || !isSigned(event)) return
    if (event.kind === DELETION_KIND) found.deletions.push(deletionIn(event))
    if (event.kind === WORD_KIND) found.words.push(...wordIn(event))
    if (event.kind === AUDIT_KIND) found.audits.push(...auditIn(event))
  })
  return found
}

/** The newest of each key about each provider, without those that were taken back. */
export function latestOf<T extends Heard>(heard: readonly T[], deletions: readonly Deletion[]): readonly T[] {
  const latest = new Map<string, T>()
  for (const one of heard) {
    const key = `${one.author} ${one.providerId}`
    if ((latest.get(key)?.at ?? -1) < one.at) latest.set(key, one)
  }
  const isGone = ({ author, id, address, at }: Heard): boolean =>
    deletions.some((deletion) => deletion.author === author && (deletion.ids.includes(id) || (deletion.addresses.includes(address) && at <= deletion.at)))
  return [...latest.values()].filter((one) => !isGone(one))
}

function authorOf(event: unknown): string {
  return typeof event === 'object' && event !== null && 'pubkey' in event && typeof event.pubkey === 'string' ? event.pubkey : ''
}

const tagOf = (event: SignedEvent, name: string): string => event.tags.find(([tag]) => tag === name)?.[1] ?? ''

function heardIn(event: SignedEvent): Heard | null {
  const about = /^38421:([0-9a-f]{64}:.{1,128})$/.exec(tagOf(event, 'a'))
  if (tagOf(event, 'k') !== '38421' || about?.[1] === undefined) return null
  return { author: event.pubkey, providerId: about[1], at: event.created_at, id: event.id, address: `${event.kind}:${event.pubkey}:${tagOf(event, 'd')}` }
}

function wordIn(event: SignedEvent): Recommendation[] {
  const heard = heardIn(event)
  const labels = event.tags.flatMap(([tag, label]) => (tag === 'l' && label !== undefined ? [label.toLowerCase()] : []))
  return heard === null ? [] : [{ ...heard, warns: Number(tagOf(event, 'rating') || 1) < 0 || labels.some((label) => WARNINGS.has(label)) }]
}

function auditIn(event: SignedEvent): HeardAudit[] {
  const heard = heardIn(event)
  const audit = readAudit(event.content)
  return heard === null || audit === null ? [] : [{ ...heard, audit }]
}

function deletionIn({ pubkey, created_at, tags }: SignedEvent): Deletion {
  const values = (name: string): string[] => tags.flatMap(([tag, value]) => (tag === name && value !== undefined ? [value] : []))
  return { author: pubkey, at: created_at, ids: values('e'), addresses: values('a') }
}
