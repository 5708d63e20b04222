/** The old `window.ai` (windowai.io) over a paid model, as its pages know it: outputs in a list, errors as plain words (`page-api.md` §15). */
import type OpenAI from 'openai'
import { defaultModel, type Message, type Seller, statusOf } from './seller.ts'

type Input = { readonly prompt: string } | { readonly messages: readonly Message[] }
type Output = { readonly text: string; readonly isPartial?: true } | { readonly message: { readonly role: 'assistant'; readonly content: string }; readonly isPartial?: true }
type Code = 'NOT_AUTHENTICATED' | 'PERMISSION_DENIED' | 'INVALID_REQUEST' | 'PAYMENT_REQUIRED' | 'MODEL_REJECTED_REQUEST'

interface Options {
  readonly model?: string
  readonly numOutputs?: number
  readonly temperature?: number
  readonly maxTokens?: number
  readonly stopSequences?: string[]
  /** Each piece as it comes; then the promise has the whole. */
  readonly onStreamResult?: (result: Output | null, error: Code | null) => unknown
}

export function createWindowAi({ provider: found }: Seller) {
  const listeners: ((event: 'error', data: Code) => void)[] = []

  async function run(input: Input, options: Options): Promise<Output[]> {
    const provider = await found
    if (provider === null) throw 'NOT_AUTHENTICATED' satisfies Code
    if (typeof input !== 'object' || input === null || !('messages' in input || 'prompt' in input)) throw 'INVALID_REQUEST' satisfies Code
    const model = options.model ?? (await defaultModel(provider))?.id
    if (model === undefined) throw 'INVALID_REQUEST' satisfies Code
    const { numOutputs, temperature, maxTokens, stopSequences, onStreamResult } = options
    const body: Omit<OpenAI.Chat.ChatCompletionCreateParams, 'stream'> = {
      model,
      messages: 'messages' in input ? [...input.messages] : [{ role: 'user', content: input.prompt }],
      ...(numOutputs === undefined ? {} : { n: numOutputs }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(stopSequences === undefined ? {} : { stop: stopSequences }),
    }
    const output = (content: string): Output => ('messages' in input ? { message: { role: 'assistant', content } } : { text: content })
    if (onStreamResult === undefined) {
      const { choices } = await provider.chat.completions.create(body)
      return choices.map(({ message }) => output(message.content ?? ''))
    }
    const texts: string[] = []
    for await (const { choices } of await provider.chat.completions.create({ ...body, stream: true })) {
      for (const { index, delta } of choices) {
        if (!delta.content) continue
        texts[index] = (texts[index] ?? '') + delta.content
        onStreamResult({ ...output(delta.content), isPartial: true }, null)
      }
    }
    return texts.map(output)
  }

  async function generateText(input: Input, options: Options = {}): Promise<Output[]> {
    try {
      return await run(input, options)
    } catch (error) {
      const code = typeof error === 'string' ? (error as Code) : codeOf(statusOf(error))
      options.onStreamResult?.(null, code)
      for (const listener of listeners) listener('error', code)
      throw code
    }
  }

  const refuse = async (): Promise<never> => {
    throw 'INVALID_REQUEST' satisfies Code
  }

  return {
    __window_ai_metadata__: { domain: 'https://windowai.io', version: '0.2.4' },
    generateText,
    async getCompletion(input: Input, options: Options = {}): Promise<Output | Output[] | undefined> {
      const outputs = await generateText(input, options)
      return (options.numOutputs ?? 1) > 1 ? outputs : outputs[0]
    },
    async getCurrentModel(): Promise<string | undefined> {
      const provider = await found
      return provider === null ? undefined : (await defaultModel(provider))?.id
    },
    addEventListener(listener: (event: 'error', data: Code) => void): string {
      listeners.push(listener)
      return crypto.randomUUID()
    },
    // no shapes, and no other seller than the user's
    BETA_generate3DObject: refuse,
    BETA_updateModelProvider: refuse,
  }
}

function codeOf(status: number | undefined): Code {
  if (status === 402) return 'PAYMENT_REQUIRED'
  if (status === 401) return 'NOT_AUTHENTICATED'
  if (status === 403) return 'PERMISSION_DENIED'
  return status === 400 || status === 404 || status === 413 ? 'INVALID_REQUEST' : 'MODEL_REJECTED_REQUEST'
}
