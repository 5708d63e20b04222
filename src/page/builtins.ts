/**
 * The built-ins we rely on, taken at document_start, before any script of the page runs (T8). A page that overrides them
 * later breaks itself, not us. Nothing security-relevant depends on this: the background trusts no frame.
 *
 * The rest of `src/page` keeps to: what is captured here, index loops, `await` (which does not look up `then` on native promises)
 * and plain properties of objects of our own. It avoids array methods, destructured arrays and regular expressions. Functions are
 * arrows, and built-ins are taken by their own names: this room is counted in bytes (10 kB, `tests/unit/page/injected.test.ts`).
 */
type Captured<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (self: unknown, ...args: A) => R : (self: unknown) => T[K]
}

const uncurry = Function.prototype.bind.bind(Function.prototype.call)

const { getOwnPropertyDescriptor } = Object

/**
 * The methods and getters of a class, each as a function that takes `this` first and looks nothing up when called. Only those that
 * are asked for: every page pays for what the browser has to make.
 */
const capture = <T extends object>(type: { readonly prototype: T }): Captured<T> =>
  new Proxy(type.prototype, {
    get(prototype, name) {
      const descriptor = getOwnPropertyDescriptor(prototype, name)
      return uncurry(descriptor?.get ?? descriptor?.value)
    },
  }) as Captured<T>

export const { freeze, create: createObject, assign } = Object
export const { parse: parseJson, stringify: toJson } = JSON
export const { isArray } = Array
const { get: readProperty, apply } = Reflect
export const asyncIterator: typeof Symbol.asyncIterator = Symbol.asyncIterator
export const encodeSegment = encodeURIComponent

export const NativeObject: (value: unknown) => { readonly [field: string]: unknown } = Object
export const NativePromise = Promise
export const NativeEventTarget = EventTarget
export const NativeCustomEvent = CustomEvent
export const NativeAbortController = AbortController
export const NativeDOMException = DOMException
export const NativeHeaders = Headers
export const NativeFormData = FormData
export const NativeResponse = Response
export const NativeURL = URL
export const NativeReadableStream = ReadableStream
export const NativeTextDecoder = TextDecoder
const NativeUint8Array = Uint8Array

/** Fires with the first of its signals, and keeps none of them alive. */
export const anySignal: typeof AbortSignal.any = AbortSignal.any.bind(AbortSignal)

// Not exported as `then`: a module with that name counts as a promise.
export const { then: settle } = capture(Promise)
export const { slice, indexOf, charCodeAt } = capture(String)
export const { addEventListener, removeEventListener, dispatchEvent } = capture(EventTarget)
export const { data: messageData } = capture(MessageEvent)
export const { postMessage } = capture(MessagePort)
export const { abort: abortController, signal: controllerSignal } = capture(AbortController)
export const { aborted: isAborted, reason: abortReason } = capture(AbortSignal)
export const { get: getHeader, set: setHeader, append: appendHeader, forEach: eachHeader } = capture(Headers)
export const { append: appendField } = capture(FormData)
export const { url: requestUrl, method: requestMethod, headers: requestHeaders, signal: requestSignal, arrayBuffer: requestBytes } = capture(Request)
export const { ok: isOk, status: responseStatus, headers: responseHeaders, body: responseBody, text: responseText } = capture(Response)
export const { href: hrefOf } = capture(URL)
export const { getReader } = capture(ReadableStream)
export const { read, cancel } = capture(ReadableStreamDefaultReader)
export const { enqueue, close: closeStream, error: breakStream } = capture(ReadableStreamDefaultController)
export const { decode } = capture(TextDecoder)
const { encode } = capture(TextEncoder)
const { getRandomValues } = capture(Crypto)
const { subarray }: Captured<Uint8Array> = capture(Object.getPrototypeOf(NativeUint8Array))

const encoder = new TextEncoder()
/** Text → UTF-8. */
export const encodeText = (text: string): Uint8Array => encode(encoder, text)

const encodeBase64 = btoa
const { fromCharCode } = String
/** `bytes[from…to[` → base64. @throws TypeError for what is not a typed array */
export const base64Of = (bytes: unknown, from: number, to: number): string => encodeBase64(apply(fromCharCode, null, subarray(bytes, from, to)))

const decodeBase64 = atob
/** Base64 → bytes. Throws what `atob` throws. */
export const bytesOf = (base64: string): Uint8Array => {
  const binary = decodeBase64(base64)
  const bytes = new NativeUint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = charCodeAt(binary, i)
  return bytes
}

const ownCrypto = crypto
/** 32 hex digits nobody can guess (G7). */
export const randomHex = (): string => {
  const bytes = new NativeUint8Array(32)
  getRandomValues(ownCrypto, bytes)
  let text = ''
  for (let i = 0; i < 32; i++) text += '0123456789abcdef'[(bytes[i] ?? 0) & 15]
  return text
}

/** True when `text` begins with `prefix`. */
export const startsWith = (text: string, prefix: string): boolean => slice(text, 0, prefix.length) === prefix

export const CONTENT_TYPE = 'content-type'
/** A header of an answer; empty when there is none. */
export const header = (response: Response, name: string): string => getHeader(responseHeaders(response), name) ?? ''

/** `value[key]`, or undefined when there is no such thing. */
export const property = (value: unknown, key: string): unknown => (typeof value === 'object' && value ? readProperty(value, key) : undefined)
