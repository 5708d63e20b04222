/**
 * Replaces single top-level fields in the text of a JSON object and leaves every other character as it was: the body
 * reaches the provider as the page wrote it (design §5.8).
 */

/** One `"key": value` of the outermost object; positions are UTF-16 offsets into the text. */
export interface TopLevelField {
  readonly key: string
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** The fields in their order, repeated keys included. @param text a JSON object that `JSON.parse` has accepted */
export function topLevelFields(text: string): readonly TopLevelField[] {
  const fields: TopLevelField[] = []
  let position = skipSpace(text, text.indexOf('{') + 1)
  while (text[position] === '"') {
    const keyStart = position
    const keyEnd = endOfString(text, position)
    const key: unknown = JSON.parse(text.slice(position, keyEnd))
    const valueStart = skipSpace(text, text.indexOf(':', keyEnd) + 1)
    const valueEnd = endOfValue(text, valueStart)
    fields.push({ key: String(key), keyStart, valueStart, valueEnd })
    position = skipSpace(text, valueEnd)
    if (text[position] === ',') position = skipSpace(text, position + 1)
  }
  return fields
}

/**
 * The text with `changes` (key → JSON text of the new value) put in: every occurrence of a key is replaced, a missing
 * key is inserted in front. Without changes the identical string.
 */
export function spliceFields(text: string, fields: readonly TopLevelField[], changes: ReadonlyMap<string, string>): string {
  let result = ''
  let copied = 0
  for (const field of fields) {
    const value = changes.get(field.key)
    if (value === undefined) continue
    result += text.slice(copied, field.valueStart) + value
    copied = field.valueEnd
  }
  result += text.slice(copied)
  const present = new Set(fields.map((field) => field.key))
  const missing = [...changes].filter(([key]) => !present.has(key)).map(([key, value]) => `${JSON.stringify(key)}:${value}`)
  if (missing.length === 0) return result
  const inside = result.indexOf('{') + 1
  return `${result.slice(0, inside)}${missing.join(',')}${fields.length === 0 ? '' : ','}${result.slice(inside)}`
}

/** The text without these fields, and without the commas that parted them from others. */
export function withoutFields(text: string, key: string): string {
  const fields = topLevelFields(text)
  const kept = fields.filter((field) => field.key !== key)
  if (kept.length === fields.length) return text
  const [first] = fields
  const last = fields.at(-1)
  if (first === undefined || last === undefined) return text
  const inside = kept.map(({ keyStart, valueEnd }) => text.slice(keyStart, valueEnd)).join(',')
  return text.slice(0, first.keyStart) + inside + text.slice(last.valueEnd)
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function endOfString(text: string, start: number): number {
  let position = start + 1
  while (position < text.length && text.charCodeAt(position) !== QUOTE) {
    position += text.charCodeAt(position) === BACKSLASH ? 2 : 1
  }
  return position + 1
}

function endOfValue(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return endOfString(text, start)
  if (first !== '{' && first !== '[') return endOfPlainValue(text, start)
  let depth = 0
  let position = start
  while (position < text.length) {
    const character = text[position]
    if (character === '"') {
      position = endOfString(text, position)
      continue
    }
    if (character === '{' || character === '[') depth++
    if (character === '}' || character === ']') depth--
    position++
    if (depth === 0) break
  }
  return position
}

function endOfPlainValue(text: string, start: number): number {
  let position = start
  while (position < text.length && !/[\s,}]/.test(text.charAt(position))) position++
  return position
}

function skipSpace(text: string, start: number): number {
  let position = start
  while (position < text.length && /\s/.test(text.charAt(position))) position++
  return position
}
