/** Realistic data for every screen. Times are relative to now. */
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { BatchView } from '../../../../src/domain/batch.ts'
import type { Approval } from '../../../../src/domain/approval.ts'
import type { Budget } from '../../../../src/domain/grant.ts'
import type { Receipt } from '../../../../src/domain/receipt.ts'
import { PROBES, siteOrigin } from '../../../../src/domain/site.ts'
import type { Spending } from '../../../../src/domain/spending.ts'
import type { ApprovalView, Overview, SiteView } from '../../../../src/messaging/ui-contract.ts'

export const NOW = Date.now()
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const CHAT = siteOrigin('https://chat.example.com')
const NOTES = siteOrigin('https://notes.longer-name-of-a-site.example.org')
const WIDGET = siteOrigin('https://widget.example in https://news.example')
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
  { origin: CHAT, blocked: false, sessionLife: null, profile: null, budget: budget(312), spentMsat: msat(4_812_345), lastUsedAt: NOW - 20_000, quietUntil: null, xCashu: false, maxTokensCap: 'global', fallback: 'global', cache: { on: false, answers: 0, kept: 0 }, standIn: null },
  { origin: NOTES, blocked: false, sessionLife: 'request', profile: null, budget: null, spentMsat: msat(8600), lastUsedAt: NOW - 26 * HOUR, quietUntil: null, xCashu: false, maxTokensCap: 'global', fallback: 'global', cache: { on: false, answers: 0, kept: 0 }, standIn: null },
  { origin: WIDGET, blocked: false, sessionLife: null, profile: null, budget: null, spentMsat: ZERO_MSAT, lastUsedAt: 0, quietUntil: NOW + 600_000, xCashu: false, maxTokensCap: 'global', fallback: 'global', cache: { on: false, answers: 0, kept: 0 }, standIn: null },
  { origin: FAKE, blocked: true, sessionLife: null, profile: null, budget: null, spentMsat: ZERO_MSAT, lastUsedAt: NOW - 90 * HOUR, quietUntil: null, xCashu: false, maxTokensCap: 'global', fallback: 'global', cache: { on: false, answers: 0, kept: 0 }, standIn: null },
  { origin: 'http://localhost:5173', blocked: false, sessionLife: null, profile: null, budget: budget(987), spentMsat: msat(987_234), lastUsedAt: NOW - 3 * HOUR, quietUntil: null, xCashu: false, maxTokensCap: 'global', fallback: 'global', cache: { on: false, answers: 0, kept: 0 }, standIn: null },
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
    firstTokenMs: 371,
    tokensPerSecond: 92.4,
    providerId: 'url:https://node.satsilicon.example',
    providerName: 'Sats & Silicon',
    providerUrl: 'https://node.satsilicon.example',
    nodeRequestId: '7f3e9d10-2b1c-4a57-9d2f-0c5f1c9b77aa',
    promptTokens: 1204,
    completionTokens: 388,
    expectedMsat: msat(1234),
    chargedMsat: msat(1234),
    price: { promptSat: 0.0006, completionSat: 0.0013, maxPromptSat: 70, maxCompletionSat: 20, maxCostSat: 90 },
    priceAt: NOW - 4 * MINUTE,
    mismatches: [],
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
    mismatches: ['Charged 48.211 sat; its price sheet and the tokens it reports make 44 sat.'],
    finishedAt: NOW - 26 * MINUTE,
    providerName: 'Bitblume',
  }),
  receipt('r6', { origin: PROBES, stream: false, chargedMsat: msat(140), expectedMsat: msat(140), finishedAt: NOW - HOUR }),
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
  fuseTrippedAt: null,
  owedMsat: ZERO_MSAT,
  site: sites[0] ?? null,
  running: [
    { id: 'q1', origin: CHAT, model: 'gpt-4o-mini', providerName: 'Sats & Silicon', startedAt: NOW - 4000, phase: 'streaming', received: 1204 },
    { id: 'q2', origin: NOTES, model: 'anthropic/claude-sonnet-4.5', providerName: null, startedAt: NOW - 1000, phase: 'paying', received: 0 },
  ],
  receipts,
  approvals: [],
  providersOnline: 4,
  alerts: [{ origin: CHAT, level: 80, spentMsat: fromSat(834), limitMsat: fromSat(1000), resetsAt: budget(834).resetsAt }],
}

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
      opensWindow: true,
      state: 'asking',
      ...change,
    },
    position: 1,
    waiting: 1,
    budget: null,
    walletMsat: msat(1_986_000),
    shortMsat: ZERO_MSAT,
    locked: false,
    firstTime: true,
    ...view,
  }
}
export const FAKE_ORIGIN = FAKE

export const spending: Spending = {
  days: Array.from({ length: 30 }, (_, index) => ({ at: NOW - (29 - index) * 24 * HOUR, chargedMsat: msat((index * 7919) % 97_000), requests: index % 5 })),
  chargedMsat: msat(1_312_480),
  requests: 214,
  open: 1,
  sites: [
    { name: CHAT, chargedMsat: msat(1_010_480), requests: 180 },
    { name: NOTES, chargedMsat: msat(302_000), requests: 34 },
  ],
  models: [
    { name: 'claude-sonnet-4.5', chargedMsat: msat(1_200_480), requests: 90 },
    { name: 'gpt-4o-mini', chargedMsat: msat(112_000), requests: 124 },
  ],
  providers: [{ name: 'Sats & Silicon', chargedMsat: msat(1_312_480), requests: 214 }],
  compared: { requests: 200, chargedMsat: msat(1_290_000), atMedianMsat: msat(1_730_000), atDearestMsat: msat(3_010_000) },
}

export const batches: readonly BatchView[] = [
  {
    ...{ id: 'b1', origin: CHAT, createdAt: NOW - HOUR, before: NOW + 7 * HOUR, requests: 12, costMsat: msat(14_200), open: 0, models: ['gpt-4o-mini'], mostMsat: msat(60_000), kept: 48_000 },
    counts: { waiting: 5, running: 1, done: 5, refused: 0, failed: 1, cancelled: 0 },
    waitsFor: 'No provider of "gpt-4o-mini" does it for the most the page wants to pay. Nothing was spent.',
  },
  {
    ...{ id: 'b2', origin: NOTES, createdAt: NOW - 30 * HOUR, before: NOW - HOUR, requests: 1, costMsat: ZERO_MSAT, open: 0, models: ['claude-sonnet-4.5'], mostMsat: msat(5_000), kept: 0 },
    counts: { waiting: 0, running: 0, done: 0, refused: 1, failed: 0, cancelled: 0 },
    waitsFor: null,
  },
]
