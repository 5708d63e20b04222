/** The pieces of a request body, as they come in frames, and the bytes they are together. */
import { RoutstrError } from '../domain/errors.ts'

/** @throws RoutstrError `invalid_request_error` for what is not base64 */
export function pieceBytes(text: string, encoding: 'text' | 'base64'): Uint8Array<ArrayBuffer> {
  if (encoding === 'text') return new TextEncoder().encode(text)
  let binary: string
  try {
    binary = atob(text)
  } catch {
    throw new RoutstrError('invalid_request_error', 'The body of this request arrived damaged. Nothing was spent.')
  }
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
