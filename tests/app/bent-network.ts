/**
 * Answers for `world.bend`: the network as the app sees it, when a stranger lies or an answer comes at the worst moment.
 * Order is made by gates, never by waiting.
 */
import { getEncodedToken, type Proof } from '@cashu/cashu-ts'
import { Dexie } from 'dexie'
import type { Stage } from './stage.ts'

/** Closed until `open` is called. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

/** Whether this is a call of the cheap provider. @param path below `/v1` */
export const isCheap = ({ devnet }: Stage, url: string, path: string): boolean => url === `${devnet.providers.cheap.url}/v1${path}`

export const json = (body: object, status = 200): Response => Response.json(body, { status })

/** The same answer with another text. */
export async function reworded(answer: Promise<Response>, change: (text: string) => string): Promise<Response> {
  const response = await answer
  const type = response.headers.get('content-type') ?? 'application/json'
  return new Response(change(await response.text()), { status: response.status, headers: { 'content-type': type } })
}

/** What a provider says a request cost. */
export const claiming = (msat: number) => (text: string) => text.replace(/"total_msats":[\d.]+/g, `"total_msats":${msat}`)

/** What a provider says it credited. */
export const crediting = (msat: number) => (text: string) => text.replace(/"balance":[\d.]+/g, `"balance":${msat}`)

/** Another token for the one in a refund. */
export async function refundingInstead(answer: Promise<Response>, change: (token: string) => Promise<string> | string): Promise<Response> {
  const response = await answer
  const text = await response.text()
  const token = /cashu[AB][\w-]+=*/.exec(text)?.[0]
  return new Response(token === undefined ? text : text.replace(token, await change(token)), { status: response.status, headers: response.headers })
}

export const encode = ({ devnet }: Stage, proofs: readonly Proof[]): string =>
  getEncodedToken({ mint: devnet.mint.url, unit: 'sat', proofs: [...proofs] }, { removeDleq: true })

/** The note that is worth most. */
export const largest = (proofs: readonly Proof[]): Proof[] => [...proofs].sort((a, b) => b.amount.toNumber() - a.amount.toNumber()).slice(0, 1)

/** The first call of a table's method that is no part of a transaction: `around` decides when the real one happens. */
export function aroundLoneCall(table: object, method: string, around: (real: () => unknown) => unknown): void {
  let first = true
  wrapped(table, method, (real) => {
    if (!first || Dexie.currentTransaction) return real()
    first = false
    return around(real)
  })
}

/** Rows of this table are looked up by an index, outside a transaction; before their reader gets them, `meanwhile` happens. Once. */
export function afterNextQuery(table: object, meanwhile: () => Promise<unknown>): void {
  const late = async (rows: unknown): Promise<unknown> => {
    const found = await rows
    await meanwhile()
    return found
  }
  aroundLoneCall(table, 'where', (where) => wrapped(where(), 'equals', (equals) => wrapped(equals(), 'toArray', (toArray) => late(toArray()))))
}

function wrapped(target: unknown, method: string, around: (real: () => unknown) => unknown): unknown {
  if (typeof target !== 'object' || target === null) throw new Error(`nothing that could ${method}`)
  const real: unknown = Reflect.get(target, method)
  if (typeof real !== 'function') throw new Error(`${method} is not a method`)
  Reflect.set(target, method, (...args: unknown[]) => around(() => Reflect.apply(real, target, args)))
  return target
}
