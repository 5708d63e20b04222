/** How strangers are asked: providers, mints, payment servers, lists. */

/** For every call that carries money or a key (design §5.10). */
export const PAID_FETCH = { redirect: 'error', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' } as const satisfies RequestInit

/**
 * The body of an answer as text, read in pieces and given up as soon as it is longer than `maxBytes`.
 * @throws RangeError when too long; whatever the stream throws when the connection breaks
 */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined)
      throw new RangeError(`the answer is longer than ${maxBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}
