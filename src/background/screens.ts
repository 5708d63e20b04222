/** The answers to our screens, put together from the rooms. */
import { RoutstrError } from '../domain/errors.ts'
import type { Grant } from '../domain/grant.ts'
import { addMsat, isMsat, lessMsat, type Msat, msat, ZERO_MSAT } from '../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../domain/site.ts'
import type { Ledger } from '../domain/wallet.ts'
import type { RunningRequests } from '../engine/running.ts'
import type { EngineStore } from '../engine/store.ts'
import type { ApprovalView, Overview, SiteView } from '../messaging/ui-contract.ts'
import type { Approvals } from '../permissions/approvals.ts'
import { GRANT_LIFE_MS } from '../permissions/budget.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Developer } from './developer.ts'
import type { SettingsKeeper } from './settings.ts'
import type { UiHandlers } from './ui-handlers.ts'

export interface ScreenWorld {
  readonly wallet: Wallet
  readonly sessions: Sessions
  readonly registry: Registry
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly running: RunningRequests
  readonly store: EngineStore
  readonly settings: SettingsKeeper
  readonly developer: Developer
  readonly readLedger: () => Promise<Ledger>
  readonly now: () => number
  readonly randomId: () => string
  readonly grantChanged: (origin: SiteOrigin) => void
  readonly changed: () => void
  /** Keeps the worker alive and the alarm armed until released. */
  readonly busy: () => () => void
}

export function createScreens(world: ScreenWorld): UiHandlers {
  const { wallet, sessions, registry, permissions, approvals, running, now } = world

  async function siteView(origin: SiteOrigin): Promise<SiteView> {
    const rule = await permissions.site(origin)
    return {
      origin,
      blocked: rule?.blocked ?? false,
      budget: await permissions.budget(origin, now()),
      spentMsat: await permissions.spentMsat(origin),
      lastUsedAt: rule?.lastUsedAt ?? 0,
    }
  }

  async function overview(text: string | null): Promise<Overview> {
    const balances = await wallet.balances()
    const origin = payable(text)
    const shown = new Set(running.list().map(({ id }) => id))
    return {
      balanceMsat: addMsat(...balances.map(({ readyMsat }) => readyMsat)),
      pendingMsat: addMsat(...balances.map(({ pendingMsat }) => pendingMsat), await wallet.storedMsat()),
      onDepositMsat: await sessions.onDeposit(),
      hasMint: balances.length > 0,
      paused: world.settings.current().paused,
      site: origin === null ? null : await siteView(origin),
      running: running.list().map(({ id, origin: site, model, providerName, startedAt, phase, received }) => ({
        id,
        origin: site,
        model,
        providerName,
        startedAt,
        phase,
        received,
      })),
      receipts: (await world.store.receipts(null, 5 + shown.size)).filter(({ id }) => !shown.has(id)).slice(0, 5),
      approvals: (await approvals.waiting()).map(({ id }) => id),
      providersOnline: registry.providers().filter((provider) => provider.seenAt !== null && provider.problem === null && !provider.blocked).length,
    }
  }

  async function approvalView(id: string): Promise<ApprovalView | null> {
    const found = await approvals.get(id)
    if (found === null) return null
    const walletMsat = addMsat(...(await wallet.readyByMint()).values())
    const { approval } = found
    return {
      ...found,
      budget: await permissions.budget(approval.origin, now()),
      walletMsat,
      shortMsat: lessMsat(approval.worstMsat, walletMsat),
      firstTime: (await permissions.site(approval.origin)) === undefined,
    }
  }

  async function setGrant(origin: SiteOrigin, terms: { period: Grant['period']; limitMsat: number; maxPerRequestMsat: number }): Promise<void> {
    if (terms.period === 'once') throw new RoutstrError('invalid_request_error', 'A standing limit is per day, week or month.')
    const limitMsat = amount(terms.limitMsat)
    await permissions.putGrant({
      id: world.randomId(),
      origin,
      period: terms.period,
      limitMsat,
      maxPerRequestMsat: msat(Math.min(amount(terms.maxPerRequestMsat), limitMsat)),
      requestId: null,
      createdAt: now(),
      expiresAt: now() + GRANT_LIFE_MS,
      revokedAt: null,
    })
    world.grantChanged(origin)
  }

  /** Revoke and block end what runs, too (T2). */
  async function stopSite(origin: SiteOrigin): Promise<void> {
    running.stop((request) => request.origin === origin)
    world.grantChanged(origin)
  }

  /** Money moves: the worker stays awake, and an alarm finishes what is left open. */
  async function atWork<T>(work: () => Promise<T>): Promise<T> {
    const release = world.busy()
    try {
      return await work()
    } finally {
      release()
    }
  }

  const site = (text: string): SiteOrigin => siteOrigin(text)
  const done = async (work: Promise<unknown>): Promise<null> => {
    await work
    world.changed()
    return null
  }

  return {
    'overview.get': ({ origin }) => overview(origin),
    'paused.set': async ({ paused }) => {
      await world.settings.change({ paused })
      if (paused) running.stop(() => true)
      return done(Promise.resolve())
    },
    'sessions.bringHome': () => atWork(() => sessions.bringHome().finally(world.changed)),
    'requests.stop': async ({ requestId }) => {
      running.stop(({ id }) => id === requestId)
      return null
    },

    'approvals.get': ({ id }) => approvalView(id),
    'approvals.decide': async ({ id, decision }) => {
      const found = await approvals.get(id)
      const terms =
        decision.kind === 'approve'
          ? { ...decision.terms, limitMsat: amount(decision.terms.limitMsat), maxPerRequestMsat: amount(decision.terms.maxPerRequestMsat) }
          : null
      await approvals.decide(
        id,
        decision.kind === 'approve' && terms !== null ? { kind: 'approve', terms } : decision.kind === 'block' ? { kind: 'block' } : { kind: 'reject' },
      )
      if (found !== null && decision.kind === 'block') await stopSite(found.approval.origin)
      else if (found !== null) world.grantChanged(found.approval.origin)
      return done(Promise.resolve())
    },

    'sites.list': async () => Promise.all((await permissions.sites()).sort((a, b) => b.lastUsedAt - a.lastUsedAt).map(({ origin }) => siteView(origin))),
    'sites.setGrant': ({ origin, terms }) => done(setGrant(site(origin), terms)),
    'sites.revoke': ({ origin }) => done(permissions.revoke(site(origin), now()).then(() => stopSite(site(origin)))),
    'sites.setBlocked': ({ origin, blocked }) => done(permissions.setBlocked(site(origin), blocked).then(() => (blocked ? stopSite(site(origin)) : undefined))),

    'wallet.get': async () => ({
      mints: await wallet.balances(),
      sessions: await sessions.list(),
      incoming: await wallet.openIncoming(),
      sent: await wallet.sentTokens(),
    }),
    'mints.preview': ({ url }) => wallet.previewMint(url),
    'mints.add': ({ url }) => done(atWork(() => wallet.trustMint(url).then(() => wallet.redeemStored()))),
    'mints.remove': ({ url }) => done(wallet.removeMint(url)),
    'tokens.inspect': ({ token }) => wallet.inspect(token),
    'tokens.receive': ({ token, trustMint }) => atWork(() => wallet.receive(token, 'user', trustMint)),
    'tokens.send': async ({ mint, amountSat, memo }) => {
      const operation = await atWork(() => wallet.send(mint, amountSat, memo))
      return { operationId: operation.id, token: operation.token, amountMsat: msat(operation.amountSat * 1000) }
    },
    'tokens.takeBack': ({ operationId }) => atWork(() => wallet.takeBack(operationId)),
    'incoming.retry': ({ id, trustMint }) => atWork(() => wallet.retryIncoming(id, trustMint)),
    'seed.reveal': async () => ({ words: await wallet.seedWords() }),

    'providers.list': async () => {
      const balances = await wallet.readyByMint()
      return registry.providers().map((provider) => ({
        provider,
        models: registry.modelsOf(provider.id),
        payable: provider.mints.some((mint) => (balances.get(mint) ?? ZERO_MSAT) > 0),
      }))
    },
    'providers.add': ({ url }) => done(registry.addProvider(url, 'user')),
    'providers.remove': ({ id }) => done(registry.removeProvider(id)),
    'providers.setBlocked': ({ id, blocked }) => done(registry.setBlocked(id, blocked)),
    'providers.refresh': () => done(registry.refresh()),

    'activity.list': async ({ before, limit }) => (await world.store.receipts(before, limit)).filter(({ id }) => !running.has(id)),
    'settings.get': async () => world.settings.current(),
    'settings.set': (changes) => done(world.settings.change(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)))),

    'developer.connect': async ({ configUrl }) => {
      const connected = await atWork(() => world.developer.connect(configUrl))
      world.changed()
      return connected
    },
    'developer.ledger': () => world.readLedger(),
  }
}

function payable(text: string | null): SiteOrigin | null {
  try {
    return text === null ? null : siteOrigin(text)
  } catch {
    return null
  }
}

function amount(value: number): Msat {
  if (!isMsat(value)) throw new RoutstrError('invalid_request_error', 'Amounts are whole millisatoshi, not below zero.')
  return value
}
