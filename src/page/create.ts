/** `create()` and its relatives: one JSON request, and a promise that gives the parsed answer or the raw one. */
import type { Create, RequestOptions, RoutstrPromise, RoutstrRequestInit, RoutstrStream } from './api.ts'
import {
  controllers,
  headers,
  NativeAbortController,
  NativeDOMException,
  NativePromise,
  parseJson,
  promise,
  responses,
  toJson,
} from './builtins.ts'
import { property, RoutstrAPIError } from './errors.ts'
import type { Send } from './fetch.ts'
import { createStream } from './stream.ts'

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

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // Typed as Promise.prototype.then, which loses its type parameters when captured.
    return promise.then((this.#parsed ??= this.#read()), onFulfilled, onRejected) as Promise<A | B>
  }

  async withResponse(): Promise<{ data: T; response: Response; request_id: string | null }> {
    const data = await this
    const response = await this.asResponse()
    return { data, response, request_id: headers.get(responses.headers(response), 'x-request-id') }
  }
}

/** A `create` function for a path: an answer for a plain body, a stream for `stream: true`. */
export function creator<Body, StreamingBody, Answer, Chunk>(send: Send, path: string): Create<Body, StreamingBody, Answer, Chunk> {
  function create(body: Body, options?: RequestOptions): RoutstrPromise<Answer>
  function create(body: StreamingBody, options?: RequestOptions): RoutstrPromise<RoutstrStream<Chunk>>
  function create(body: Body | StreamingBody, options?: RequestOptions): unknown {
    const controller = new NativeAbortController()
    const init = { ...options, method: 'POST', body: toJson(body) }
    return ask<Answer | RoutstrStream<Chunk>>(send, path, init, controllers.signal(controller), (response) =>
      property(body, 'stream') ? createStream<Chunk>(response, controller, options?.signal) : readJson<Answer>(response),
    )
  }
  return create
}

/** One request; every answer that is not 2xx becomes an error, and so does the caller's abort. */
export function ask<Answer>(
  send: Send,
  path: string,
  init: RoutstrRequestInit | undefined,
  own: AbortSignal | undefined,
  read: (response: Response) => Answer | Promise<Answer>,
): RoutstrPromise<Answer> {
  return new AnswerPromise(expectOk(send(path, init, own)), read)
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
