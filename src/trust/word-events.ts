/**
 * The events of a word about a provider. Kind 38000 (NIP-87, RIP-02): `k` = 38421, `a` names the announcement, `u` its addresses; `rating` 1 or −1,
 * and a warning also bears the label `avoid`. Kind 5 (NIP-09) takes it back. Pure.
 */
import type { UnsignedEvent, Verdict, Word } from '../domain/word.ts'

export const WORD_KIND = 38_000
const DELETION_KIND = 5
const MOST_URLS = 4

/** What a word can be about: somebody has to be named who announces it. */
export interface Subject {
  /** `pubkey:d` of the announcement. */
  readonly providerId: string
  readonly urls: readonly string[]
}

/** Of the user's own words with the same key: two about nodes with one `d` must not take each other's place. */
export type Said = Pick<Word, 'pubkey' | 'providerId' | 'said'>

/** @param at s */
export function wordEvent(subject: Subject, verdict: Verdict, text: string, pubkey: string, at: number, earlier: readonly Said[]): UnsignedEvent {
  const { providerId, urls } = subject
  const own = earlier.filter((word) => word.pubkey === pubkey)
  const before = own.find((word) => word.providerId === providerId)?.said[0]?.event
  const short = providerId.slice(providerId.indexOf(':') + 1)
  const taken = own.some((word) => word.providerId !== providerId && dOf(word.said[0]?.event) === short)
  return {
    kind: WORD_KIND,
    pubkey,
    created_at: Math.max(at, (before?.created_at ?? 0) + 1),
    tags: [
      ['d', dOf(before) ?? (taken ? providerId : short)],
      ['k', '38421'],
      ['a', `38421:${providerId}`],
      ...urls.slice(0, MOST_URLS).map((url) => ['u', url]),
      ...(verdict === 'warn' ? [['rating', '-1'], ['l', 'avoid']] : [['rating', '1']]),
    ],
    content: text,
  }
}

/** Takes back everything that was said together. @param at s */
export function withdrawalEvent({ pubkey, said }: Pick<Word, 'pubkey' | 'said'>, at: number): UnsignedEvent {
  const events = said.map(({ event }) => event)
  return {
    kind: DELETION_KIND,
    pubkey,
    created_at: Math.max(at, ...events.map(({ created_at }) => created_at)),
    tags: [
      ...events.map(({ id }) => ['e', id]),
      ...events.map((event) => ['a', `${event.kind}:${pubkey}:${dOf(event) ?? ''}`]),
      ...[...new Set(events.map(({ kind }) => kind))].map((kind) => ['k', String(kind)]),
    ],
    content: '',
  }
}

function dOf(event: UnsignedEvent | undefined): string | undefined {
  return event?.tags.find(([name]) => name === 'd')?.[1]
}
