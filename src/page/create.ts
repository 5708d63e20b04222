/** `create()` and its relatives: one JSON request, and a promise that gives the parsed answer or the raw one. */
import type { Create, RequestOptions, RoutstrPromise, RoutstrProvider, RoutstrRequestInit, RoutstrStream } from './api.ts'
import { anySignal, controllers, headers, NativeAbortController, NativeDOMException, NativePromise, parseJson, promise, responses, toJson } from './builtins.ts'
import { property, RoutstrAPIError } from './errors.ts'
import { createStream } from './stream.ts'

type Fetch = RoutstrProvider['fetch']

/** The body is read when somebody first asks for the parsed answer: who asks for the raw one reads it alone. */
class AnswerPromise<T> extends NativePromise<T> implements RoutstrPromise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return NativePromise
  }

  readonly asResponse: () => Promise<Response>
  readonly #read: () => Promise<T>
  #parsed: Promise<T> | undefined

  constructor(response: Promise<Response>, read: (response: Response) => T | Promise<T>) {
    super(() => {})
    this.asResponse = () => response
    this.#read = async () => await read(await response)
  }

  // biome-ignore lint/suspicious/noThenProperty: a lazy promise is what this class is for (the SDK's APIPromise)
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#parsed ??= this.#read()
    // Typed as Promise.prototype.then, which loses its type parameters when captured.
    return promise.then(this.#parsed, onFulfilled, onRejected) as Promise<A | B>
  }

  async withResponse(): Promise<{ data: T; response: Response; request_id: string | null }> {
    const data = await this
    const response = await this.asResponse()
    return { data, response, request_id: headers.get(responses.headers(response), 'x-request-id') }
  }
}

/** A `create` function for a path: an answer for a plain body, a stream for `stream: true`. */
export function creator<Body, StreamingBody, Answer, Chunk>(fetch: Fetch, path: string): Create<Body, StreamingBody, Answer, Chunk> {
  function create(body: Body, options?: RequestOptions): RoutstrPromise<Answer>
  function create(body: StreamingBody, options?: RequestOptions): RoutstrPromise<RoutstrStream<Chunk>>
  function create(body: Body | StreamingBody, options?: RequestOptions): unknown {
    const controller = new NativeAbortController()
    const own = controllers.signal(controller)
    const signal = options?.signal ? anySignal([options.signal, own]) : own
    return ask<Answer | RoutstrStream<Chunk>>(fetch, path, { ...options, method: 'POST', body: toJson(body), signal }, (response) =>
      property(body, 'stream') ? createStream<Chunk>(response, controller, signal) : readJson<Answer>(response),
    )
  }
  return create
}

/** One request; every answer that is not 2xx becomes an error, and so does the caller's abort. */
export function ask<Answer>(
  fetch: Fetch,
  path: string,
  init: RoutstrRequestInit | undefined,
  read: (response: Response) => Answer | Promise<Answer>,
): RoutstrPromise<Answer> {
  return new AnswerPromise(expectOk(fetch(path, init)), read)
}

/** The body as JSON; the shape is the provider's word (pass-through). */
export async function readJson<Answer>(response: Response): Promise<Answer> {
  return parseJson(await responses.text(response))
}

async function expectOk(answer: Promise<Response>): Promise<Response> {
  let response: Response
  try {
    response = await answer
  } catch (error) {
    throw error instanceof NativeDOMException ? new RoutstrAPIError(undefined, null, undefined, 'Request was aborted.', 'APIUserAbort') : error
  }
  if (responses.ok(response)) return response
  const text = await responses.text(response)
  let error: unknown
  try {
    error = property(parseJson(text), 'error')
  } catch {
    // not JSON: the text itself is the message
  }
  throw new RoutstrAPIError(responses.status(response), error, responses.headers(response), text)
}
