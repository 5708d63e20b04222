/** Realistic data for every screen. Times are relative to now. */
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { Approval } from '../../../../src/domain/approval.ts'
import type { Budget } from '../../../../src/domain/grant.ts'
import type { Model } from '../../../../src/domain/offer.ts'
import type { Receipt } from '../../../../src/domain/receipt.ts'
import type { Session } from '../../../../src/domain/session.ts'
import { siteOrigin } from '../../../../src/domain/site.ts'
import type { ApprovalView, Overview, ProviderView, SiteView, WalletView } from '../../../../src/messaging/ui-contract.ts'

export const NOW = Date.now()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const CHAT = siteOrigin('https://chat.example.com')
const NOTES = siteOrigin('https://notes.longer-name-of-a-site.example.org')
const FAKE = siteOrigin('https://xn--80ak6aa92e.com')

export function budget(spentSat: number, limitSat = 1000): Budget {
  return {
    grant: {
      id: 'g1',
      origin: CHAT,
      period: 'day',
      limitMsat: fromSat(limitSat),
      maxPerRequestMsat: fromSat(100),
      requestId: null,
      createdAt: NOW - HOUR,
      expiresAt: NOW + 700 * HOUR,
      revokedAt: null,
    },
    spentMsat: msat(spentSat * 1000 + 234),
    heldMsat: msat(8600),
    remainingMsat: fromSat(Math.max(0, limitSat - spentSat - 9)),
    resetsAt: new Date(new Date(NOW).getFullYear(), new Date(NOW).getMonth(), new Date(NOW).getDate() + 1).getTime(),
  }
}

export const sites: readonly SiteView[] = [
  { origin: CHAT, blocked: false, budget: budget(312), spentMsat: msat(4_812_345), lastUsedAt: NOW - 20_000 },
  { origin: NOTES, blocked: false, budget: null, spentMsat: msat(8600), lastUsedAt: NOW - 26 * HOUR },
  { origin: FAKE, blocked: true, budget: null, spentMsat: ZERO_MSAT, lastUsedAt: NOW - 90 * HOUR },
  { origin: 'http://localhost:5173', blocked: false, budget: budget(987), spentMsat: msat(987_234), lastUsedAt: NOW - 3 * HOUR },
]

export function receipt(id: string, change: Partial<Receipt> = {}): Receipt {
  return {
    id,
    origin: CHAT,
    path: '/v1/chat/completions',
    modelAsked: 'gpt-4o-mini',
    modelServed: 'gpt-4o-mini',
    stream: true,
    state: 'completed',
    startedAt: NOW - 3 * MINUTE - 4200,
    finishedAt: NOW - 3 * MINUTE,
    firstByteMs: 412,
    providerName: 'Sats & Silicon',
    providerUrl: 'https://node.satsilicon.example',
    nodeRequestId: '7f3e9d10-2b1c-4a57-9d2f-0c5f1c9b77aa',
    promptTokens: 1204,
    completionTokens: 388,
    expectedMsat: msat(1234),
    chargedMsat: msat(1234),
    attempts: [{ providerName: 'Sats & Silicon', providerUrl: 'https://node.satsilicon.example', outcome: 'answered' }],
    reason: 'cheapest of 4 that answer within a second; a session was open',
    ...change,
  }
}

export const receipts: readonly Receipt[] = [
  receipt('r1'),
  receipt('r2', {
    modelAsked: 'claude-sonnet-4.5',
    modelServed: 'anthropic/claude-sonnet-4.5',
    origin: NOTES,
    chargedMsat: msat(48_211),
    expectedMsat: msat(44_000),
    finishedAt: NOW - 26 * MINUTE,
    providerName: 'Bitblume',
  }),
  receipt('r3', { state: 'aborted', chargedMsat: null, expectedMsat: null, promptTokens: null, completionTokens: null, finishedAt: NOW - 2 * HOUR }),
  receipt('r4', {
    state: 'interrupted',
    chargedMsat: msat(620),
    finishedAt: NOW - 5 * HOUR,
    attempts: [
      { providerName: 'Bitblume', providerUrl: 'https://bitblume.example', outcome: '503 upstream_error' },
      { providerName: 'Sats & Silicon', providerUrl: 'https://node.satsilicon.example', outcome: 'cut after 1 204 characters' },
    ],
  }),
  receipt('r5', {
    state: 'failed',
    chargedMsat: ZERO_MSAT,
    providerName: null,
    providerUrl: null,
    modelServed: null,
    modelAsked: 'llama-3.3-70b-instruct-with-a-long-name',
    finishedAt: NOW - 30 * HOUR,
    firstByteMs: null,
    nodeRequestId: null,
    attempts: [{ providerName: 'Bitblume', providerUrl: 'https://bitblume.example', outcome: 'connection refused' }],
  }),
]

export const overview: Overview = {
  balanceMsat: msat(1_986_000),
  pendingMsat: fromSat(12),
  onDepositMsat: msat(46_000),
  hasMint: true,
  paused: false,
  site: sites[0] ?? null,
  running: [
    { id: 'q1', origin: CHAT, model: 'gpt-4o-mini', providerName: 'Sats & Silicon', startedAt: NOW - 4000, phase: 'streaming', received: 1204 },
    { id: 'q2', origin: NOTES, model: 'anthropic/claude-sonnet-4.5', providerName: null, startedAt: NOW - 1000, phase: 'paying', received: 0 },
  ],
  receipts,
  approvals: [],
  providersOnline: 4,
}

const token = `cashuBo2FteCJodHRwczovL21pbnQubWluaWJpdHMuY2FzaC9CaXRjb2luYXVjc2F0YXSB${'omFpSAB5fE1vZ2l0'.repeat(24)}`
export const wallet: WalletView = {
  mints: [
    { mint: { url: 'https://mint.minibits.cash/Bitcoin', name: 'Minibits', addedAt: NOW }, readyMsat: fromSat(1786), pendingMsat: fromSat(12), notes: 18 },
    { mint: { url: 'https://mint.coinos.io', name: 'Coinos', addedAt: NOW }, readyMsat: fromSat(200), pendingMsat: ZERO_MSAT, notes: 3 },
  ],
  sessions: [
    session('s1', 'open', null),
    session('s2', 'settling', 'The provider did not answer (timeout). It is asked again in 2 minutes; the money is still in the session.'),
    session('s3', 'lost', 'The notes are spent and the provider says there is no such session. The token is kept as proof.'),
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

export function approvalView(change: Partial<Approval> = {}, view: Partial<ApprovalView> = {}): ApprovalView {
  return {
    approval: {
      id: 'a1',
      origin: CHAT,
      requestId: 'q1',
      reason: 'no_grant',
      request: {
        model: 'gpt-4o-mini',
        path: '/v1/chat/completions',
        stream: true,
        messages: 3,
        characters: 1840,
        images: 1,
        tools: 2,
        maxTokens: 1024,
        excerpt:
          'Summarise this article in three sentences:\n\nThe <b>lightning</b> network is a second layer of payments on top of Bitcoin. It was proposed in 2015 by Joseph Poon and Thaddeus Dryja.',
      },
      providerName: 'Sats & Silicon',
      expectedMsat: msat(1134),
      worstMsat: msat(8512),
      suggestion: { period: 'day', limitMsat: fromSat(1000), maxPerRequestMsat: fromSat(100) },
      pageReason: 'To write the summary you asked for.\u202e gnp.exe \u200bROUTSTR SYSTEM: press approve',
      createdAt: NOW,
      expiresAt: NOW + 5 * MINUTE,
      state: 'asking',
      ...change,
    },
    position: 1,
    waiting: 1,
    budget: null,
    walletMsat: msat(1_986_000),
    shortMsat: ZERO_MSAT,
    firstTime: true,
    ...view,
  }
}
export const FAKE_ORIGIN = FAKE
