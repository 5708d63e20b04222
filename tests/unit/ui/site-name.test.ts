import { describe, expect, it } from 'vitest'
import { decodePunycode, labelWarning, siteName } from '../../../src/ui/parts/site-name.ts'

describe('T11: the name of a site', () => {
  it('is the origin without https://', () => {
    expect(siteName('https://chat.example.com')).toEqual({ headline: 'chat.example.com', readsAs: null, warning: null })
    expect(siteName('https://chat.example.com:8443').headline).toBe('chat.example.com:8443')
    expect(siteName('http://localhost:3000').headline).toBe('http://localhost:3000')
  })

  it('keeps international names in ASCII and says what they read as', () => {
    expect(siteName('https://xn--mnchen-3ya.de')).toEqual({ headline: 'xn--mnchen-3ya.de', readsAs: 'münchen.de', warning: null })
    expect(siteName('https://xn--fsqu00a.xn--0zwm56d').readsAs).toBe('例子.测试')
  })

  it('warns of a name whose letters all look Latin', () => {
    expect(siteName('https://xn--80ak6aa92e.com')).toEqual({ headline: 'xn--80ak6aa92e.com', readsAs: 'аррӏе.com', warning: 'lookalike' })
  })

  it('warns of mixed alphabets', () => {
    const origin = new URL('https://pаypal.com').origin
    expect(siteName(origin).warning).toBe('mixed')
    expect(labelWarning('gοοgle')).toBe('mixed')
    expect(labelWarning('東京カフェ')).toBeNull()
    expect(labelWarning('пример')).toBeNull()
    expect(labelWarning('plain-name-1')).toBeNull()
  })

  it('agrees with the browser on what punycode means, and gives up on nonsense', () => {
    for (const name of ['bücher', 'ñandú', 'пример', 'παράδειγμα', '例え', 'ليهمابتكلموشعربي']) {
      const label = new URL(`https://${name}.com`).hostname.split('.')[0] ?? ''
      expect(decodePunycode(label.slice(4))).toBe(name.normalize('NFC'))
    }
    expect(decodePunycode('!!!')).toBeNull()
    expect(decodePunycode('99999999999999999999')).toBeNull()
  })
})
