import { describe, expect, it } from 'vitest'
import type { Offer } from '../../../src/domain/offer.ts'
import { createBroken, type Domain } from '../../../src/engine/failure-domains.ts'
import { p95 } from '../../../src/engine/hedge.ts'

function candidate(name: string, url: string, mint: string, upstream?: string) {
  const model = { id: 'owl', name: 'Owl', description: '', aliases: [], contextLength: null, topProvider: null, inputModalities: [], outputModalities: [], price: null }
  const offer: Offer = {
    providerId: name,
    providerUrl: url,
    providerName: name,
    mints: [mint],
    model: { ...model, ...(upstream === undefined ? {} : { upstream }) },
    at: 0,
  }
  return { offer, mint }
}

const FAILED = candidate('failed', 'https://a.one.dev', 'mint-a', 'openrouter')
const SAME_HOUSE = candidate('same house', 'https://b.one.dev', 'mint-b', 'openai')
const SAME_UPSTREAM = candidate('same upstream', 'https://two.dev', 'mint-b', 'openrouter')
const SAME_MINT = candidate('same mint', 'https://three.dev', 'mint-a', 'openai')
const OTHER = candidate('other', 'https://four.dev', 'mint-b')

describe('the next one after a failure hangs on other things', () => {
  it.each<[Domain, string[]]>([
    ['host', ['same upstream', 'same mint', 'other', 'same house']],
    ['upstream', ['same house', 'same mint', 'other', 'same upstream']],
    ['mint', ['same house', 'same upstream', 'other', 'same mint']],
  ])('%s broke', (domain, order) => {
    const broken = createBroken()
    broken.note(domain, FAILED.offer, FAILED.mint)
    let left = [SAME_HOUSE, SAME_UPSTREAM, SAME_MINT, OTHER]
    const picked: string[] = []
    for (let next = broken.pick(left); next !== undefined; next = broken.pick(left)) {
      picked.push(next.offer.providerName)
      left = left.filter((one) => one !== next)
    }
    expect(picked).toEqual(order)
  })

  it('nothing broke: the order of the plan', () => {
    expect(createBroken().pick([SAME_MINT, OTHER])).toBe(SAME_MINT)
    expect(createBroken().pick([])).toBeUndefined()
  })

  it('two ports of one machine are two houses; names below one name are one', () => {
    const broken = createBroken()
    broken.note('host', candidate('x', 'http://127.0.0.1:8000', 'm').offer, 'm')
    const neighbour = candidate('neighbour', 'http://127.0.0.1:8001', 'm')
    expect(broken.pick([neighbour, OTHER])).toBe(neighbour)
  })

  it('an unknown upstream is shared with nobody', () => {
    const broken = createBroken()
    broken.note('upstream', OTHER.offer, OTHER.mint)
    const another = candidate('another', 'https://five.dev', 'mint-c')
    expect(broken.pick([another, SAME_MINT])).toBe(another)
  })
})

describe('when the hedge asks a second one', () => {
  it('within that time 95 of 100 answers began', () => {
    expect(p95(Array.from({ length: 100 }, (_, n) => 100 - n))).toBe(95)
    expect(p95(Array.from({ length: 20 }, (_, n) => n + 1))).toBe(19)
  })
  it('too few answers say nothing', () => {
    expect(p95(Array.from({ length: 19 }, () => 1))).toBeNull()
  })
})
