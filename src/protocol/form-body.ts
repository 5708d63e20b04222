/**
 * Bodies that are forms (RFC 7578, RFC 2046 §5.1; urlencoded): single text fields are read where they stand, and one can be replaced
 * without touching a byte of the rest.
 */
export interface Form {
  /** The first field of that name, as text; null: there is none, or it is a file. */
  get(name: string): string | null
  /** The whole body with another value in the first field of that name. */
  withValue(name: string, value: string): Uint8Array<ArrayBuffer>
}

/** No form of this API needs more. */
const MOST_PARTS = 100

/** @returns null when the content type names no form */
export function readForm(bytes: Uint8Array<ArrayBuffer>, contentType: string): Form | null {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return urlEncoded(bytes)
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  return boundary === null ? null : multipart(bytes, boundary[1] ?? boundary[2] ?? '')
}

function urlEncoded(bytes: Uint8Array): Form {
  const text = new TextDecoder().decode(bytes)
  return {
    get: (name) => new URLSearchParams(text).get(name),
    withValue(name, value) {
      const fields = new URLSearchParams(text)
      fields.set(name, value)
      return new TextEncoder().encode(fields.toString())
    },
  }
}

interface Part {
  readonly name: string
  readonly isFile: boolean
  /** Bytes of its value in the body. */
  readonly from: number
  readonly to: number
}

function multipart(bytes: Uint8Array<ArrayBuffer>, boundary: string): Form {
  const parts = partsOf(bytes, boundary)
  const field = (name: string): Part | undefined => parts.find((part) => part.name === name && !part.isFile)
  return {
    get(name) {
      const part = field(name)
      return part === undefined ? null : new TextDecoder().decode(bytes.subarray(part.from, part.to))
    },
    withValue(name, value) {
      const part = field(name)
      if (part === undefined) return bytes
      const inserted = new TextEncoder().encode(value)
      const whole = new Uint8Array(bytes.length - (part.to - part.from) + inserted.length)
      whole.set(bytes.subarray(0, part.from))
      whole.set(inserted, part.from)
      whole.set(bytes.subarray(part.to), part.from + inserted.length)
      return whole
    },
  }
}

function partsOf(bytes: Uint8Array, boundary: string): Part[] {
  // One character per byte (its single-byte relatives are one and the same label): places in the text are places in the bytes.
  const text = new TextDecoder('windows-1252').decode(bytes)
  const delimiter = `--${boundary}`
  const parts: Part[] = []
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\r\n${delimiter}`) + 2
  while (at >= 0 && parts.length < MOST_PARTS && text.startsWith(delimiter, at) && !text.startsWith('--', at + delimiter.length)) {
    const headersFrom = text.indexOf('\r\n', at + delimiter.length) + 2
    const headersTo = text.indexOf('\r\n\r\n', headersFrom - 2)
    const next = headersTo < 0 ? -1 : text.indexOf(`\r\n${delimiter}`, headersTo + 2)
    if (headersFrom < 2 || next < 0) break
    const disposition = /^content-disposition:.*$/im.exec(text.slice(headersFrom, headersTo))?.[0] ?? ''
    const name = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition)
    parts.push({ name: name?.[1] ?? name?.[2] ?? '', isFile: /;\s*filename\*?=/i.test(disposition), from: headersTo + 4, to: Math.max(headersTo + 4, next) })
    at = next + 2
  }
  return parts
}
