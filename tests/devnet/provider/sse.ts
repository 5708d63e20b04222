/** Server-sent events as a node reads them: line by line, JSON parsed when it is JSON. */
import type { ServerResponse } from 'node:http'
import * as v from 'valibot'
import { parseJson } from '../json.ts'

const objectSchema = v.record(v.string(), v.unknown())
export type JsonObject = v.InferOutput<typeof objectSchema>

export const asObject = (value: unknown): JsonObject | undefined => {
  const parsed = v.safeParse(objectSchema, value)
  return parsed.success && !Array.isArray(value) ? parsed.output : undefined
}

export const parseObject = (text: string): JsonObject | undefined => asObject(parseJson(text))

export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  if (rest !== '') yield rest
}

export async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(body).text()
}

/** Respects a slow reader; resolves at once when it has left. */
export function write(response: ServerResponse, text: string): Promise<void> | undefined {
  if (response.destroyed || response.write(text)) return undefined
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

/** Text after `data:`, or undefined for any other line. */
export const dataOf = (line: string): string | undefined => (line.startsWith('data:') ? line.slice(5).trim() : undefined)
