/** Inputs of the Prompt API → messages. Text and pictures; what we can not pass on is refused by name. */
import type OpenAI from 'openai'
import type { Message } from './seller.ts'

export type Content = { readonly type: string; readonly value: unknown }
export type Prompt = { readonly role?: string; readonly content: string | readonly Content[] }
export type PromptInput = string | readonly Prompt[]

/** A token for so many characters, where nobody has counted. */
const CHARACTERS_PER_TOKEN = 4
/** What providers count for a picture of usual size. */
const PICTURE_TOKENS = 1_000

/** @throws DOMException NotSupportedError; TypeError for what is no prompt */
export async function messagesOf(input: PromptInput): Promise<Message[]> {
  const prompts = typeof input === 'string' ? [{ content: input }] : input
  return Promise.all(prompts.map(messageOf))
}

async function messageOf({ role = 'user', content }: Prompt): Promise<Message> {
  if (role !== 'system' && role !== 'user' && role !== 'assistant') throw new TypeError(`"${role}" is no role of a prompt.`)
  const parts = typeof content === 'string' ? [{ type: 'text', value: content }] : content
  if (parts.every(isText)) return { role, content: parts.map(({ value }) => String(value)).join('') }
  if (role !== 'user') throw unsupported(`A prompt of the ${role} can only be text.`)
  return { role, content: await Promise.all(parts.map(partOf)) }
}

async function partOf(part: Content): Promise<OpenAI.Chat.ChatCompletionContentPart> {
  return isText(part) ? { type: 'text', text: String(part.value) } : { type: 'image_url', image_url: { url: await pictureOf(part) } }
}

/** Rough, as nobody counts before a model has read it. */
export function tokensOf(messages: readonly Message[]): number {
  const parts = messages.flatMap(({ content }) => (typeof content === 'string' ? [content.length] : (content ?? []).map((part) => ('text' in part ? part.text.length : PICTURE_TOKENS * CHARACTERS_PER_TOKEN))))
  return Math.ceil(parts.reduce((sum, length) => sum + length, 0) / CHARACTERS_PER_TOKEN)
}

export function unsupported(message: string): DOMException {
  return new DOMException(message, 'NotSupportedError')
}

function isText({ type }: Content): boolean {
  return type === 'text'
}

async function pictureOf({ type, value }: Content): Promise<string> {
  if (type !== 'image' || !(value instanceof Blob)) throw unsupported(`A prompt may hold text and pictures (as Blob), not this ${type}.`)
  const bytes = new Uint8Array(await value.arrayBuffer())
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return `data:${value.type || 'image/png'};base64,${btoa(binary)}`
}
