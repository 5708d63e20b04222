import { expect, test } from 'vitest'
import { msat, type Msat } from '../../../src/domain/msat.ts'
import { type Bounds, type Need, PROFILE_WEIGHTS } from '../../../src/routing/known.ts'
import { plan } from '../../../src/routing/plan.ts'
import { ANYBODY, NO_NEED, priced, type Shape, stranger } from './market.ts'

interface Case {
  shape?: Shape
  need?: Partial<Need>
  bounds?: Partial<Bounds>
  trust?: number
  hops?: number
}

function verdict({ shape, need, bounds, trust = 0.4, hops }: Case): string {
  const { rejected, candidates } = plan([priced('p', 1000, shape)], {
    balances: new Map<string, Msat>([['mint-a', msat(1_000_000)]]),
    coolingDown: () => false,
    sessionAt: () => msat(0),
    known: () => ({ ...stranger(), trust, hops: hops ?? null }),
    shareOf: () => 0,
    runningAt: () => 0,
    need: { ...NO_NEED, ...need },
    bounds: { ...ANYBODY, ...bounds },
    weights: PROFILE_WEIGHTS.price,
    random: () => 0,
  })
  return rejected[0]?.why ?? (candidates.length === 1 ? 'fits' : 'nowhere')
}

const price = { promptSat: 0.001, completionSat: 0.004, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 2 }

test.each<[string, Case, string]>([
  ['tools are listed', { need: { tools: true }, shape: { model: { parameters: ['tools', 'temperature'] } } }, 'fits'],
  ['tools are not listed', { need: { tools: true }, shape: { model: { parameters: ['temperature'] } } }, 'no_tools'],
  ['the list says nothing of tools', { need: { tools: true } }, 'fits'],
  ['JSON is not listed', { need: { json: true }, shape: { model: { parameters: ['tools'] } } }, 'no_json'],
  ['JSON by a schema', { need: { json: true }, shape: { model: { parameters: ['structured_outputs'] } } }, 'fits'],
  ['a picture for a model of text', { need: { vision: true }, shape: { model: { inputModalities: ['text'] } } }, 'no_vision'],
  ['a picture for a model that sees', { need: { vision: true }, shape: { model: { inputModalities: ['text', 'image'] } } }, 'fits'],
  ['a request as long as the context', { need: { contextTokens: 8192 }, shape: { model: { contextLength: 8192 } } }, 'fits'],
  ['a longer one', { need: { contextTokens: 8193 }, shape: { model: { contextLength: 8192 } } }, 'context'],
  ['the price asked at most', { bounds: { maxPriceSat: 4000 }, shape: { model: { price } } }, 'fits'],
  ['a dearer one', { bounds: { maxPriceSat: 3999 }, shape: { model: { price } } }, 'max_price'],
  ['what the page allows', { need: { maxCostMsat: msat(2000) } }, 'fits'],
  ['more than the page allows', { need: { maxCostMsat: msat(1999) } }, 'max_cost'],
  ['a region that is wanted', { bounds: { regions: ['eu', 'ch'] }, shape: { region: 'eu' } }, 'fits'],
  ['another region', { bounds: { regions: ['eu'] }, shape: { region: 'us' } }, 'region'],
  ['a region is wanted and none told', { bounds: { regions: ['eu'] } }, 'region'],
  ['trusted as much as wanted', { bounds: { minTrust: 40 } }, 'fits'],
  ['trusted less', { bounds: { minTrust: 41 } }, 'trust'],
  ['vouched for near enough', { bounds: { maxHops: 2 }, hops: 2 }, 'fits'],
  ['vouched for too far away', { bounds: { maxHops: 1 }, hops: 2 }, 'hops'],
  ['vouched for by nobody', { bounds: { maxHops: 6 } }, 'hops'],
  ['the one that is pinned', { bounds: { pin: 'p' } }, 'fits'],
  ['another than the pinned one', { bounds: { pin: 'q' } }, 'pinned_elsewhere'],
  ['no mint in common', { shape: { mints: ['mint-b'] } }, 'no_common_mint'],
  ['not enough money there', { shape: { required: 2_000_000 } }, 'mint_balance'],
])('%s', (_, given, expected) => {
  expect(verdict(given)).toBe(expected)
})
