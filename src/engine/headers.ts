/** Which headers travel: few, by name, in both directions (`page-api.md` §3). */
import type { Candidate } from '../routing/plan.ts'

type HeaderList = readonly (readonly [string, string])[]

const TO_PROVIDER = new Set(['content-type', 'accept', 'openai-beta', 'idempotency-key'])
const TO_PAGE = /^(content-type|retry-after|openai-[a-z-]+|x-ratelimit-[a-z-]+|x-routstr-(cost-msats|input-cost-msats|output-cost-msats))$/

/** Everything of the page that nodes would pass on to their upstream, but nothing that identifies or pays. */
export function requestHeaders(headers: HeaderList): [string, string][] {
  const allowed = headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]).filter(([name]) => TO_PROVIDER.has(name))
  return allowed.some(([name]) => name === 'content-type') ? allowed : [...allowed, ['content-type', 'application/json']]
}

export function answerHeaders(headers: Headers, candidate: Candidate, requestId: string, maxTokens: number | null): [string, string][] {
  return [
    ...filtered(headers),
    ...ours(candidate, requestId),
    ...(maxTokens === null ? [] : [['x-routstr-max-tokens', String(maxTokens)] satisfies [string, string]]),
  ]
}

export function passedHeaders(result: { readonly headers: Headers }, candidate: Candidate, requestId: string): [string, string][] {
  return [...filtered(result.headers), ...ours(candidate, requestId), ['x-should-retry', 'false']]
}

function filtered(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => TO_PAGE.test(name))
}

function ours({ offer, reason }: Candidate, requestId: string): [string, string][] {
  return [
    ['x-routstr-provider', headerText(offer.providerName)],
    ['x-routstr-model', headerText(offer.model.id)],
    ['x-routstr-reason', headerText(reason)],
    ['x-request-id', requestId],
  ]
}

/** A provider chooses its name: only what a header may hold. */
function headerText(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, ' ')
    .slice(0, 200)
    .trim()
}
