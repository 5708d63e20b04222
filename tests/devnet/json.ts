/** JSON from outside: `undefined` for what is none; the caller parses the rest with a schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
