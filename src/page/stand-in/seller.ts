/** What both stand-ins ask `window.routstr` for, and how a page that names no model gets one. */
import type OpenAI from 'openai'
import type { RoutstrProvider } from '../api.ts'

export interface Seller {
  /** null: there is none in this document. */
  readonly provider: Promise<RoutstrProvider | null>
}

export interface DefaultModel {
  readonly id: string
  /** Tokens of a conversation at most. */
  readonly contextTokens: number
}

export type Message = OpenAI.Chat.ChatCompletionMessageParam

/** When its provider does not say. */
const USUAL_CONTEXT = 8_192
/** The user's choice for this site, or the cheapest one for text; asked by this name (`src/background/default-model.ts`). */
const DEFAULT_NAME = 'default'

/** null: nobody sells one at the moment. Asks nobody, spends nothing. */
export async function defaultModel(provider: RoutstrProvider): Promise<DefaultModel | null> {
  const response = await provider.fetch(`/models/${DEFAULT_NAME}`)
  if (!response.ok) return null
  const model: { readonly id: string; readonly routstr?: { readonly context_length?: number | null } } = await response.json()
  return { id: model.id, contextTokens: model.routstr?.context_length ?? USUAL_CONTEXT }
}

/** What an error of ours has for a status; undefined: it is none, or has none. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}
