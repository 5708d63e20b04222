/** The whole app: rooms put together, and the order of waking up. Knows nothing of browsers or databases (design §4). */
import { inBackground } from '../domain/in-background.ts'
import { safeAddress } from '../domain/network-address.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { createAccounting } from '../engine/accounting.ts'
import { createEngine } from '../engine/engine.ts'
import { createRunningRequests } from '../engine/running.ts'
import { createApprovals } from '../permissions/approvals.ts'
import { createAccountApi } from '../protocol/account.ts'
import { createRegistry } from '../registry/registry.ts'
import { createSessions, type Sessions } from '../sessions/sessions.ts'
import { createWallet } from '../wallet/wallet.ts'
import { createDeveloper } from './developer.ts'
import type { PagePort, ScreenPort } from '../messaging/ports.ts'
import type { Outside } from './outside.ts'
import { pageGrant } from './page-grant.ts'
import { servePage } from './page-handlers.ts'
import { createScreens } from './screens.ts'
import { createSettingsKeeper } from './settings.ts'
import { serveScreen } from './ui-handlers.ts'

export interface App {
  /** Own memory is consistent and requests may run; the repair of unfinished business goes on beside. */
  readonly ready: Promise<void>
  connectPage(port: PagePort): void
  connectScreen(port: ScreenPort): void
  /** The alarm, and everything else that may wake a worker: goes on with unfinished business. */
  wake(): Promise<void>
  approvalWindowClosed(approvalId: string): Promise<void>
  /** A new browser session: no page of the old one waits any more. */
  browserStarted(): Promise<void>
  stop(): void
}

/** After a request whose cost was not seen: the node has closed its reservation by then. */
const RECONCILE_AFTER_MS = 1_000

export function createApp(outside: Outside): App {
  const { stores, now, randomId, fetch } = outside
  const screens = new Set<() => void>()
  const pages = new Set<PagePort>()
  let stopped = false
  let changePending = false
  let sessions: Sessions

  /** Many changes in one turn are one message to the screens. */
  function changed(): void {
    if (changePending || stopped) return
    changePending = true
    setTimeout(async () => {
      changePending = false
      for (const tell of screens) tell()
      const waiting = await approvals.waiting().catch(() => [])
      outside.setBadge({ approvals: waiting.length, running: running.list().length })
    }, 30)
  }

  const settings = createSettingsKeeper(stores.engine, (before, after) => {
    if (before.developer !== after.developer || before.relays.join() !== after.relays.join()) registry.settingsChanged()
    changed()
  })
  const addressPolicy = () => ({ allowLoopback: settings.current().developer })
  const wallet = createWallet({ store: stores.wallet, fetch, now, randomId, checkAddress: (url) => safeAddress(url, addressPolicy()), onChange: changed })
  const running = createRunningRequests(changed)
  const accounting = createAccounting({ permissions: stores.permissions, sessions: () => sessions, store: stores.engine, running })
  sessions = createSessions({
    store: stores.sessions,
    wallet,
    accounts: createAccountApi({ fetch }),
    now,
    randomId,
    settings: settings.current,
    onAttemptsSettled: (requestIds) => accounting.settled(requestIds),
    onChange: changed,
  })
  const registry = createRegistry({ store: stores.registry, fetch, now, settings: settings.current, subscribe: outside.subscribe })
  const approvals = createApprovals({ store: stores.permissions, now, randomId, show: outside.showApproval, onChange: changed })
  const run = createEngine({
    fetch,
    now,
    random: outside.random,
    settings: settings.current,
    wallet,
    sessions,
    registry,
    permissions: stores.permissions,
    approvals,
    accounting,
    running,
    store: stores.engine,
    patience: outside.patience,
  })
  const developer = createDeveloper({ fetch, settings, wallet, registry })

  function grantChanged(origin: SiteOrigin): void {
    inBackground(
      stores.permissions.budget(origin, now()).then((budget) => {
        for (const page of pages) if (page.origin === origin) page.send({ t: 'event', name: 'grantChanged', detail: pageGrant(budget) })
      }),
    )
    changed()
  }

  /** Held while a page or money waits; the alarm brings a dead worker back. */
  function busy(): () => void {
    const release = outside.keepAlive()
    outside.setAlarm(true)
    return () => {
      release()
      setTimeout(() => inBackground(wake()), RECONCILE_AFTER_MS)
    }
  }

  let waking: Promise<void> | null = null
  function wake(): Promise<void> {
    if (stopped) return Promise.resolve()
    waking ??= unfinishedBusiness(false).finally(() => {
      waking = null
    })
    return waking
  }

  async function unfinishedBusiness(everything: boolean): Promise<void> {
    const release = outside.keepAlive()
    try {
      await ready
      await approvals.tick()
      await wallet.recovery.recover(everything)
      await sessions.tick()
      await accounting.recover()
      const unfinished =
        running.list().length > 0 || (await sessions.hasUnfinished()) || (await wallet.recovery.hasOpen()) || (await approvals.waiting()).length > 0
      outside.setAlarm(unfinished)
    } finally {
      release()
    }
  }

  async function start(): Promise<void> {
    await settings.load()
    // attempts of a worker that died are over; what they cost is read from the accounts
    await sessions.recover()
    await accounting.recover()
  }
  const ready = start()
  const disposeRegistry = ready.then(() => registry.start())
  registry.onChange(changed)
  inBackground(ready.then(() => wallet.warm()))
  ready.then(() => unfinishedBusiness(true)).catch(() => outside.setAlarm(true))

  const handlers = createScreens({
    wallet,
    sessions,
    registry,
    permissions: stores.permissions,
    approvals,
    running,
    store: stores.engine,
    settings,
    developer,
    readLedger: outside.readLedger,
    now,
    randomId,
    grantChanged,
    changed,
    busy,
  })

  return {
    ready,
    connectPage(port) {
      pages.add(port)
      port.onClose(() => pages.delete(port))
      servePage(port, {
        ready,
        run,
        registry,
        wallet,
        permissions: stores.permissions,
        approvals,
        paused: () => settings.current().paused,
        now,
        busy,
        grantChanged,
      })
    },
    connectScreen(port) {
      const tell = serveScreen(port, ready, handlers, () => screens.delete(tell))
      screens.add(tell)
    },
    wake,
    approvalWindowClosed: (approvalId) => ready.then(() => approvals.windowClosed(approvalId)),
    browserStarted: () => ready.then(() => approvals.withdrawAll()),
    stop() {
      stopped = true
      running.stop(() => true)
      inBackground(disposeRegistry.then((dispose) => dispose()))
    },
  }
}
