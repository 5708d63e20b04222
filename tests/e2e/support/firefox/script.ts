/** Running a function in a document, or in the browser's own window, and carrying its argument there and its result back. */
import type { Session } from './session.ts'

/** `sandbox`: beside the document's own scripts, whose spoiled built-ins do not reach there. */
export type Where = { readonly context: string; readonly sandbox?: string }

/**
 * @param work is sent as text; it may be asynchronous
 * @throws Error with what the function threw, or with what the browser says when there is no such document (any more)
 */
export async function run<R>(session: Session, target: Where, work: (...args: never[]) => R | Promise<R>, args: readonly unknown[]): Promise<R> {
  const value = await call(session, target, work, args.map(local))
  // what comes back is the value of `work`, as JSON would carry it
  return plain(value) as R
}

let gestures = 0

/**
 * The same with a fresh gesture of the user, as Playwright has it. Firefox counts `userActivation` once for each realm and lets it run
 * out after five seconds; in a realm of its own it counts anew.
 */
export async function runActive<R>(session: Session, target: Where, work: (...args: never[]) => R | Promise<R>, args: readonly unknown[]): Promise<R> {
  await call(session, { ...target, sandbox: `gesture ${gestures++}` }, () => undefined, [])
  return run(session, target, work, args)
}

/** A reference to the one element that `work` returns, for commands that want one. */
export async function elementOf(session: Session, target: Where, work: (...args: never[]) => unknown, args: readonly unknown[]): Promise<{ sharedId: string }> {
  const sharedId = field(await call(session, target, work, args.map(local)), 'sharedId')
  if (typeof sharedId !== 'string') throw new Error('there is no element')
  return { sharedId }
}

async function call(session: Session, target: Where, work: unknown, args: readonly object[]): Promise<unknown> {
  const answer = await session.send('script.callFunction', {
    functionDeclaration: String(work),
    target,
    arguments: args,
    awaitPromise: true,
    userActivation: true,
    serializationOptions: { maxObjectDepth: 20 },
  })
  if (field(answer, 'type') === 'exception') throw new Error(String(field(field(answer, 'exceptionDetails'), 'text')))
  return field(answer, 'result')
}

/** `script.LocalValue` of the specification. */
function local(value: unknown): object {
  if (value === undefined || value === null) return { type: String(value) }
  if (typeof value === 'string' || typeof value === 'boolean') return { type: typeof value, value }
  if (typeof value === 'number') return { type: 'number', value: Number.isFinite(value) ? value : String(value) }
  if (value instanceof RegExp) return { type: 'regexp', value: { pattern: value.source, flags: value.flags } }
  if (Array.isArray(value)) return { type: 'array', value: value.map(local) }
  return { type: 'object', value: Object.entries(value).map(([key, one]) => [key, local(one)]) }
}

/** `script.RemoteValue`, as far as JSON goes. */
function plain(remote: unknown): unknown {
  const type = field(remote, 'type')
  const value = field(remote, 'value')
  if (type === 'null') return null
  if (type === 'array') return Array.isArray(value) ? value.map(plain) : []
  if (type === 'object') return Object.fromEntries(pairs(value).map(([key, one]) => [key, plain(one)]))
  if (type === 'number' && typeof value === 'string') return Number(value)
  return value
}

function pairs(value: unknown): [string, unknown][] {
  return Array.isArray(value) ? value.map((pair: unknown) => (Array.isArray(pair) ? [String(pair[0]), pair[1]] : ['', undefined])) : []
}

export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
