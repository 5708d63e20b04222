/** What is inside a request: the node's prompt count (`routstr-node.md` §4.1) and the facts shown to the user. */
import type { RequestSummary } from '../domain/approval.ts'
import { codePoints, cutText, isRecord, itemsOf } from './foreign.ts'
import { imageTokens } from './image-tokens.ts'

const EXCERPT_CHARACTERS = 2000

/** `floor(characters of all text in messages / 3) + image tokens`; one floor for all messages together. */
export function promptTokens(messages: readonly unknown[]): number {
  return Math.floor(messageCharacters(messages) / 3) + imageParts(messages).reduce<number>((sum, part) => sum + partTokens(part), 0)
}

/** Characters of `input` (Responses, embeddings) or `prompt` (completions); a token id counts as the three it stands for. */
export function inputCharacters(body: Readonly<Record<string, unknown>>): number {
  return textLength(body.input) + textLength(body.prompt)
}

/** The facts of the approval screen. @param maxTokens the output limit in any of its spellings */
export function summarize(path: string, model: string, body: Readonly<Record<string, unknown>>, maxTokens: number | null): RequestSummary {
  const turns = [...itemsOf(body.messages), ...itemsOf(body.input)]
  return {
    model,
    path,
    stream: body.stream === true,
    messages: itemsOf(body.messages).length,
    characters: messageCharacters(itemsOf(body.messages)) + inputCharacters(body),
    images: imageParts(turns).length,
    tools: itemsOf(body.tools).length,
    maxTokens,
    excerpt: excerpt(lastUserText(turns) ?? plainInput(body)),
  }
}

function messageCharacters(messages: readonly unknown[]): number {
  let count = 0
  for (const message of messages) {
    if (!isRecord(message)) continue
    if (typeof message.content === 'string') count += codePoints(message.content)
    for (const part of itemsOf(message.content)) {
      if (isRecord(part) && part.type === 'text' && typeof part.text === 'string') count += codePoints(part.text)
    }
  }
  return count
}

function imageParts(messages: readonly unknown[]): readonly unknown[] {
  const parts = messages.flatMap((message) => (isRecord(message) ? itemsOf(message.content) : []))
  return parts.filter((part) => isRecord(part) && (part.type === 'image_url' || part.type === 'input_image'))
}

function partTokens(part: unknown): number {
  const image = isRecord(part) ? part.image_url : null
  if (typeof image === 'string') return image === '' ? 0 : imageTokens(image, 'auto')
  if (!isRecord(image) || typeof image.url !== 'string' || image.url === '') return 0
  return imageTokens(image.url, typeof image.detail === 'string' ? image.detail : 'auto')
}

function textLength(value: unknown): number {
  if (typeof value === 'string') return codePoints(value)
  if (typeof value === 'number') return 3
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0)
  if (!isRecord(value)) return 0
  return textLength(value.text) + textLength(value.content) + textLength(value.arguments) + textLength(value.output)
}

function lastUserText(turns: readonly unknown[]): string | null {
  for (const turn of turns.toReversed()) {
    if (!isRecord(turn) || turn.role !== 'user') continue
    if (typeof turn.content === 'string') return turn.content
    const texts = itemsOf(turn.content).flatMap((part) => (isRecord(part) && typeof part.text === 'string' ? [part.text] : []))
    if (texts.length > 0) return texts.join('\n')
  }
  return null
}

function plainInput(body: Readonly<Record<string, unknown>>): string {
  const inputs = [body.input, body.prompt].flatMap((value) => (Array.isArray(value) ? value : [value]))
  return inputs.find((value) => typeof value === 'string') ?? ''
}

/** Line breaks stay; control characters and those that turn the reading direction do not. */
function excerpt(text: string): string {
  return cutText(text, EXCERPT_CHARACTERS).replace(/(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
}
