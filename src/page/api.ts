/** The types a page sees (`page-api.md` §5). Types only: nothing here reaches the injected script. */
import type OpenAI from 'openai'
import type { BASE_URL } from '../messaging/page-constants.ts'
import type { Availability, Estimate, GrantRequest, ModelAdvice, PageBatch, PageBatchProgress, PageCost, PageGrant, PageInfo, PageReceipt } from '../messaging/page-contract.ts'

export type { Availability, Estimate, GrantRequest, ModelAdvice }
export type Grant = PageGrant
export type RoutstrBatch = PageBatch
export type RoutstrReceipt = PageReceipt
export type RoutstrCost = PageCost
export type RoutstrInfo = PageInfo

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
  /** The chunks as lines of JSON in UTF-8: what the SDK's `Stream.fromReadableStream` and `ChatCompletionStream.fromReadableStream` read. */
  toReadableStream(): ReadableStream<Uint8Array>
  /** Two streams with the same chunks, each read at its own speed. Takes the place of reading this one. */
  tee(): [RoutstrStream<T>, RoutstrStream<T>]
}

export interface EstimateRequest {
  readonly model: string
  /** Below `/v1`; by default `/responses` for an `input`, `/completions` for a `prompt`, else `/chat/completions`. */
  readonly path?: string
  readonly [field: string]: unknown
}

/** Requests that wait until somebody answers each of them for at most its price; refused at the deadline. Kept on the user's device, with their answers. */
export interface BatchRequest {
  /** 100 at most, none streamed. `path` as for `fetch`, by default `/chat/completions`. */
  readonly requests: readonly { readonly body: object; readonly path?: string; readonly maxCostMsat?: number }[]
  /** A time within 30 days: ms, or a date as text. */
  readonly before: number | string
  /** What each may cost in the worst case, if it says nothing of its own. */
  readonly maxCostMsat?: number
  /** Shown to the user as the page's own words. */
  readonly reason?: string
  readonly prompt?: 'auto' | 'none'
}

export interface Create<Body, StreamingBody, Answer, Chunk> {
  (body: Body, options?: RequestOptions): RoutstrPromise<Answer>
  (body: StreamingBody, options?: RequestOptions): RoutstrPromise<RoutstrStream<Chunk>>
}

export type Ask<Body, Answer> = (body: Body, options?: RequestOptions) => RoutstrPromise<Answer>

export type CreateTranscription = Create<
  OpenAI.Audio.TranscriptionCreateParamsNonStreaming,
  OpenAI.Audio.TranscriptionCreateParamsStreaming,
  OpenAI.Audio.Transcription,
  OpenAI.Audio.TranscriptionStreamEvent
>
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

/** They come once this document has asked for anything: until then nothing of it runs. */
export interface RoutstrEvents {
  /** A batch of this site got on. */
  batch: PageBatchProgress
  /** The extension answered for the first time, or again after it was lost. */
  connect: null
  grantChanged: Grant | null
  /** Less than a fifth of the limit is left, what running requests set aside not counted as left: a good moment for `requestBudget`. Told once until it is more again. */
  budgetLow: { readonly remainingMsat: number }
  disconnect: { readonly reason: 'revoked' | 'paused' | 'locked' | 'worker_lost' | 'extension_updated' }
  /** Of these models, as `models.list()` names them, somebody's price has moved: estimates are worth asking for again. Told while the site has a grant. */
  pricesChanged: { readonly models: readonly string[] }
  /** A few times a second while a request with the header `x-routstr-live-cost: true` streams, and once more when its cost is known. */
  cost: RoutstrCost
  /** A request of this document is over. */
  receipt: RoutstrReceipt
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
  /** What a request would cost now: the body as for `create`, and its `path` when it is not `/chat/completions`. Asks nobody, spends nothing. */
  estimate(this: void, request: EstimateRequest): Promise<Estimate>
  /** Models for a kind of request (`chat` if not named), best first, with the reasons. Asks nobody, spends nothing. */
  recommend(this: void, request?: { readonly task?: ModelAdvice['task'] }): Promise<readonly ModelAdvice[]>
  /** Leaves requests with the user, or asks for those of an earlier batch of this site: its answers, `cancel` what waits, `forget` all of it. Answers nobody asks for are kept for a week. */
  batch(this: void, request: BatchRequest | { readonly id: string; readonly cancel?: boolean; readonly forget?: boolean }): Promise<RoutstrBatch>
  /** This site's own grant, never the wallet's balance. */
  getGrant(this: void): Promise<Grant | null>
  /** May ask the user. Rejects with a `RoutstrAPIError`. */
  enable(this: void, request?: GrantRequest): Promise<Grant>
  requestBudget(this: void, request: GrantRequest): Promise<Grant>
  /** Drops this site's grant. */
  disconnect(this: void): Promise<void>

  readonly chat: { readonly completions: { readonly create: CreateChatCompletion } }
  readonly completions: { readonly create: CreateCompletion }
  readonly embeddings: { readonly create: Ask<OpenAI.EmbeddingCreateParams, OpenAI.CreateEmbeddingResponse> }
  readonly responses: { readonly create: CreateResponse }
  readonly moderations: { readonly create: Ask<OpenAI.ModerationCreateParams, OpenAI.ModerationCreateResponse> }
  readonly images: { readonly generate: Create<OpenAI.ImageGenerateParamsNonStreaming, OpenAI.ImageGenerateParamsStreaming, OpenAI.ImagesResponse, OpenAI.ImageGenStreamEvent> }
  readonly audio: {
    /** The answer is the sound: read it with `blob()` or `arrayBuffer()`. */
    readonly speech: { readonly create: Ask<OpenAI.Audio.SpeechCreateParams, Response> }
    readonly transcriptions: { readonly create: CreateTranscription }
  }
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
