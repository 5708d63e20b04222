/** Which headers travel: few, by name, in both directions (`page-api.md` §3). */
import { AUTO, type Substitution } from '../domain/fallback.ts'
import type { AttemptOutcome } from '../domain/receipt.ts'
import type { Candidate } from '../routing/plan.ts'

type HeaderList = readonly (readonly [string, string])[]

const TO_PROVIDER = new Set(['content-type', 'accept', 'openai-beta', 'idempotency-key'])
const TO_PAGE = /^(content-type|retry-after|openai-[a-z-]+|x-ratelimit-[a-z-]+|x-routstr-(cost-msats|input-cost-msats|output-cost-msats))$/

/** What `fetch` says by itself about a body that is a string: here it means JSON. */
const UNSAID_TYPE = /^text\/plain;charset=utf-8$/i

/** What the page says its body is; empty when it says nothing. */
export function contentTypeOf(headers: HeaderList): string {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
}

/** Everything of the page that nodes would pass on to their upstream, but nothing that identifies or pays. */
export function requestHeaders(headers: HeaderList): [string, string][] {
  const allowed = headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name, value]) => TO_PROVIDER.has(name) && !(name === 'content-type' && UNSAID_TYPE.test(value)))
  return allowed.some(([name]) => name === 'content-type') ? allowed : [...allowed, ['content-type', 'application/json']]
}

export function answerHeaders(headers: Headers, candidate: Candidate, requestId: string, tried: readonly AttemptOutcome[], maxTokens: number | null, insteadOf: Substitution | null): [string, string][] {
  return [
    ...filtered(headers),
    ...ours(candidate, requestId, tried, insteadOf),
    ...(maxTokens === null ? [] : [['x-routstr-max-tokens', String(maxTokens)] satisfies [string, string]]),
  ]
}

export function passedHeaders(result: { readonly headers: Headers }, candidate: Candidate, requestId: string, tried: readonly AttemptOutcome[], insteadOf: Substitution | null): [string, string][] {
  return [...filtered(result.headers), ...ours(candidate, requestId, tried, insteadOf), ['x-should-retry', 'false']]
}

/** Media types have no case (RFC 9110 §8.3.1), but SDKs and our own script compare letters. */
function filtered(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => TO_PAGE.test(name)).map(([name, value]) => [name, name === 'content-type' ? value.replace(/^text\/event-stream/i, 'text/event-stream') : value])
}

function ours({ offer, reason }: Candidate, requestId: string, tried: readonly AttemptOutcome[], insteadOf: Substitution | null): [string, string][] {
  // another model than the one that was named, then who was asked before this one, and what came of it
  const instead = insteadOf === null || insteadOf.model === AUTO ? [] : [`instead of ${insteadOf.model}: ${insteadOf.why}`]
  const failed = tried.filter(({ providerUrl }) => providerUrl !== offer.providerUrl).map(({ providerName, outcome }) => `${providerName}: ${outcome}`)
  const fallback = [...instead, ...failed].join('; ')
  return [
    ['x-routstr-provider', headerText(offer.providerName)],
    ['x-routstr-model', headerText(offer.model.id)],
    ['x-routstr-reason', headerText(reason)],
    ['x-request-id', requestId],
    ...(insteadOf?.model === AUTO ? [['x-routstr-auto', headerText(insteadOf.why)] satisfies [string, string]] : []),
    ...(fallback === '' ? [] : [['x-routstr-fallback', headerText(fallback)] satisfies [string, string]]),
  ]
}

/** A provider chooses its name: only what a header may hold. */
function headerText(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, ' ')
    .slice(0, 200)
    .trim()
}
