/** A background that only talks: answers every route from the fixtures, by scenario. */
import { RoutstrError } from '../../../../src/domain/errors.ts'
import { worthMsat } from '../../../../src/domain/units.ts'
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import { DEFAULT_SETTINGS } from '../../../../src/domain/settings.ts'
import type { UiClient } from '../../../../src/messaging/ui-client.ts'
import type { ApprovalView, UiInput, UiOutput, UiRoute } from '../../../../src/messaging/ui-contract.ts'
import { backupAnswers } from './backup-fixtures.ts'
import { approvalView, budget, FAKE_ORIGIN, NOW, overview, batches, receipts, sites, spending } from './fixtures.ts'
import { historyPage } from './history-fixtures.ts'
import { lightningAnswers } from './lightning-fixtures.ts'
import { providerPage, relays, soldModels, recommended } from './market-fixtures.ts'
import { spoken, withdrawalDraft, wordDraft, wordsView } from './word-fixtures.ts'
import { providers, wallet } from './money-fixtures.ts'

type Answers = { [R in UiRoute]: (input: UiInput<R>) => UiOutput<R> | Promise<UiOutput<R>> }

function question(scenario: string): ApprovalView | null {
  switch (scenario) {
    case 'batch':
      return approvalView({ reason: 'site_asks', request: null, providerName: null, batch: { requests: 12, before: NOW + 20 * 3_600_000, perRequestMsat: msat(5_000), totalMsat: msat(60_000) } })
    case 'others': {
      const { request } = approvalView().approval
      return approvalView(request === null ? {} : { request: { ...request, others: ['claude-sonnet-4.5', 'deepseek-v3.2'], isAuto: true } })
    }
    case 'short':
      return approvalView({}, { shortMsat: msat(6512), walletMsat: fromSat(2) })
    case 'over':
      return approvalView({ reason: 'period_limit' }, { budget: budget(997), firstTime: false, position: 1, waiting: 3 })
    case 'request-limit':
      return approvalView({ reason: 'request_limit', worstMsat: msat(140_000) }, { budget: budget(10), firstTime: false })
    case 'enable':
      return approvalView({ reason: 'site_asks', request: null, providerName: null })
    case 'lookalike':
      return approvalView({ origin: FAKE_ORIGIN, pageReason: null })
    case 'expired':
      return approvalView({ state: 'expired' })
    case 'withdrawn':
      return approvalView({ state: 'withdrawn' })
    case 'ending-soon':
      return approvalView({ expiresAt: NOW + 20_000 })
    case 'gone':
      return null
    default:
      return approvalView()
  }
}

function brought(received: number, fee: number): UiOutput<'tokens.receive'> {
  return { unit: 'sat', received, fee, receivedMsat: fromSat(received), feeMsat: fromSat(fee) }
}

function answers(scenario: string, changed: () => void): Answers {
  let settings = { ...DEFAULT_SETTINGS, developer: scenario === 'full', paused: scenario === 'paused' || scenario === 'fuse', fuse: { trippedAt: scenario === 'fuse' ? NOW : null, countsFrom: 0 } }
  const empty = scenario === 'empty'
  const nothing = (): null => null
  return {
    'overview.get': () =>
      empty
        ? { ...overview, balanceMsat: ZERO_MSAT, pendingMsat: ZERO_MSAT, onDepositMsat: ZERO_MSAT, hasMint: false, site: null, running: [], receipts: [], alerts: [] }
        : {
            ...overview,
            paused: settings.paused,
            fuseTrippedAt: settings.fuse.trippedAt,
            owedMsat: scenario === 'fuse' ? fromSat(64) : ZERO_MSAT,
            approvals: scenario === 'asking' ? ['a1', 'a2'] : [],
            ...(scenario === 'no-site' ? { site: null, running: [] } : {}),
            ...(scenario === 'blocked' ? { site: sites[0] === undefined ? null : { ...sites[0], blocked: true }, running: [] } : {}),
          },
    'paused.set': ({ paused }) => {
      settings = { ...settings, paused }
      changed()
      return null
    },
    'sessions.bringHome': () => ({ returnedMsat: fromSat(46), open: 1 }),
    'sessions.retry': nothing,
    'sessions.forget': nothing,
    'sessions.costs': () => [
      { life: 'site', sessions: 9, requests: 61, chargedMsat: msat(212_345), roundedMsat: msat(4_120), feesMsat: fromSat(18), parkedMsat: msat(21_450) },
      { life: 'request', sessions: 14, requests: 14, chargedMsat: msat(31_000), roundedMsat: msat(6_902), feesMsat: fromSat(28), parkedMsat: msat(3_100) },
      { life: 'provider', sessions: 0, requests: 0, chargedMsat: ZERO_MSAT, roundedMsat: ZERO_MSAT, feesMsat: ZERO_MSAT, parkedMsat: ZERO_MSAT },
    ],
    'sites.setSessionLife': nothing,
    'requests.stop': nothing,
    'approvals.get': () => question(scenario),
    'approvals.decide': nothing,
    'sites.list': () => (empty ? [] : sites),
    'sites.setGrant': nothing,
    'sites.revoke': nothing,
    'sites.setBlocked': nothing,
    'sites.setRule': () => null,
    'sites.setProfile': nothing,
    ...lightningAnswers(scenario, changed),
    ...backupAnswers(scenario),
    'wallet.get': () => (empty ? { mints: [], sessions: [], incoming: [], sent: [] } : wallet),
    'mints.preview': ({ url }) => ({
      url,
      name: 'Coinos',
      description: 'A mint of a friendly exchange.',
      motd: 'Maintenance on Sunday.',
      units: ['sat', 'usd'],
      inputFeePpk: 100,
      version: 'Nutshell/0.20.3',
      contact: [{ method: 'email', address: 'hello@mint.example' }],
      nuts: [4, 5, 7, 8, 9, 10, 11, 12, 17, 20],
      keysets: [
        { id: '00ffd48b8f5ecf80', unit: 'sat', active: false, inputFeePpk: 0 },
        { id: `01${'ab12cd34ef56'.repeat(5)}ab12`, unit: 'sat', active: true, inputFeePpk: 100 },
        { id: '009a1f293253e41e', unit: 'usd', active: true, inputFeePpk: 2_000 },
      ],
      trusted: false,
    }),
    'mints.add': nothing,
    'mints.distrust': nothing,
    'mints.check': ({ url }) =>
      url.includes('minibits')
        ? { checkedAt: NOW, answeredInMs: 84, problem: null, motd: '' }
        : url.includes('coinos')
          ? { checkedAt: NOW, answeredInMs: 1_240, problem: null, motd: 'Maintenance on Sunday.' }
          : { checkedAt: NOW, answeredInMs: null, problem: `The mint ${url} could not be used: it does not answer. No money was moved; try again later.`, motd: '' },
    'mints.suggestions': () => [
      { url: 'https://mint.example.org', providers: 4 },
      { url: 'https://another.mint.with-a-long-name.example.com/Bitcoin', providers: 1 },
    ],
    'tokens.lockKey': () => ({ publicKey: '02'.padEnd(66, '7') }),
    'mints.remove': () => {
      throw new RoutstrError('not_empty', 'This mint still holds 1 786 sat of yours. Send or spend them first; nothing was removed.')
    },
    'tokens.inspect': ({ token }) => ({
      mint: 'https://mint.minibits.cash/Bitcoin',
      ...(token.includes('usd') ? { unit: 'usd', amount: 350, amountMsat: ZERO_MSAT } : { unit: 'sat', amount: 500, amountMsat: fromSat(500) }),
      notes: 5,
      memo: 'thanks!',
      mintTrusted: !token.includes('unknown'),
    }),
    'tokens.receive': () => brought(499, 1),
    'tokens.send': ({ unit, amount }) => ({ operationId: 'o9', token: wallet.sent[0]?.token ?? '', unit, amount, amountMsat: worthMsat(amount, unit) }),
    'tokens.takeBack': () => brought(100, 0),
    'incoming.retry': () => {
      throw new RoutstrError('mint_unreachable', 'The mint does not answer. The token is kept and tried again by itself.')
    },
    'seed.reveal': () => ({ words: 'abandon ability able about above absent absorb abstract absurd abuse access accident'.split(' ') }),
    'providers.list': () => (empty ? [] : providers),
    'providers.add': nothing,
    'providers.remove': nothing,
    'providers.setBlocked': nothing,
    'providers.forgive': nothing,
    'providers.refresh': nothing,
    'words.list': () => wordsView(scenario),
    'words.preview': () => wordDraft,
    'words.previewWithdrawal': () => withdrawalDraft,
    'words.publish': () => spoken,
    'words.sendAgain': () => spoken,
    'signer.connect': nothing,
    'signer.disconnect': nothing,
    'relays.list': () => relays,
    'providers.get': ({ id }) => providerPage(id),
    'models.list': () => (empty ? [] : soldModels),
    'models.recommended': () => (empty ? [] : recommended),
    'history.list': (wish) => (empty ? { movements: [], more: false } : historyPage(wish)),
    'history.export': ({ format }) => ({ fileName: `routstr-history.${format}`, text: 'time,kind\r\n' }),
    'activity.list': () => (empty ? [] : receipts),
    'spending.get': () => (empty ? { ...spending, days: spending.days.map((day) => ({ ...day, chargedMsat: ZERO_MSAT, requests: 0 })), chargedMsat: ZERO_MSAT, requests: 0, open: 0, sites: [], models: [], providers: [], compared: { requests: 0, chargedMsat: ZERO_MSAT, atMedianMsat: ZERO_MSAT, atDearestMsat: ZERO_MSAT } } : spending),
    'spending.export': () => ({ fileName: 'routstr-spending.csv', text: 'day\r\n' }),
    'alerts.dismiss': () => null,
    'sites.clearCache': () => null,
    'batches.list': () => (empty ? [] : batches),
    'batches.cancel': () => null,
    'batches.forget': () => null,
    'lock.get': () => ({ protected: scenario === 'locked', locked: scenario === 'locked', autoLockMinutes: 15, setAside: [] }),
    'lock.protect': nothing,
    'lock.unlock': () => {
      throw new RoutstrError('wrong_passphrase', 'This is not the passphrase of this wallet. Your money is where it was.')
    },
    'lock.lock': () => ({ atProvidersMsat: fromSat(46) }),
    'lock.change': nothing,
    'lock.unprotect': nothing,
    'lock.autoLock': nothing,
    'lock.startOver': nothing,
    'lock.reopen': nothing,
    'probes.get': () => ({ spentMsat: msat(settings.probeSatPerDay === null ? 0 : 3_214), outMsat: ZERO_MSAT, probes: settings.probeSatPerDay === null ? 0 : 3 }),
    'settings.get': () => settings,
    'settings.set': (change) => {
      settings = { ...settings, ...JSON.parse(JSON.stringify(change)) }
      changed()
      return null
    },
    'developer.connect': () => ({ mints: 1, providers: 3, receivedMsat: fromSat(2000) }),
    'fakesats.get': () => ({ on: scenario === 'fake-sats' }),
    'fakesats.change': nothing,
    'timeline.list': () => [],
    'timeline.get': nothing,
    'dryrun.preview': () => {
      throw new RoutstrError('model_not_found', 'No provider sells this model at the moment. Nothing was spent.')
    },
    'developer.ledger': () => ({
      receivedMsat: fromSat(2500),
      walletMsat: fromSat(1998),
      sentMsat: fromSat(121),
      sessionsMsat: fromSat(46),
      spentMsat: fromSat(334),
      mintFeesMsat: fromSat(1),
      lightningFeesMsat: ZERO_MSAT,
      lostMsat: ZERO_MSAT,
      differenceMsat: scenario === 'error' ? -1234 : 0,
    }),
  }
}

export function fakeClient(scenario: string): UiClient {
  const listeners = new Set<() => void>()
  const routes = answers(scenario, () => {
    for (const listener of listeners) listener()
  })
  return {
    async call(route, input) {
      if (scenario === 'loading') return new Promise(() => {})
      if (scenario === 'error' && route !== 'developer.ledger')
        throw new RoutstrError('worker_lost', 'The extension was restarted in between. What was begun is finished by itself; look again.')
      await new Promise((resolve) => setTimeout(resolve, 5))
      return routes[route](input)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispose() {},
  }
}
