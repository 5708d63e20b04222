/** The wallet and the providers of the preview. */
import { fromSat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { Model } from '../../../../src/domain/offer.ts'
import type { Session } from '../../../../src/domain/session.ts'
import type { ProviderView, SessionView, WalletView } from '../../../../src/messaging/ui-contract.ts'
import { CHAT, HOUR, MINUTE, NOW } from './fixtures.ts'

const token = `cashuBo2FteCJodHRwczovL21pbnQubWluaWJpdHMuY2FzaC9CaXRjb2luYXVjc2F0YXSB${'omFpSAB5fE1vZ2l0'.repeat(24)}`
export const wallet: WalletView = {
  mints: [
    { mint: { url: 'https://mint.minibits.cash/Bitcoin', name: 'Minibits', addedAt: NOW }, readyMsat: fromSat(1786), pendingMsat: fromSat(12), notes: 18 },
    { mint: { url: 'https://mint.coinos.io', name: 'Coinos', addedAt: NOW }, readyMsat: fromSat(200), pendingMsat: ZERO_MSAT, notes: 3 },
  ],
  sessions: [
    left('s1', 'open', null),
    left('s2', 'settling', 'The provider did not answer (timeout). It is asked again in 2 minutes; the money is still in the session.'),
    left('s3', 'lost', 'The notes are spent and the provider says there is no such session. The token is kept as proof.'),
  ],
  incoming: [
    {
      id: 'i1',
      token,
      mint: 'https://other.mint.example',
      amountMsat: fromSat(21),
      from: 'refund',
      sessionId: 's2',
      state: 'waiting',
      problem: 'The provider gave change on a mint you do not trust.',
      operationId: null,
      at: NOW - 2 * HOUR,
    },
    {
      id: 'i2',
      token,
      mint: 'https://mint.coinos.io',
      amountMsat: fromSat(500),
      from: 'user',
      sessionId: null,
      state: 'stored',
      problem: 'The mint did not answer. The token is kept and tried again.',
      operationId: null,
      at: NOW - MINUTE,
    },
    {
      id: 'i3',
      token,
      mint: 'https://mint.coinos.io',
      amountMsat: fromSat(5),
      from: 'user',
      sessionId: null,
      state: 'refused',
      problem: 'The notes were spent before they came here.',
      operationId: null,
      at: NOW - 50 * HOUR,
    },
  ],
  sent: [
    {
      operationId: 'o1',
      mint: 'https://mint.minibits.cash/Bitcoin',
      amountMsat: fromSat(100),
      token,
      memo: 'for lunch',
      at: NOW - 10 * MINUTE,
      state: 'pending',
    },
    { operationId: 'o2', mint: 'https://mint.minibits.cash/Bitcoin', amountMsat: fromSat(21), token, memo: null, at: NOW - 30 * HOUR, state: 'claimed' },
  ],
}

function left(id: string, state: Session['state'], problem: string | null): SessionView {
  const placed = session(id, state, problem)
  return { session: placed, leftMsat: placed.creditedMsat ?? placed.faceMsat }
}

function session(id: string, state: Session['state'], problem: string | null): Session {
  return {
    id,
    state,
    providerId: 'p1',
    providerUrl: 'https://node.satsilicon.example',
    providerName: 'Sats & Silicon',
    origin: CHAT,
    mint: 'https://mint.coinos.io',
    token,
    key: 'sk-',
    operationId: 'o',
    faceMsat: fromSat(32),
    creditedMsat: fromSat(32),
    refundedMsat: null,
    forfeitedMsat: ZERO_MSAT,
    unexplainedMsat: ZERO_MSAT,
    createdAt: NOW - 8 * MINUTE,
    lastUsedAt: NOW,
    nextTryAt: 0,
    tries: 0,
    problem,
  }
}

function model(id: string, prompt: number | null, completion = 0, contextLength = 128_000): Model {
  return {
    id,
    name: id,
    description: '',
    aliases: [],
    contextLength,
    topProvider: null,
    inputModalities: ['text'],
    outputModalities: ['text'],
    price: prompt === null ? null : { promptSat: prompt / 1e6, completionSat: completion / 1e6, maxPromptSat: 1, maxCompletionSat: 1, maxCostSat: 2 },
  }
}

export const providers: readonly ProviderView[] = [
  {
    provider: {
      id: 'p1',
      url: 'https://node.satsilicon.example',
      name: 'Sats & Silicon',
      about: 'Frontier models, metered to the msat.',
      pubkey: 'ab',
      mints: ['https://mint.minibits.cash/Bitcoin', 'https://mint.coinos.io'],
      version: '0.2.1',
      source: 'nostr',
      seenAt: NOW - MINUTE,
      problem: null,
      blocked: false,
    },
    models: [
      model('gpt-4o-mini', 167.4, 669.6),
      model('anthropic/claude-sonnet-4.5', 3348, 16_740, 200_000),
      model('deepseek-v3.2', 301.3, 446.4, 163_840),
      model('llama-3.3-70b-instruct', null),
    ],
    payable: true,
  },
  {
    provider: {
      id: 'p2',
      url: 'https://bitblume.example',
      name: 'Bitblume',
      about: '',
      pubkey: 'cd',
      mints: ['https://mint.of.their.own.example'],
      version: '0.2.0',
      source: 'nostr',
      seenAt: NOW - 9 * MINUTE,
      problem: null,
      blocked: false,
    },
    models: [model('gpt-4o-mini', 158, 640)],
    payable: false,
  },
  {
    provider: {
      id: 'url:http://127.0.0.1:3401',
      url: 'http://127.0.0.1:3401',
      name: 'Devnet two',
      about: 'Built-in upstream.',
      pubkey: null,
      mints: ['http://127.0.0.1:3390'],
      version: 'devnet',
      source: 'devnet',
      seenAt: null,
      problem: 'Connection refused. It is asked again in 5 minutes.',
      blocked: false,
    },
    models: [],
    payable: true,
  },
  {
    provider: {
      id: 'p4',
      url: 'https://greedy.example',
      name: 'Greedy node',
      about: 'Best prices!!!',
      pubkey: 'ef',
      mints: [],
      version: '',
      source: 'user',
      seenAt: NOW,
      problem: null,
      blocked: true,
    },
    models: [model('gpt-4o', 2500, 9999)],
    payable: false,
  },
]
