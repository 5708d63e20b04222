/** Lightning and the connected wallet of the preview, by scenario: waiting, paid, minting, done, expired, pending, failed, paid-out, moving. */
import { RoutstrError } from '../../../../src/domain/errors.ts'
import type { ConnectedWallet, TopUp, Withdrawal } from '../../../../src/domain/lightning.ts'
import { fromSat } from '../../../../src/domain/msat.ts'
import type { UiInput, UiOutput } from '../../../../src/messaging/ui-contract.ts'
import type { LightningOutputs } from '../../../../src/messaging/routes/lightning.ts'
import type { NwcOutputs } from '../../../../src/messaging/routes/nwc.ts'
import { HOUR, MINUTE, NOW } from './fixtures.ts'

const MINIBITS = 'https://mint.minibits.cash/Bitcoin'
const COINOS = 'https://mint.coinos.io'
const INVOICE = `lnbc50u1p5fake${'qypqxpq9qcrsszg2pvxq6rs0zqg3yyc5z5tpwxqergd3c8g7rusq'.repeat(6)}`
const PREIMAGE = '5f2b9c0e1a7d4438b6e0c9f1d2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5'

function topUp(id: string, state: TopUp['state'], change: Partial<TopUp> = {}): TopUp {
  return {
    id,
    mint: MINIBITS,
    amountSat: 5_000,
    invoice: INVOICE,
    state,
    payer: 'anybody',
    withdrawalId: null,
    createdAt: NOW - MINUTE,
    expiresAt: NOW + 58 * MINUTE,
    finishedAt: state === 'done' ? NOW : null,
    problem: null,
    ...change,
  }
}

function withdrawal(id: string, state: Withdrawal['state'], change: Partial<Withdrawal> = {}): Withdrawal {
  return {
    id,
    mint: MINIBITS,
    invoice: INVOICE,
    payee: 'Two coffees at Café Nakamoto',
    amountSat: 740,
    feeReserveSat: 15,
    inputFeeSat: 1,
    totalSat: 756,
    state,
    feeSat: state === 'paid' ? 3 : null,
    preimage: state === 'paid' ? PREIMAGE : null,
    topUpId: null,
    createdAt: NOW - 2 * MINUTE,
    expiresAt: NOW + 9 * MINUTE,
    finishedAt: state === 'paid' || state === 'failed' ? NOW : null,
    problem: state === 'failed' ? 'The mint found no route to the payee.' : null,
    ...change,
  }
}

const OLD = {
  topUps: [
    topUp('t1', 'done', { createdAt: NOW - 3 * HOUR, payer: 'connected wallet' }),
    topUp('t2', 'expired', { createdAt: NOW - 26 * HOUR, expiresAt: NOW - 25 * HOUR, amountSat: 21_000 }),
    topUp('t3', 'done', { withdrawalId: 'w2', payer: 'own mint', mint: COINOS, amountSat: 200, createdAt: NOW - 50 * HOUR }),
  ],
  withdrawals: [
    withdrawal('w1', 'paid', { createdAt: NOW - 5 * HOUR }),
    withdrawal('w2', 'paid', { topUpId: 't3', amountSat: 200, feeSat: 2, createdAt: NOW - 50 * HOUR }),
    withdrawal('w3', 'failed', { createdAt: NOW - 80 * HOUR, payee: 'bob@example.com', amountSat: 100 }),
  ],
}

function rows(scenario: string): UiOutput<'lightning.get'> {
  switch (scenario) {
    case 'waiting':
    case 'paid':
    case 'minting':
      return { topUps: [topUp('t0', scenario), ...OLD.topUps], withdrawals: OLD.withdrawals }
    case 'pending':
      return { topUps: OLD.topUps, withdrawals: [withdrawal('w0', 'pending'), ...OLD.withdrawals] }
    case 'moving':
      return {
        topUps: [topUp('t0', 'waiting', { payer: 'own mint', withdrawalId: 'w0', mint: COINOS }), ...OLD.topUps],
        withdrawals: [withdrawal('w0', 'pending', { topUpId: 't0', amountSat: 500 }), ...OLD.withdrawals],
      }
    case 'empty':
      return { topUps: [], withdrawals: [] }
    default:
      return OLD
  }
}

type Routes = keyof LightningOutputs | keyof NwcOutputs
type LightningAnswers = { [R in Routes]: (input: UiInput<R>) => UiOutput<R> | Promise<UiOutput<R>> }

export function lightningAnswers(scenario: string, changed: () => void): LightningAnswers {
  let lightning = rows(scenario)
  let wallet: ConnectedWallet | null =
    scenario === 'empty' || scenario === 'unconnected'
      ? null
      : {
          relay: 'wss://relay.getalby.example/v1',
          service: '69effe7b49a6dd5cf525bd0905917a5005ffe480b58eeb8e861418cf3ae760d9',
          balanceMsat: fromSat(184_200),
          refill: scenario === 'unfilled' ? null : { mint: MINIBITS, thresholdSat: 1_000, amountSat: 5_000, dailyCapSat: 10_000 },
          refilledTodaySat: 5_000,
          connectedAt: NOW - 90 * HOUR,
          problem: scenario === 'failed' ? 'The last refill did not work: it has not enough money for this. It is tried again after 14:35.' : null,
        }
  const add = (more: Partial<UiOutput<'lightning.get'>>): void => {
    lightning = { topUps: [...(more.topUps ?? []), ...lightning.topUps], withdrawals: [...(more.withdrawals ?? []), ...lightning.withdrawals] }
    changed()
  }
  return {
    'lightning.get': () => lightning,
    'topups.create': ({ mint, amountSat }) => {
      const end = scenario === 'done' || scenario === 'expired' ? scenario : 'waiting'
      const made = topUp('t9', end, { mint, amountSat, ...(end === 'expired' ? { expiresAt: NOW - 1 } : {}) })
      add({ topUps: [made] })
      return made
    },
    'topups.forget': () => {
      throw new RoutstrError('mint_unreachable', 'The mint could not be asked whether this was paid. It is kept.')
    },
    'withdrawals.read': ({ text }) =>
      text.includes('@')
        ? { kind: 'address', address: text, minSat: 10, maxSat: 100_000, description: 'Sats for Bob \u2013 thank you!' }
        : { kind: 'invoice', invoice: INVOICE, amountSat: 740, description: 'Two coffees at Café Nakamoto', expiresAt: NOW + 9 * MINUTE },
    'withdrawals.quote': ({ text, amountSat, mint }) => {
      if (scenario === 'short')
        throw new RoutstrError('insufficient_balance', 'This mint holds 200 sat of yours; the payment may need 756 sat. Nothing was paid.')
      return withdrawal('w9', 'quoted', {
        mint,
        amountSat: amountSat ?? 740,
        payee: text.includes('@') ? text : 'Two coffees at Café Nakamoto',
        totalSat: (amountSat ?? 740) + 16,
      })
    },
    'withdrawals.pay': ({ id }) => {
      const ended = withdrawal(id, scenario === 'failed' ? 'failed' : scenario === 'pending' ? 'pending' : 'paid')
      add({ withdrawals: [ended] })
      return ended
    },
    'withdrawals.forget': () => null,
    'withdrawals.cancel': () => null,
    'moves.quote': ({ amountSat }) => ({ withdrawalId: 'w8', topUpId: 't8', arrivesSat: amountSat ?? 1_766, feeReserveSat: 18, inputFeeSat: 2 }),
    'moves.start': ({ withdrawalId }) => {
      const ended = withdrawal(withdrawalId, 'paid', { topUpId: 't8', amountSat: 500 })
      add({ withdrawals: [ended], topUps: [topUp('t8', 'done', { payer: 'own mint', withdrawalId, amountSat: 500, mint: COINOS })] })
      return ended
    },
    'moves.fromToken': () => ({ topUpId: 't7' }),
    'nwc.get': () => wallet,
    'nwc.connect': () => {
      throw new RoutstrError('connected_wallet_failed', 'The wallet could not be used: it does not know this connection (any more). No money was moved.')
    },
    'nwc.disconnect': () => {
      wallet = null
      changed()
      return null
    },
    'nwc.pay': () => ({ outcome: 'asked' }),
    'nwc.refill': ({ refill }) => {
      if (wallet !== null) wallet = { ...wallet, refill }
      changed()
      return null
    },
    'rate.get': () => ({ msatPerUsd: scenario === 'no-rate' ? null : 1_021_000, at: NOW }),
  }
}
