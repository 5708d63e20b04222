import { describe, expect, it } from 'vitest'
import { capOutput } from '../../../src/engine/max-tokens.ts'
import { parseInferenceRequest } from '../../../src/protocol/request-body.ts'

const request = (body: object, path = '/chat/completions') =>
  parseInferenceRequest(path, new TextEncoder().encode(JSON.stringify({ model: 'owl', messages: [{ role: 'user', content: 'Why?' }], ...body })))
const capped = (body: object, rule?: { maxTokensCap?: number | null }, forAll: number | null = 4096, path?: string) =>
  capOutput(request(body, path), { maxTokensCap: forAll }, rule).maxTokens

describe('a missing max_tokens', () => {
  it('becomes the number for all sites, or the one of this site; either can be none', () => {
    expect(capped({})).toBe(4096)
    expect(capped({}, {})).toBe(4096)
    expect(capped({}, { maxTokensCap: 300 })).toBe(300)
    expect(capped({}, { maxTokensCap: null })).toBeNull()
    expect(capped({}, { maxTokensCap: 300 }, null)).toBe(300)
    expect(capped({}, undefined, null)).toBeNull()
  })

  it('is none where the page names a limit in any spelling, and where a node reads none', () => {
    for (const key of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) expect(capped({ [key]: 50 }, { maxTokensCap: 300 })).toBeNull()
    for (const path of ['/responses', '/embeddings', '/images/generations']) expect(capped({ input: 'x' }, { maxTokensCap: 300 }, 4096, path)).toBeNull()
  })

  it('sizes the request and goes into the body', () => {
    const { parsed, maxTokens } = capOutput(request({}), { maxTokensCap: 4096 }, { maxTokensCap: 300 })
    expect([parsed.maxTokens, parsed.outputLimit]).toEqual([300, 300])
    expect(String(parsed.body({ maxTokens: maxTokens ?? 0 }))).toContain('"max_tokens":300')
  })
})
