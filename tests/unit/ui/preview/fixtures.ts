/** Realistic data for every screen. Times are relative to now. */
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import type { Approval } from '../../../../src/domain/approval.ts'
import type { Budget } from '../../../../src/domain/grant.ts'
import type { Receipt } from '../../../../src/domain/receipt.ts'
import { siteOrigin } from '../../../../src/domain/site.ts'
import type { ApprovalView, Overview, SiteView } from '../../../../src/messaging/ui-contract.ts'

export const NOW = Date.now()
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
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
