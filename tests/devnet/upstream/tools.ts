/** A model that calls a tool when it is told to: `[[tool:{"city":"Lisbon"}]]`, and afterwards repeats what the tool said. */
import * as v from 'valibot'

const conversation = v.looseObject({
  tools: v.array(v.looseObject({ function: v.looseObject({ name: v.string() }) })),
  messages: v.array(v.looseObject({ role: v.string(), content: v.unknown() })),
})

export interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** The call the model makes instead of an answer; null: it answers. */
export function toolCallOf(body: unknown): ToolCall | null {
  const parsed = v.safeParse(conversation, body)
  const last = parsed.success ? parsed.output.messages.at(-1) : undefined
  const name = parsed.success ? parsed.output.tools[0]?.function.name : undefined
  const written = last?.role === 'user' ? /\[\[tool:(.*?)\]\]/.exec(JSON.stringify(last.content))?.[1] : undefined
  if (name === undefined || written === undefined) return null
  return { id: 'call_1', type: 'function', function: { name, arguments: written.replaceAll('\\"', '"') } }
}

/** What the model says once it has heard the tool; null: nobody has called one. */
export function afterTool(body: unknown): string | null {
  const parsed = v.safeParse(conversation, body)
  const last = parsed.success ? parsed.output.messages.at(-1) : undefined
  return last?.role === 'tool' ? `The tool said: ${String(last.content)}` : null
}
