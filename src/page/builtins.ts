/**
 * The built-ins we rely on, taken at document_start, before any script of the page runs (T8). A page that overrides them
 * later breaks itself, not us. Nothing security-relevant depends on this: the background trusts no frame.
 *
 * The rest of `src/page` keeps to: what is captured here, index loops, `await` (which does not look up `then` on native promises)
 * and plain properties of objects of our own. It avoids array methods, destructured arrays and regular expressions.
 */
type Captured<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (self: unknown, ...args: A) => R : (self: unknown) => T[K]
}

const uncurry = Function.prototype.bind.bind(Function.prototype.call)

/** The methods and getters of a class, each as a function that takes `this` first and looks nothing up when called. */
function capture<T extends object>(type: { readonly prototype: T }): Captured<T> {
  const captured = Object.create(null)
  const descriptors = Object.getOwnPropertyDescriptors(type.prototype)
  for (const name in descriptors) {
    const member = descriptors[name]
    const method = member?.get ?? member?.value
    if (typeof method === 'function') captured[name] = uncurry(method)
  }
  return captured
}

export const { freeze, create: createObject, assign } = Object
export const { parse: parseJson, stringify: toJson } = JSON
export const { isArray } = Array
export const { isSafeInteger } = Number
/** `target[key]`, as foreign as it comes. */
export const readProperty: (target: object, key: PropertyKey) => unknown = Reflect.get
export const asyncIterator: typeof Symbol.asyncIterator = Symbol.asyncIterator
export const encodeSegment = encodeURIComponent

export const NativePromise = Promise
export const NativeEventTarget = EventTarget
export const NativeCustomEvent = CustomEvent
export const NativeAbortController = AbortController
export const NativeDOMException = DOMException
export const NativeRequest = Request
export const NativeResponse = Response
export const NativeURL = URL
export const NativeReadableStream = ReadableStream
export const NativeTextDecoder = TextDecoder
const NativeUint8Array = Uint8Array

/** Fires with the first of its signals, and keeps none of them alive. */
export const anySignal: typeof AbortSignal.any = AbortSignal.any.bind(AbortSignal)

export const promise = capture(Promise)
export const string = capture(String)
export const target = capture(EventTarget)
export const message = capture(MessageEvent)
export const channel = capture(MessagePort)
export const controllers = capture(AbortController)
export const signals = capture(AbortSignal)
export const headers = capture(Headers)
export const requests = capture(Request)
export const responses = capture(Response)
export const urls = capture(URL)
export const streams = capture(ReadableStream)
export const readers = capture(ReadableStreamDefaultReader)
export const sources = capture(ReadableStreamDefaultController)
export const decoders = capture(TextDecoder)

const encoder = new TextEncoder()
const { encode } = capture(TextEncoder)
/** Text → UTF-8. */
export const encodeText = (text: string): Uint8Array => encode(encoder, text)

const decodeBase64 = atob
/** Base64 → bytes. Throws what `atob` throws. */
export function bytesOf(base64: string): Uint8Array {
  const binary = decodeBase64(base64)
  const bytes = new NativeUint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = string.charCodeAt(binary, i)
  return bytes
}

const { crypto } = globalThis
const { getRandomValues } = capture(Crypto)
const DIGITS = '0123456789abcdef'
/** 32 hex digits nobody can guess (G7). */
export function randomHex(): string {
  const bytes = new NativeUint8Array(16)
  getRandomValues(crypto, bytes)
  let text = ''
  for (let i = 0; i < 16; i++) {
    const byte = bytes[i] ?? 0
    text += `${DIGITS[byte >> 4]}${DIGITS[byte & 15]}`
  }
  return text
}

/** True when `text` begins with `prefix`. */
export function startsWith(text: string, prefix: string): boolean {
  return string.slice(text, 0, prefix.length) === prefix
}
