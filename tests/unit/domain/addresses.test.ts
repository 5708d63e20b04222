import { describe, expect, it } from 'vitest'
import { safeAddress } from '../../../src/domain/network-address.ts'
import { siteOrigin } from '../../../src/domain/site.ts'

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'fine'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'another error'
  }
}

describe('T24: addresses of strangers', () => {
  const open = { allowLoopback: false }
  it.each(['https://mint.example.com', 'https://mint.minibits.cash/Bitcoin', 'https://node.example.com:8443/v1'])('%s is used', (url) =>
    expect(safeAddress(url, open)).toBe(url),
  )

  it.each([
    'http://mint.example.com',
    'https://localhost',
    'http://127.0.0.1:8000',
    'https://127.1',
    'https://2130706433',
    'https://0x7f000001',
    'https://[::1]',
    'https://10.0.0.1',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://100.64.0.1',
    'https://8.8.8.8',
    'https://[fe80::1]',
    'https://intranet',
    'https://router.local',
    'https://x.internal',
    'https://x.lan',
    'https://x.localhost',
    'https://abc.onion',
    'https://x.test',
    'ftp://mint.example.com',
    'https://user:pass@mint.example.com',
    'https://mint.example.com/?a=b',
    'https://mint.example.com/#x',
    'javascript:alert(1)',
    '',
    'not a url',
    `https://${'a'.repeat(600)}.com`,
  ])('%s is refused', (url) => expect(codeOf(() => safeAddress(url, open))).toBe('unsafe_address'))

  it('the developer switch opens loopback and nothing else', () => {
    const developer = { allowLoopback: true }
    expect(safeAddress('http://127.0.0.1:3388/', developer)).toBe('http://127.0.0.1:3388')
    expect(safeAddress('ws://localhost:3391', developer, 'wss:')).toBe('ws://localhost:3391')
    expect(codeOf(() => safeAddress('http://192.168.1.1', developer))).toBe('unsafe_address')
    expect(codeOf(() => safeAddress('http://mint.example.com', developer))).toBe('unsafe_address')
  })

  it('relays need wss', () => {
    expect(safeAddress('wss://relay.example.com', open, 'wss:')).toBe('wss://relay.example.com')
    expect(codeOf(() => safeAddress('ws://relay.example.com', open, 'wss:'))).toBe('unsafe_address')
    expect(codeOf(() => safeAddress('https://relay.example.com', open, 'wss:'))).toBe('unsafe_address')
  })
})

describe('who may be given a budget', () => {
  it.each([
    ['https://chat.example', 'fine'],
    ['https://chat.example:8443', 'fine'],
    ['http://localhost:5173', 'fine'],
    ['http://127.0.0.1', 'fine'],
    ['null', 'opaque_origin'],
    ['', 'opaque_origin'],
    [undefined, 'opaque_origin'],
    ['http://chat.example', 'insecure_origin'],
    ['http://localhost.evil.example', 'insecure_origin'],
    ['http://127.0.0.1.evil.example', 'insecure_origin'],
    ['https://chat.example/path', 'insecure_origin'],
    ['file://', 'insecure_origin'],
    ['chrome-extension://abc', 'insecure_origin'],
  ])('%s: %s', (origin, expected) => expect(codeOf(() => siteOrigin(origin))).toBe(expected))
})
