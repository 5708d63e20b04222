/** Kind 0: what the key behind a provider says about itself (NIP-01, NIP-24). */
import * as v from 'valibot'
import { cleanText, isRecord, parseJson } from './foreign.ts'
import type { NostrEvent } from './nostr-event.ts'

export const PROFILE_KIND = 0

export interface Profile {
  readonly eventId: string
  /** s */
  readonly createdAt: number
  readonly name: string
  readonly about: string
  /** Shown as text only: loading it would tell a stranger's server who looks. */
  readonly picture: string
  readonly website: string
}

const line = (max: number) =>
  v.fallback(
    v.pipe(
      v.string(),
      v.transform((text) => cleanText(text, max)),
    ),
    '',
  )
const schema = v.object({ name: line(80), display_name: line(80), about: line(500), picture: line(512), website: line(200) })

/** @returns null: another kind, or not an object in JSON. The caller checks the signature. */
export function readProfile(event: NostrEvent): Profile | null {
  const content = event.kind === PROFILE_KIND ? parseJson(event.content, 64 * 1024) : null
  const parsed = isRecord(content) ? v.safeParse(schema, content) : null
  if (parsed?.success !== true) return null
  const { name, display_name: displayName, about, picture, website } = parsed.output
  return { eventId: event.id, createdAt: event.created_at, name: displayName === '' ? name : displayName, about, picture, website }
}
