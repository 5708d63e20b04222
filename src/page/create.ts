/** `create()` and its relatives: one request, and a promise that gives the parsed answer or the raw one. */
import type { RequestOptions, RoutstrPromise, RoutstrProvider, RoutstrRequestInit } from './api.ts'
import {
  anySignal,
  appendField,
  assign,
  CONTENT_TYPE,
  controllerSignal,
  header,
  indexOf,
  isArray,
  isOk,
  NativeAbortController,
  NativeDOMException,
  NativeFormData,
  NativePromise,
  parseJson,
  property,
  responseHeaders,
  responseStatus,
  responseText,
  startsWith,
  settle,
  toJson,
} from './builtins.ts'
import { RoutstrAPIError } from './errors.ts'
import { createStream } from './stream.ts'

type Fetch = RoutstrProvider['fetch']

/** A `create` function for a path: a stream for `stream: true`, a form for a `file`, else JSON. */
export const creator = <Create>(fetch: Fetch, path: string): Create => {
  const create = (body: object, options?: RequestOptions): unknown => {
    const controller = new NativeAbortController()
    const own = controllerSignal(controller)
    const signal = options?.signal ? anySignal([options.signal, own]) : own
    const init = { ...options, method: 'POST', body: property(body, 'file') ? formOf(body) : toJson(body), signal }
    return ask(fetch, path, init, (response) => (property(body, 'stream') ? createStream(response, controller, signal) : readAnswer(response)))
  }
  // Which answer belongs to which path is the SDK's word, and its types are told there (api.ts).
  return create as Create
}

/**
 * One request; every answer that is not 2xx becomes an error, and so does the caller's abort.
 * The body is read when somebody first asks for the parsed answer: who asks for the raw one reads it alone.
 */
export const ask = <Answer>(
  fetch: Fetch,
  path: string,
  init: RoutstrRequestInit | undefined,
  parse: (response: Response) => Answer | Promise<Answer>,
): RoutstrPromise<Answer> => {
  const answer = expectOk(fetch(path, init))
  let parsed: Promise<Answer> | undefined
  const parseOnce = () => {
    // Inside of an async function nothing looks up the `then` of what `parse` promises.
    parsed ??= (async () => await parse(await answer))()
    return parsed
  }
  return assign(new NativePromise<Answer>(() => {}), {
    // Not `Promise`: `await` then asks for our `then` (ECMA-262 §27.2.4.7.1), and what derives from it is a plain promise.
    constructor: undefined,
    // Typed as Promise.prototype.then, which loses its type parameters when captured.
    // biome-ignore lint/suspicious/noThenProperty: a lazy promise is what this is for (the SDK's APIPromise)
    then: ((onFulfilled, onRejected) => settle(parseOnce(), onFulfilled, onRejected)) as Promise<Answer>['then'],
    asResponse: () => answer,
    async withResponse() {
      const data = await parseOnce()
      const response = await answer
      return { data, response, request_id: header(response, 'x-request-id') || null }
    },
  })
}

/** JSON and text parsed, everything else as the `Response` it is; the shape is the provider's word (pass-through). */
export const readAnswer = async <Answer>(response: Response): Promise<Answer> => {
  const type = header(response, CONTENT_TYPE)
  const isJson = indexOf(type, 'json') >= 0
  const answer: unknown = isJson || startsWith(type, 'text/') ? await responseText(response) : response
  return isJson ? parseJson(answer as string) : (answer as Answer)
}

/** Fields as the SDK sends them: `name[]` for each item of a list. */
const formOf = (body: object): FormData => {
  const form = new NativeFormData()
  // The native function takes what has a name for a file and everything else for text.
  const append = (name: string, value: unknown) => appendField(form, name, value as Blob)
  for (const name in body) {
    const value = property(body, name)
    if (isArray(value)) for (let i = 0; i < value.length; i++) append(`${name}[]`, value[i])
    else if (value !== undefined) append(name, value)
  }
  return form
}

const expectOk = async (answer: Promise<Response>): Promise<Response> => {
  const response = (await settle(answer, undefined, (error) => {
    throw error instanceof NativeDOMException ? new RoutstrAPIError(undefined, null, undefined, 'Request was aborted.', 'APIUserAbort') : error
  })) as Response
  if (isOk(response)) return response
  const text = await responseText(response)
  let error: unknown
  try {
    error = property(parseJson(text), 'error')
  } catch {
    // not JSON: the text itself is the message
  }
  throw new RoutstrAPIError(responseStatus(response), error, responseHeaders(response), text)
}
