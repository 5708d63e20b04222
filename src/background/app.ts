/** The whole app: rooms put together, and the order of waking up. Knows nothing of browsers or databases (design §4). */
import { DEFAULT_SETTINGS, FAKE_SATS_SETTINGS } from '../domain/settings.ts'
import { inBackground } from '../domain/in-background.ts'
import { safeAddress } from '../domain/network-address.ts'
import { withCache } from '../engine/caching.ts'
import { createDryRun } from '../engine/dry-run.ts'
import { createEngine } from '../engine/engine.ts'
import { createEstimating } from '../engine/estimating.ts'
import { createRecommending } from '../engine/recommending.ts'
import { createRunningRequests } from '../engine/running.ts'
import { PROBES, type SiteOrigin } from '../domain/site.ts'
import { createApprovals } from '../permissions/approvals.ts'
import { createRegistry } from '../registry/registry.ts'
import { createBackup } from '../wallet/backup/backup.ts'
import { payingWithOthers } from '../wallet/backup/sync/short-wallet.ts'
import { createSync } from '../wallet/backup/sync/sync.ts'
import { createConnections } from '../wallet/connections.ts'
import { createLightning } from '../wallet/lightning/lightning.ts'
import { createSwapRunner } from '../wallet/swaps.ts'
import { createWallet } from '../wallet/wallet.ts'
import { createBudgetAlerts } from './budget-alerts.ts'
import { connectedWallet } from './connected-wallet.ts'
import { createDeveloper } from './developer.ts'
import type { PagePort, ScreenPort } from '../messaging/ports.ts'
import type { Outside } from './outside.ts'
import { createJudging } from './judging.ts'
import { countingPeople, readingPeople, speaking } from './nostr-talks.ts'
import { createLife } from './life.ts'
import { moneyAtProviders } from './money-at-providers.ts'
import { servePage } from './page-handlers.ts'
import { createPageNews } from './page-news.ts'
import { createPageReceipts } from './page-receipts.ts'
import { createRecorder } from './recorder.ts'
import { createScreens } from './screens.ts'
import { createSettingsKeeper } from './settings.ts'
import { createSoon } from './soon.ts'
import { registeringStandIns } from './stand-ins.ts'
import { createTimelines } from './timelines.ts'
import { tryingModels } from './trying-models.ts'
import { createTurns } from './turns.ts'
import { waitingRequests } from './waiting-requests.ts'
import { serveScreen } from './ui-handlers.ts'

export interface App {
  /** Own memory is consistent and requests may run; the repair of unfinished business goes on beside. */
  readonly ready: Promise<void>
  connectPage(port: PagePort): void
  connectScreen(port: ScreenPort): void
  /** The alarm, and everything else that may wake a worker: goes on with unfinished business. */
  wake(): Promise<void>
  approvalWindowClosed(approvalId: string): Promise<void>
  /** What runs is stopped and has ended, pages are let go, a wallet with a passphrase is locked: another app may take over. */
  leave(): Promise<void>
  stop(): void
}

/** After a request whose cost was not seen: the node has closed its reservation by then. Not beside each of many. */
const RECONCILE = { afterMs: 1_000, atLatestMs: 5_000 }

export function createApp(world: Outside): App {
  const recorder = createRecorder(world.now)
  const outside = { ...world, stores: recorder.stores(world.stores) }
  const { stores, now, randomId, fetch } = outside
  const screens = new Set<() => void>()
  const pages = new Set<PagePort>()
  const queueFor = createTurns()
  let stopped = false

  function changed(): void {
    if (stopped) return
    for (const tell of [nwc.moneyChanged, sync.moneyChanged, tellScreens]) tell()
  }

  /** Many changes are one message to the screens: reading everything anew must not stand between a page and its first token. */
  const tellScreens = createSoon(async () => {
    for (const tell of screens) tell()
    const waiting = await approvals.waiting().catch(() => [])
    outside.setBadge({ approvals: waiting.length, running: running.list().filter(({ origin }) => origin !== PROBES).length, alerts: alerts.current().length })
  }, { afterMs: 100, atLatestMs: 100 })

  const isFake = outside.fakeSats?.on === true
  const settings = createSettingsKeeper(stores.engine, isFake ? FAKE_SATS_SETTINGS : DEFAULT_SETTINGS, (before, after) => {
    if (before.developer !== after.developer || before.relays.join() !== after.relays.join()) registry.settingsChanged()
    probing.settingsChanged()
    changed()
  })
  const addressPolicy = () => ({ allowLoopback: settings.current().developer, onlyLoopback: isFake })
  const checkAddress = (url: string) => safeAddress(url, addressPolicy())
  const connections = createConnections({ store: stores.wallet, fetch })
  const swaps = createSwapRunner({ store: stores.wallet, now, randomId, onChange: changed })
  const ownWallet = createWallet({ store: stores.wallet, connections, swaps, now, randomId, checkAddress, onChange: changed })
  const sync = createSync({
    store: stores.sync,
    backup: stores.backup,
    walletStore: stores.wallet,
    wallet: ownWallet,
    connections,
    relays: () => settings.current().relays,
    webSocket: outside.webSocket,
    checkAddress,
    now,
    keepAlive: outside.keepAlive,
    onChange: changed,
  })
  const wallet = payingWithOthers(ownWallet, { sync, connections })
  const backup = createBackup({
    store: stores.backup,
    wallet: stores.wallet,
    connections,
    settings,
    webSocket: outside.webSocket,
    checkAddress,
    now,
    random: outside.random,
    randomId,
    busy,
    redeem: wallet.redeemStored,
    onChange: changed,
  })
  const lightning = createLightning({
    store: stores.lightning,
    walletStore: stores.wallet,
    connections,
    swaps,
    fetch,
    webSocket: outside.webSocket,
    now,
    randomId,
    checkAddress,
    receiveThere: wallet.receiveThere,
    isWatched: () => screens.size > 0,
    keepAlive: outside.keepAlive,
    onChange: changed,
  })
  const nwc = connectedWallet(outside, { lightning, wallet, policy: addressPolicy, paused: () => settings.current().paused, busy, onChange: changed })
  const running = createRunningRequests(changed)
  const registry = createRegistry({ store: stores.registry, fetch, now, settings: settings.current, subscribe: outside.subscribe, bootstrap: outside.bootstrap })
  const alerts = createBudgetAlerts({ permissions: stores.permissions, now, onChange: changed })
  const receipts = createPageReceipts({ pages, permissions: stores.permissions, now })
  const judging = createJudging({
    ...{ store: stores.trust, engineStore: receipts.watching(stores.engine), standings: () => standings.all(), now, onChange: changed },
    npub: () => settings.current().npub,
    favourites: () => settings.current().favourites,
    count: countingPeople(outside.webSocket, settings.current),
    spokenOf: registry.spokenOf,
    ...{ read: readingPeople(outside.webSocket, settings.current), relays: () => settings.current().relays },
  })
  const publishing = speaking(outside, settings.current, changed)
  const { standings, sessions, accounting } = moneyAtProviders(outside, { wallet, deposits: lightning.deposits, settings, registry, running, judging, onChange: changed })
  const approvals = createApprovals({ store: stores.permissions, now, randomId, show: outside.showApproval, onChange: changed })
  const known = { wallet, sessions, standings, registry, approvals, accounting, running, permissions: stores.permissions, store: judging.store, sellers: judging.sellers }
  const engineWorld = { ...known, sessions: recorder.sessions(sessions), fetch, now, random: outside.random, settings: settings.current, patience: outside.patience }
  const recommend = createRecommending(engineWorld)
  const run = withCache(recorder.run(createEngine({ ...engineWorld, recommend, onPlanned: recorder.planned })), { ...engineWorld, cache: stores.cache, mayLook: () => !lock.isLocked() })
  const estimate = createEstimating({ ...engineWorld, recommend, mayLook: () => !lock.isLocked() })
  const scheduling = waitingRequests(outside, { ...engineWorld, recommend, run, busy, pages, changed, mayRun: () => !lock.isLocked() && !stopped })
  const probing = tryingModels({ ...engineWorld, run, busy, randomId, connections, mayRun: () => !lock.isLocked() && !stopped })
  const developer = createDeveloper({ fetch, settings, wallet, registry })
  const news = createPageNews({ pages, permissions: stores.permissions, registry, now, changed })
  function grantChanged(origin: SiteOrigin): void {
    news.grantChanged(origin)
    inBackground(alerts.refresh())
  }

  /** Held while a page or money waits; the alarm brings a dead worker back. */
  function busy(): () => void {
    const release = outside.keepAlive()
    outside.setAlarm(true)
    return () => {
      release()
      lookAroundSoon()
    }
  }
  const lookAroundSoon = createSoon(() => inBackground(wake()), RECONCILE)

  /** What was spent by now is told as well. */
  async function wake(): Promise<void> {
    await life.wake()
    if (!stopped) await alerts.refresh()
    await probing.tick()
  }

  /** A screen moves money. */
  function atWork(): () => void {
    const endings = [busy(), life.working()]
    return () => {
      for (const end of endings) end()
    }
  }

  const life = createLife({ outside, settings, connections, wallet, sessions, accounting, approvals, running, lightning, nwc, backup, sync, registry, scheduling, pages, changed })
  const { ready, lock } = life
  const disposeRegistry = ready.then(() => registry.start())
  const standIns = registeringStandIns(outside)
  inBackground(ready.then(() => Promise.all([alerts.refresh(), standIns()])))
  registry.onPrices(() => inBackground(ready.then(scheduling.tick)))
  registry.onChange(changed)
  registry.onChange(() => judging.notePings(registry.providers()))

  const handlers = createScreens({
    ...{ wallet, lightning, nwc, backup, sync, sessions, standings, registry, judging, recommend, publishing, alerts, scheduling, probing, cache: stores.cache },
    ...{ approvals, running, settings, developer, now, randomId, grantChanged, standIns, changed, lock },
    permissions: stores.permissions,
    store: stores.engine,
    ...{ fakeSats: outside.fakeSats, playDry: createDryRun({ ...engineWorld, recommend }), timelines: createTimelines({ recorder, stores: world.stores, wallet }) },
    readLedger: outside.readLedger,
    readHistory: outside.readHistory,
    busy: atWork,
  })

  return {
    ready,
    connectPage(port) {
      pages.add(port)
      port.onClose(() => pages.delete(port))
      servePage(port, {
        ...{ ready, run, estimate, recommend, scheduling, registry, wallet, approvals, lock, now, busy, grantChanged, queueFor },
        permissions: stores.permissions,
        paused: () => settings.current().paused,
        own: receipts.own,
        onCost: receipts.estimated,
      })
    },
    connectScreen(port) {
      const tell = serveScreen(port, ready, handlers, { closed: () => screens.delete(tell), used: lock.used })
      screens.add(tell)
    },
    wake,
    approvalWindowClosed: (approvalId) => ready.then(() => approvals.windowClosed(approvalId)),
    leave: life.leave,
    stop() {
      stopped = true
      life.stop()
      lightning.stop()
      nwc.stop()
      sync.stop()
      running.stop(() => true)
      inBackground(disposeRegistry.then((dispose) => dispose()))
    },
  }
}
