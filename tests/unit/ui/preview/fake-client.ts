/** A background that only talks: answers every route from the fixtures, by scenario. */
import { RoutstrError } from '../../../../src/domain/errors.ts'
import { fromSat, msat, ZERO_MSAT } from '../../../../src/domain/msat.ts'
import { DEFAULT_SETTINGS } from '../../../../src/domain/settings.ts'
import type { UiClient } from '../../../../src/messaging/ui-client.ts'
import type { ApprovalView, UiInput, UiOutput, UiRoute } from '../../../../src/messaging/ui-contract.ts'
import { approvalView, budget, FAKE_ORIGIN, NOW, overview, receipts, sites } from './fixtures.ts'
import { providers, wallet } from './money-fixtures.ts'

type Answers = { [R in UiRoute]: (input: UiInput<R>) => UiOutput<R> | Promise<UiOutput<R>> }

function question(scenario: string): ApprovalView | null {
  switch (scenario) {
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

function answers(scenario: string, changed: () => void): Answers {
  let settings = { ...DEFAULT_SETTINGS, developer: scenario === 'full', paused: scenario === 'paused' }
  const empty = scenario === 'empty'
  const nothing = (): null => null
  return {
    'overview.get': () =>
      empty
        ? { ...overview, balanceMsat: ZERO_MSAT, pendingMsat: ZERO_MSAT, onDepositMsat: ZERO_MSAT, hasMint: false, site: null, running: [], receipts: [] }
        : {
            ...overview,
            paused: settings.paused,
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
    'requests.stop': nothing,
    'approvals.get': () => question(scenario),
    'approvals.decide': nothing,
    'sites.list': () => (empty ? [] : sites),
    'sites.setGrant': nothing,
    'sites.revoke': nothing,
    'sites.setBlocked': nothing,
    'wallet.get': () => (empty ? { mints: [], sessions: [], incoming: [], sent: [] } : wallet),
    'mints.preview': ({ url }) => ({
      url,
      name: 'Coinos',
      description: 'A mint of a friendly exchange.',
      motd: 'Maintenance on Sunday.',
      units: ['sat', 'usd'],
      inputFeePpk: 100,
      trusted: false,
    }),
    'mints.add': nothing,
    'mints.remove': () => {
      throw new RoutstrError('not_empty', 'This mint still holds 1 786 sat of yours. Send or spend them first; nothing was removed.')
    },
    'tokens.inspect': ({ token }) => ({
      mint: 'https://mint.minibits.cash/Bitcoin',
      unit: 'sat',
      amountMsat: fromSat(500),
      notes: 5,
      memo: 'thanks!',
      mintTrusted: !token.includes('unknown'),
    }),
    'tokens.receive': () => ({ receivedMsat: fromSat(499), feeMsat: fromSat(1) }),
    'tokens.send': ({ amountSat }) => ({ operationId: 'o9', token: wallet.sent[0]?.token ?? '', amountMsat: fromSat(amountSat) }),
    'tokens.takeBack': () => ({ receivedMsat: fromSat(100) }),
    'incoming.retry': () => {
      throw new RoutstrError('mint_unreachable', 'The mint does not answer. The token is kept and tried again by itself.')
    },
    'seed.reveal': () => ({ words: 'abandon ability able about above absent absorb abstract absurd abuse access accident'.split(' ') }),
    'providers.list': () => (empty ? [] : providers),
    'providers.add': nothing,
    'providers.remove': nothing,
    'providers.setBlocked': nothing,
    'providers.refresh': nothing,
    'activity.list': () => (empty ? [] : receipts),
    'settings.get': () => settings,
    'settings.set': (change) => {
      settings = { ...settings, ...JSON.parse(JSON.stringify(change)) }
      changed()
      return null
    },
    'developer.connect': () => ({ mints: 1, providers: 3, receivedMsat: fromSat(2000) }),
    'developer.ledger': () => ({
      receivedMsat: fromSat(2500),
      walletMsat: fromSat(1998),
      sentMsat: fromSat(121),
      sessionsMsat: fromSat(46),
      spentMsat: fromSat(334),
      mintFeesMsat: fromSat(1),
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
