/** The types a page sees (`page-api.md` §5). Types only: nothing here reaches the injected script. */
import type OpenAI from 'openai'
import type { BASE_URL } from '../messaging/page-constants.ts'
import type { Availability, GrantRequest, PageGrant } from '../messaging/page-contract.ts'

export type { Availability, GrantRequest }
export type Grant = PageGrant

export interface RoutstrRequestInit extends RequestInit {
  /** `none`: never ask the user; without a grant the answer is `403 permission_required`. Default `auto`. */
  readonly prompt?: 'auto' | 'none'
}

/** Options of `create`, `list` and `retrieve`. */
export interface RequestOptions {
  readonly signal?: AbortSignal | null
  readonly headers?: HeadersInit
  readonly prompt?: 'auto' | 'none'
}

/** A promise of the parsed answer that can also give the raw one, as the SDK's `APIPromise`. */
export interface RoutstrPromise<T> extends Promise<T> {
  /** The raw response; its body is unread unless the promise itself was awaited. */
  asResponse(): Promise<Response>
  withResponse(): Promise<{ data: T; response: Response; request_id: string | null }>
}

/** A running answer. `break` aborts it; it can be read once. */
export interface RoutstrStream<T> extends AsyncIterable<T> {
  readonly controller: AbortController
  /** The chunks as lines of JSON in UTF-8, as the SDK's `Stream.toReadableStream`. */
  toReadableStream(): ReadableStream<Uint8Array>
}

export interface Create<Body, StreamingBody, Answer, Chunk> {
  (body: Body, options?: RequestOptions): RoutstrPromise<Answer>
  (body: StreamingBody, options?: RequestOptions): RoutstrPromise<RoutstrStream<Chunk>>
}

export type CreateChatCompletion = Create<
  OpenAI.Chat.ChatCompletionCreateParamsNonStreaming,
  OpenAI.Chat.ChatCompletionCreateParamsStreaming,
  OpenAI.Chat.ChatCompletion,
  OpenAI.Chat.ChatCompletionChunk
>
export type CreateCompletion = Create<OpenAI.CompletionCreateParamsNonStreaming, OpenAI.CompletionCreateParamsStreaming, OpenAI.Completion, OpenAI.Completion>
export type CreateResponse = Create<
  OpenAI.Responses.ResponseCreateParamsNonStreaming,
  OpenAI.Responses.ResponseCreateParamsStreaming,
  OpenAI.Responses.Response,
  OpenAI.Responses.ResponseStreamEvent
>

export interface ModelPage extends AsyncIterable<OpenAI.Model> {
  readonly object: 'list'
  readonly data: OpenAI.Model[]
}

export interface RoutstrEvents {
  /** The extension answered for the first time, or again after it was lost. */
  connect: null
  grantChanged: Grant | null
  disconnect: { readonly reason: 'revoked' | 'paused' | 'worker_lost' | 'extension_updated' }
}

export interface RoutstrInfo {
  readonly name: 'Routstr'
  /** Of this page API, not of the extension: that would be a fingerprint (T19). */
  readonly version: string
  readonly methods: readonly string[]
  readonly unit: 'msat'
}

export interface RoutstrProvider {
  readonly isRoutstr: true
  readonly apiVersion: 1
  readonly baseURL: typeof BASE_URL
  /**
   * The primitive; everything below is sugar over it. Takes URLs below `baseURL` and paths; anything else is a `TypeError`.
   * A refusal is a `Response` with OpenAI's error envelope, never a rejection.
   */
  fetch(this: void, input: RequestInfo | URL, init?: RoutstrRequestInit): Promise<Response>

  /** Never prompts. */
  availability(this: void): Promise<Availability>
  getInfo(this: void): Promise<RoutstrInfo>
  /** This site's own grant, never the wallet's balance. */
  getGrant(this: void): Promise<Grant | null>
  /** May ask the user. Rejects with a `RoutstrAPIError`. */
  enable(this: void, request?: GrantRequest): Promise<Grant>
  requestBudget(this: void, request: GrantRequest): Promise<Grant>
  /** Drops this site's grant. */
  disconnect(this: void): Promise<void>

  readonly chat: { readonly completions: { readonly create: CreateChatCompletion } }
  readonly completions: { readonly create: CreateCompletion }
  readonly embeddings: {
    create(this: void, body: OpenAI.EmbeddingCreateParams, options?: RequestOptions): RoutstrPromise<OpenAI.CreateEmbeddingResponse>
  }
  readonly responses: { readonly create: CreateResponse }
  readonly models: {
    list(this: void, options?: RequestOptions): RoutstrPromise<ModelPage> & AsyncIterable<OpenAI.Model>
    retrieve(this: void, model: string, options?: RequestOptions): RoutstrPromise<OpenAI.Model>
  }

  /** Returns the function that unsubscribes. */
  on<E extends keyof RoutstrEvents>(this: void, event: E, listener: (detail: RoutstrEvents[E]) => void): () => void
  addEventListener<E extends keyof RoutstrEvents>(
    this: void,
    event: E,
    listener: (event: CustomEvent<RoutstrEvents[E]>) => void,
    options?: { once?: boolean },
  ): void
  removeEventListener<E extends keyof RoutstrEvents>(this: void, event: E, listener: (event: CustomEvent<RoutstrEvents[E]>) => void): void
}

export interface RoutstrAnnouncement {
  readonly info: { readonly uuid: string; readonly name: string; readonly rdns: string; readonly icon: `data:image/${string}` }
  readonly provider: RoutstrProvider
}

declare global {
  interface Window {
    readonly routstr?: RoutstrProvider
  }
  interface WindowEventMap {
    'routstr:announceProvider': CustomEvent<RoutstrAnnouncement>
  }
}
