/** Sessions, how far providers are trusted, and what requests cost: they know each other. */
import { type Accounting, createAccounting } from '../engine/accounting.ts'
import type { RunningRequests } from '../engine/running.ts'
import { createAccountApi } from '../protocol/account.ts'
import { createInvoiceApi } from '../protocol/invoices.ts'
import type { Registry } from '../registry/registry.ts'
import { createSessions, type Sessions } from '../sessions/sessions.ts'
import { createStandings, type Standings } from '../sessions/standing.ts'
import type { InvoiceDeposits } from '../wallet/lightning/deposits.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Judging } from './judging.ts'
import { createLikelyNext } from './likely-next.ts'
import type { Outside } from './outside.ts'
import type { SettingsKeeper } from './settings.ts'

export interface MoneyAtProviders {
  readonly standings: Standings
  readonly sessions: Sessions
  readonly accounting: Accounting
}

export function moneyAtProviders(
  { stores, fetch, now, random, randomId, patience }: Outside,
  world: { readonly wallet: Wallet; readonly deposits: InvoiceDeposits; readonly judging: Judging; readonly settings: SettingsKeeper; readonly registry: Registry; readonly running: RunningRequests; readonly onChange: () => void },
): MoneyAtProviders {
  const { settings, registry, running } = world
  const standings = createStandings({ store: stores.standings, sessions: stores.sessions, firstDepositSat: () => settings.current().firstDepositSat, now })
  const sessions: Sessions = createSessions({
    store: stores.sessions,
    wallet: world.wallet,
    accounts: createAccountApi({ fetch }),
    invoices: createInvoiceApi({ fetch }),
    deposits: world.deposits,
    standings,
    now,
    randomId,
    settings: settings.current,
    creditPatienceMs: patience.firstByteMs / 3,
    onAttemptsSettled: (requestIds) => accounting.settled(requestIds),
    onFuse: () => settings.change({ paused: true, fuse: { ...settings.current().fuse, trippedAt: now() } }),
    likelyNext: (since) => likelyNext(since),
    onChange: world.onChange,
  })
  const likelyNext = createLikelyNext({
    registry,
    sessions,
    standings,
    wallet: world.wallet,
    random,
    permissions: stores.permissions,
    settings: settings.current,
    store: stores.engine,
    sellers: world.judging.sellers,
    running,
    attempts: stores.sessions,
    now,
  })
  const accounting: Accounting = createAccounting({
    permissions: stores.permissions,
    sessions,
    standings,
    store: world.judging.store,
    sheetOf: ({ providerId, modelAsked }) => registry.sheetOf(providerId, modelAsked),
    running,
    now,
  })
  return { standings, sessions, accounting }
}
