/** Relays and a provider's record, as the market routes tell them. */
import type { RelayHealth } from '../../../../src/domain/relay-health.ts'
import type { MarketOutputs } from '../../../../src/messaging/routes/market.ts'
import { HOUR, MINUTE, NOW, receipts } from './fixtures.ts'
import { SPOKEN } from './word-fixtures.ts'
import { providers, wallet } from './money-fixtures.ts'

const relay = (url: string, changes: Partial<RelayHealth> = {}): RelayHealth => ({
  url,
  state: 'connected',
  connectedSince: NOW - 3 * HOUR,
  lastEventAt: NOW - 4 * MINUTE,
  events: 61,
  refused: 0,
  failures: 0,
  problem: null,
  ...changes,
})

export const relays: readonly RelayHealth[] = [
  relay('wss://relay.routstr.com'),
  relay('wss://relay.damus.io', { events: 412, refused: 3, problem: 'it does not say when it is done' }),
  relay('wss://nos.lol', { state: 'waiting', connectedSince: null, lastEventAt: null, events: 0, failures: 7, problem: 'it can not be reached' }),
  relay('wss://relay.nostr.band', { state: 'connecting', connectedSince: null, lastEventAt: null, events: 0 }),
]

const KEY = '4ad6fa2d16e2a9b576c863b4cf7404a70d4dc320c0c447d10ad6ff58993eacc8'

export function providerPage(id: string): MarketOutputs['providers.get'] {
  const found = providers.find((view) => view.provider.id === id)
  if (found === undefined) return null
  const { provider, trust, notFunded, mismatches } = found
  const announced = provider.source === 'nostr'
  const wave = Array.from({ length: 40 }, (_, index) => 1 + Math.sin(index / 5) / 3)
  return {
    provider: announced ? { ...provider, pubkey: KEY } : provider,
    announcement: announced
      ? {
          eventId: 'c61db687e905958ab04466853206024e7b79316f1c52154e89f65204a358e1a0',
          createdAt: Math.floor((NOW - 70 * 24 * HOUR) / 1000),
          relays: ['wss://relay.routstr.com', 'wss://nos.lol'],
          onions: ['http://satssiliconxyzabcdefghijklmnopqrstuvwxyz234567.onion'],
          mints: provider.mints,
          version: provider.version,
        }
      : null,
    urls: [provider.url, ...(announced ? ['https://backup.satsilicon.example'] : [])],
    firstSeenAt: NOW - 20 * 24 * HOUR,
    identity: id === 'p2' ? 'contradicted' : announced ? 'proven' : 'unproven',
    infoKey: announced ? KEY : null,
    failures: provider.problem === null ? 0 : 3,
    withdrawn: false,
    profile: announced ? { eventId: 'ab'.repeat(32), createdAt: 1, name: provider.name, about: 'Since 2024.', picture: 'https://satsilicon.example/logo.png', website: '' } : null,
    catalogueAt: NOW - MINUTE,
    prices: [
      { modelId: 'gpt-4o-mini', points: wave.map((factor, index) => ({ at: NOW - (40 - index) * HOUR, promptSat: 0.000_167 * factor, completionSat: 0.000_669 * factor })) },
      { modelId: 'anthropic/claude-sonnet-4.5', points: [{ at: NOW - 90 * HOUR, promptSat: 0.003_348, completionSat: 0.016_74 }] },
    ],
    trust,
    spokenAs: announced ? SPOKEN : null,
    notFunded,
    mismatches,
    sessions: wallet.sessions.filter(({ session }) => session.providerId === id),
    receipts: receipts.filter(({ providerUrl }) => providerUrl === provider.url),
  }
}

const price = (sat: number) => ({ promptSat: sat / 1e6, completionSat: (sat * 4) / 1e6, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 2 })
export const soldModels: MarketOutputs['models.list'] = [
  {
    id: 'claude-sonnet-4.5',
    recommendedFor: ['vision', 'long_context'],
    offers: [
      { providerId: 'p1', providerName: 'Sats & Silicon', calledId: 'anthropic/claude-sonnet-4.5', because: 'alias', price: price(3348), at: NOW },
      { providerId: 'p2', providerName: 'Bitblume', calledId: 'claude-sonnet-4-5', because: 'mapping', price: price(3100), at: NOW },
    ],
  },
  { id: 'gpt-4o-mini', recommendedFor: ['chat'], offers: [{ providerId: 'p2', providerName: 'Bitblume', calledId: 'gpt-4o-mini', because: 'listed', price: price(158), at: NOW }] },
  { id: 'deepseek-v3.2', recommendedFor: [], offers: [{ providerId: 'p1', providerName: 'Sats & Silicon', calledId: 'deepseek-v3.2-2026-02-01', because: 'date', price: price(301), at: NOW }] },
]

export const recommended: MarketOutputs['models.recommended'] = [
  { model: 'gpt-4o-mini', task: 'chat', providers: 1, providerName: 'Bitblume', typicalMsat: 395, reasons: ['about 0.4 sat for a usual question, the cheapest of 3', 'context of 128,000 tokens', 'takes tools', '98 % of its answers here came whole'] },
  { model: 'deepseek-v3.2', task: 'chat', providers: 1, providerName: 'Sats & Silicon', typicalMsat: 752, reasons: ['about 0.75 sat for a usual question', 'context of 164,000 tokens', 'not used here yet'] },
]
