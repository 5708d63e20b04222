/** The wallet and the providers of the preview. */
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { Model } from '../../../../src/domain/offer.ts'
import type { Session } from '../../../../src/domain/session.ts'
import type { TrustScore } from '../../../../src/domain/trust.ts'
import type { ProviderView, SessionView, WalletView } from '../../../../src/messaging/ui-contract.ts'
import { CHAT, HOUR, MINUTE, NOW } from './fixtures.ts'

const token = `cashuBo2FteCJodHRwczovL21pbnQubWluaWJpdHMuY2FzaC9CaXRjb2luYXVjc2F0YXSB${'omFpSAB5fE1vZ2l0'.repeat(24)}`
const sats = (amount: number) => ({ unit: 'sat', amount, amountMsat: fromSat(amount) })

export const wallet: WalletView = {
  mints: [
    { mint: { url: 'https://mint.minibits.cash/Bitcoin', name: 'Minibits', addedAt: NOW }, trusted: true, readyMsat: fromSat(1786), pendingMsat: fromSat(12), notes: 18, accounts: [{ unit: 'sat', ready: 1786, pending: 12, notes: 18 }] },
    {
      mint: { url: 'https://mint.coinos.io', name: 'Coinos', addedAt: NOW },
      trusted: true,
      readyMsat: msat(212_345),
      pendingMsat: ZERO_MSAT,
      notes: 14,
      accounts: [
        { unit: 'sat', ready: 200, pending: 0, notes: 3 },
        { unit: 'msat', ready: 12_345, pending: 0, notes: 6 },
        { unit: 'usd', ready: 1_350, pending: 20, notes: 5 },
      ],
    },
    { mint: { url: 'https://empty.mint.example', name: '', addedAt: NOW }, trusted: true, readyMsat: ZERO_MSAT, pendingMsat: ZERO_MSAT, notes: 0, accounts: [] },
    {
      mint: { url: 'https://doubtful.mint.example', name: 'Doubtful', addedAt: NOW },
      trusted: false,
      readyMsat: fromSat(64),
      pendingMsat: ZERO_MSAT,
      notes: 1,
      accounts: [{ unit: 'sat', ready: 64, pending: 0, notes: 1 }],
    },
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
      ...sats(21),
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
      ...sats(500),
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
      ...sats(5),
      from: 'user',
      sessionId: null,
      state: 'refused',
      problem: 'The notes were spent before they came here.',
      operationId: null,
      at: NOW - 50 * HOUR,
    },
  ],
  sent: [
    { operationId: 'o3', mint: 'https://mint.coinos.io', unit: 'usd', amount: 350, amountMsat: ZERO_MSAT, token, memo: null, at: NOW - MINUTE, state: 'pending' },
    {
      operationId: 'o1',
      mint: 'https://mint.minibits.cash/Bitcoin',
      ...sats(100),
      token,
      memo: 'for lunch',
      at: NOW - 10 * MINUTE,
      state: 'pending',
    },
    { operationId: 'o2', mint: 'https://mint.minibits.cash/Bitcoin', ...sats(21), token, memo: null, at: NOW - 30 * HOUR, state: 'claimed' },
  ],
}

function left(id: string, state: Session['state'], problem: string | null): SessionView {
  const placed = session(id, state, problem)
  return { session: placed, leftMsat: placed.creditedMsat ?? placed.faceMsat, owing: placed.debt !== null }
}

function session(id: string, state: Session['state'], problem: string | null): Session {
  return {
    id,
    state,
    providerId: 'p1',
    providerUrl: 'https://node.satsilicon.example',
    providerName: 'Sats & Silicon',
    origin: CHAT,
    life: 'site',
    mint: 'https://mint.coinos.io',
    token,
    key: 'sk-',
    operationId: 'o',
    faceMsat: fromSat(32),
    arrivesMsat: fromSat(32),
    creditedMsat: fromSat(32),
    refundedMsat: null,
    forfeitedMsat: ZERO_MSAT,
    unexplainedMsat: ZERO_MSAT,
    createdAt: NOW - 8 * MINUTE,
    lastUsedAt: NOW,
    nextTryAt: 0,
    tries: 0,
    problem,
    debt: state === 'lost' ? { kind: 'denied', since: NOW - 3 * HOUR } : state === 'settling' ? { kind: 'fails', since: NOW - 9 * MINUTE } : null,
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

const TRUST = {
  score: 83,
  hops: 1,
  parts: [
    { name: 'answers', value: 0.93, weight: 3.6, says: '41 of your last 42 answers came whole' },
    { name: 'money', value: 0.97, weight: 3.5, says: '38 of 38 charges were right, 9 sessions came back right, 0 mismatches' },
    { name: 'models', value: 0.96, weight: 1.8, says: '40 of 40 answers named the model that was asked' },
    { name: 'uptime', value: 0.88, weight: 0.9, says: 'answered 214 of 240 cheap questions lately' },
  ],
} as const satisfies TrustScore

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
    notFunded: null,
    mismatches: 0,
    trust: TRUST,
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
    notFunded: 'it was wrong about money 2 times',
    mismatches: 2,
    trust: TRUST,
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
    notFunded: null,
    mismatches: 0,
    trust: TRUST,
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
    notFunded: null,
    mismatches: 0,
    trust: TRUST,
  },
]
