import { describe, expect, test } from 'vitest'
import { readForm } from '../../../src/protocol/form-body.ts'
import { parseInferenceRequest } from '../../../src/protocol/request-body.ts'

/** A form as a browser writes it. */
async function written(fields: Record<string, string | Blob>): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  const response = new Response(form)
  return { bytes: new Uint8Array(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' }
}

const latin = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'latin1'))
const every = Uint8Array.from({ length: 1024 }, (_, i) => i % 256)

describe('a form', () => {
  test('fields are read, files are not, and a file may contain anything', async () => {
    const trap = new Blob([every, '\r\nContent-Disposition: form-data; name="model"\r\n\r\nstolen\r\n', every])
    const { bytes, type } = await written({ file: trap, model: 'whisper ä', stream: 'true' })
    const form = readForm(bytes, type)
    expect(form?.get('model')).toBe('whisper ä')
    expect(form?.get('file')).toBeNull()
    expect(form?.get('nobody')).toBeNull()
  })

  test('a model that is a file is none', async () => {
    const { bytes, type } = await written({ model: new Blob(['m']) })
    expect(() => parseInferenceRequest('/audio/transcriptions', bytes, type)).toThrow(expect.objectContaining({ param: 'model' }))
  })

  test('one field is replaced, every other byte stays', async () => {
    const { bytes, type } = await written({ file: new Blob([every], { type: 'audio/mpeg' }), model: 'alias', prompt: 'Hi' })
    const request = parseInferenceRequest('/audio/transcriptions', bytes, type)
    expect([request.model, request.stream, request.summary.excerpt]).toEqual(['alias', false, 'Hi'])
    expect(request.body({})).toBe(bytes)
    expect(request.body({ model: 'alias', maxTokens: 5 })).toBe(bytes)
    const changed = request.body({ model: 'its own name' })
    expect(Buffer.from(String(Buffer.from(changed).toString('latin1')), 'latin1')).toEqual(
      Buffer.from(Buffer.from(bytes).toString('latin1').replace('\r\n\r\nalias\r\n', '\r\n\r\nits own name\r\n'), 'latin1'),
    )
  })

  test.each([
    ['a preamble and spaces', 'multipart/form-data; boundary="a b"', 'Hello\r\n--a b  \r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n--a b--\r\n', 'm'],
    ['an empty value', 'multipart/form-data;boundary=x', '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\n\r\n--x--', ''],
    ['no end', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nm', null],
    ['nothing', 'multipart/form-data; boundary=x', '', null],
    ['no parts', 'multipart/form-data; boundary=x', '--x--\r\n', null],
    ['urlencoded', 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1&model=m%20n', 'm n'],
  ])('%s', (_, type, text, model) => {
    expect(readForm(latin(text), type)?.get('model')).toBe(model)
  })

  test('urlencoded: the field is replaced', () => {
    const form = readForm(latin('model=m&a=1'), 'application/x-www-form-urlencoded')
    expect(Buffer.from(form?.withValue('model', 'x y') ?? []).toString()).toBe('model=x+y&a=1')
  })

  test.each(['application/json', '', 'multipart/form-data', 'text/plain'])('%j names no form', (type) => {
    expect(readForm(latin('{}'), type)).toBeNull()
  })
})
