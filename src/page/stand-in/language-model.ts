/**
 * Chrome's Prompt API (`LanguageModel`) over a paid model: sessions that remember, prompts one after the other, streams of text.
 * Nothing is downloaded, so a `monitor` sees it finished at once. `topK` is kept and shown, but not sent: OpenAI-compatible
 * models refuse a parameter they do not know.
 */
import type { RoutstrProvider } from '../api.ts'
import { messagesOf, type Prompt, type PromptInput, tokensOf, unsupported } from './prompts.ts'
import { type DefaultModel, defaultModel, type Message, type Seller, statusOf } from './seller.ts'

interface CreateOptions {
  readonly initialPrompts?: readonly Prompt[]
  readonly systemPrompt?: string
  readonly temperature?: number
  readonly topK?: number
  readonly signal?: AbortSignal
  readonly monitor?: (target: EventTarget) => void
  readonly expectedInputs?: readonly { readonly type: string }[]
  readonly tools?: readonly unknown[]
}

interface PromptOptions {
  readonly signal?: AbortSignal
  /** A JSON schema the answer has to fit. */
  readonly responseConstraint?: object
}

/** What a session has when it begins. */
interface Beginning extends Pick<CreateOptions, 'temperature' | 'topK' | 'signal'> {
  readonly provider: RoutstrProvider
  readonly model: DefaultModel
  readonly history: readonly Message[]
  /** So many of them are never dropped. */
  readonly kept: number
}

const PARAMS = { defaultTopK: 3, maxTopK: 128, defaultTemperature: 1, maxTemperature: 2 }
const INPUTS = new Set(['text', 'image'])

export function createLanguageModel(seller: Seller): object {
  const canDo = ({ expectedInputs = [], tools = [] }: CreateOptions): boolean => tools.length === 0 && expectedInputs.every(({ type }) => INPUTS.has(type))

  class LanguageModel extends EventTarget {
    readonly #beginning: Beginning
    readonly #life = new AbortController()
    #history: Message[]
    #usage: number
    /** The prompt before this one is over. */
    #turn: Promise<void> = Promise.resolve()
    onquotaoverflow: ((event: Event) => unknown) | null = null

    constructor(beginning?: Beginning) {
      super()
      if (beginning === undefined) throw new TypeError('Illegal constructor')
      this.#beginning = beginning
      this.#history = [...beginning.history]
      this.#usage = tokensOf(this.#history)
      beginning.signal?.addEventListener('abort', () => this.#life.abort(beginning.signal?.reason))
      this.addEventListener('quotaoverflow', (event) => this.onquotaoverflow?.(event))
    }

    static async availability(options: CreateOptions = {}): Promise<'available' | 'unavailable'> {
      const provider = await seller.provider
      if (provider === null || !canDo(options)) return 'unavailable'
      // without a limit the first prompt asks for one by itself
      const state = await provider.availability()
      return (state === 'ready' || state === 'needs-permission') && (await defaultModel(provider)) !== null ? 'available' : 'unavailable'
    }

    static params(): Promise<typeof PARAMS> {
      return Promise.resolve({ ...PARAMS })
    }

    static async create(options: CreateOptions = {}): Promise<LanguageModel> {
      const { initialPrompts = [], systemPrompt, temperature, topK, signal, monitor } = options
      signal?.throwIfAborted()
      if (!canDo(options)) throw unsupported('This model takes text and pictures, and no tools.')
      if (initialPrompts.some(({ role }, index) => role === 'system' && index > 0)) throw new TypeError('A system prompt comes first.')
      const history = await messagesOf([...(systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }]), ...initialPrompts])
      const provider = await seller.provider
      const model = provider === null ? null : await defaultModel(provider)
      if (provider === null || model === null) throw unsupported('No model is to be had at the moment.')
      signal?.throwIfAborted()
      if (monitor !== undefined) showDownloaded(monitor)
      return new LanguageModel({ provider, model, history, kept: history.length, ...(temperature === undefined ? {} : { temperature }), ...(topK === undefined ? {} : { topK }), ...(signal === undefined ? {} : { signal }) })
    }

    get temperature(): number {
      return this.#beginning.temperature ?? PARAMS.defaultTemperature
    }
    get topK(): number {
      return this.#beginning.topK ?? PARAMS.defaultTopK
    }
    get inputQuota(): number {
      return this.#beginning.model.contextTokens
    }
    get inputUsage(): number {
      return this.#usage
    }
    // the newer names of both
    get contextWindow(): number {
      return this.inputQuota
    }
    get contextUsage(): number {
      return this.#usage
    }

    async prompt(input: PromptInput, options: PromptOptions = {}): Promise<string> {
      let text = ''
      for await (const piece of this.#answer(input, options)) text += piece
      return text
    }

    promptStreaming(input: PromptInput, options: PromptOptions = {}): ReadableStream<string> {
      const left = new AbortController()
      const pieces = this.#answer(input, { ...options, signal: AbortSignal.any([left.signal, ...(options.signal ? [options.signal] : [])]) })
      return new ReadableStream<string>({
        async pull(controller) {
          const { done, value } = await pieces.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: (reason) => left.abort(reason),
      })
    }

    async append(input: PromptInput): Promise<void> {
      this.#life.signal.throwIfAborted()
      this.#remember(await messagesOf(input))
    }

    async measureInputUsage(input: PromptInput): Promise<number> {
      return tokensOf(await messagesOf(input))
    }
    measureContextUsage(input: PromptInput): Promise<number> {
      return this.measureInputUsage(input)
    }

    async clone({ signal }: { readonly signal?: AbortSignal } = {}): Promise<LanguageModel> {
      this.#life.signal.throwIfAborted()
      signal?.throwIfAborted()
      const { signal: _old, ...same } = this.#beginning
      return new LanguageModel({ ...same, history: this.#history, ...(signal === undefined ? {} : { signal }) })
    }

    destroy(): void {
      this.#life.abort(new DOMException('The session was destroyed.', 'AbortError'))
    }

    async *#answer(input: PromptInput, { signal: own, responseConstraint }: PromptOptions): AsyncGenerator<string, undefined> {
      const { provider, model, temperature } = this.#beginning
      const signal = AbortSignal.any([this.#life.signal, ...(own ? [own] : [])])
      const before = this.#turn
      let over = (): void => undefined
      this.#turn = new Promise((resolve) => {
        over = resolve
      })
      try {
        await Promise.race([before, aborted(signal)])
        const asked = await messagesOf(input)
        this.#makeRoomFor(tokensOf(asked))
        const stream = await provider.chat.completions.create(
          {
            model: model.id,
            messages: [...this.#history, ...asked],
            stream: true,
            stream_options: { include_usage: true },
            ...(temperature === undefined ? {} : { temperature }),
            ...(responseConstraint === undefined ? {} : { response_format: formatOf(responseConstraint) }),
          },
          { signal },
        )
        let text = ''
        let usage: number | undefined
        for await (const chunk of stream) {
          usage = chunk.usage?.total_tokens ?? usage
          const piece = chunk.choices[0]?.delta.content
          if (!piece) continue
          text += piece
          yield piece
        }
        // our stream just ends when it is aborted, as the SDK's does
        signal.throwIfAborted()
        this.#remember([...asked, { role: 'assistant', content: text }], usage)
      } catch (error) {
        throw signal.aborted ? signal.reason : asDomException(error)
      } finally {
        // who waits behind one that gave up still waits for the one before
        void before.then(over)
      }
    }

    #remember(messages: readonly Message[], usage?: number): void {
      this.#history.push(...messages)
      this.#usage = usage ?? this.#usage + tokensOf(messages)
    }

    /** The oldest go first, what the session began with never. */
    #makeRoomFor(tokens: number): void {
      const quota = this.inputQuota
      if (tokens > quota) throw new DOMException(`This prompt is longer than the ${quota} tokens the model reads.`, 'QuotaExceededError')
      const { kept } = this.#beginning
      let dropped = false
      while (this.#usage + tokens > quota && this.#history.length > kept) {
        this.#history.splice(kept, 2)
        this.#usage = tokensOf(this.#history)
        dropped = true
      }
      if (dropped) this.dispatchEvent(new Event('quotaoverflow'))
    }
  }
  return LanguageModel
}

function showDownloaded(monitor: (target: EventTarget) => void): void {
  const target = new EventTarget()
  monitor(target)
  for (const loaded of [0, 1]) target.dispatchEvent(new ProgressEvent('downloadprogress', { lengthComputable: true, loaded, total: 1 }))
}

function formatOf(constraint: object) {
  if (constraint instanceof RegExp) throw unsupported('A response constraint has to be a JSON schema.')
  return { type: 'json_schema' as const, json_schema: { name: 'answer', strict: true, schema: { ...constraint } } }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** The names pages of this API know. */
function asDomException(error: unknown): unknown {
  const status = statusOf(error)
  if (error instanceof DOMException || error instanceof TypeError || !(error instanceof Error)) return error
  const name = status === 402 || status === 403 ? 'NotAllowedError' : status === 400 || status === 404 || status === 413 ? 'NotSupportedError' : 'UnknownError'
  return new DOMException(error.message, name)
}
