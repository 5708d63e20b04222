/** The order of waking up, of locking and of unlocking: who may touch what, when. */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import type { Accounting } from '../engine/accounting.ts'
import type { RunningRequests } from '../engine/running.ts'
import type { Scheduling } from '../engine/scheduling.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { Registry } from '../registry/registry.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Backup } from '../wallet/backup/backup.ts'
import type { Sync } from '../wallet/backup/sync/sync.ts'
import type { Connections } from '../wallet/connections.ts'
import type { Lightning } from '../wallet/lightning/lightning.ts'
import type { Nwc } from '../wallet/nwc/connected-wallet.ts'
import type { Wallet } from '../wallet/wallet.ts'
import { createLock, type Lock } from './lock.ts'
import type { Outside } from './outside.ts'
import { tellPagesLocked } from './page-lock.ts'
import type { SettingsKeeper } from './settings.ts'

export interface Life {
  readonly lock: Lock
  /** Own memory is consistent and requests may run, or the wallet is locked. */
  readonly ready: Promise<void>
  /** Looks at everything that may be due now. Resolves when a look that began after this call is over. */
  wake(): Promise<void>
  /** Work of a screen on money: the lock waits for it. @returns it is over */
  working(): () => void
  /** What runs is stopped and has a moment to end, pages are let go, a wallet with a passphrase is locked: another app may take over. */
  leave(): Promise<void>
  stop(): void
}

/** How long requests that are stopped for the lock may take to end. What they leave is repaired like that of a dead worker. */
const ENDING_MS = 5_000

export function createLife(world: {
  readonly outside: Outside
  readonly settings: SettingsKeeper
  readonly connections: Connections
  readonly wallet: Wallet
  readonly sessions: Sessions
  readonly accounting: Accounting
  readonly approvals: Approvals
  readonly running: RunningRequests
  readonly lightning: Lightning
  readonly nwc: Nwc
  readonly scheduling: Scheduling
  readonly backup: Backup
  readonly sync: Sync
  readonly registry: Registry
  readonly pages: ReadonlySet<PagePort>
  readonly changed: () => void
}): Life {
  const { outside, settings, connections, wallet, sessions, accounting, approvals, running, lightning, nwc, backup, sync } = world
  const { stores, now, randomId, setAlarm } = outside
  let stopped = false
  let atWork = 0
  let waking: Promise<void> | null = null
  /** The look after that one. */
  let next: Promise<void> | null = null

  const lock = createLock({
    store: stores.vault,
    memory: outside.sessionMemory,
    now,
    randomId,
    wakeAt: outside.wakeAt,
    isIdle: async () => running.list().length === 0 && atWork === 0 && !(await wallet.recovery.hasOpen()),
    stopAll,
    // every memory that holds a secret has to be named here
    forget() {
      connections.forget()
      sync.pause()
    },
    reopened: repairMemory,
    onChange(locked) {
      if (locked) tellPagesLocked(world.pages, stores.permissions, now())
      else {
        inBackground(approvals.unlocked())
        goOn()
      }
      world.changed()
    },
  })

  async function stopAll(): Promise<void> {
    running.stop(() => true)
    const deadline = Date.now() + ENDING_MS
    while (Date.now() < deadline && (running.list().length > 0 || atWork > 0 || waking !== null)) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** Attempts of a worker that died, or was locked, are over; what they cost is read from the accounts. */
  async function repairMemory(): Promise<void> {
    await sessions.recover()
    await accounting.recover()
    await world.scheduling.recover()
  }

  async function start(): Promise<void> {
    await settings.load()
    await lock.load()
    if (!lock.isLocked()) await repairMemory()
    // a full disk does not keep the wallet closed: the next worker sees to it
    await beginBrowserSession().catch(() => undefined)
  }

  /** No page of the last one waits any more, and what it left at providers comes home; after the unlock if it is locked, when it is idle. */
  async function beginBrowserSession(): Promise<void> {
    if (!(await outside.sessionMemory.isNew())) return
    await approvals.withdrawAll()
    await outside.sessionMemory.begun()
    if (!lock.isLocked()) inBackground(sessions.bringHome())
  }
  const ready = start()
  inBackground(ready.then(goOn))

  /** Everything that was left, beside what anybody asks for now. */
  function goOn(): void {
    if (lock.isLocked()) return
    inBackground(wallet.warm())
    unfinishedBusiness(true).catch(() => setAlarm(true))
  }

  async function unfinishedBusiness(everything: boolean): Promise<void> {
    const release = outside.keepAlive()
    try {
      await ready
      await settings.load()
      await approvals.tick()
      if (lock.isLocked()) return setAlarm((await approvals.waiting()).length > 0)
      inBackground(backup.restoring.resume())
      inBackground(backup.mintList.tick())
      inBackground(sync.tick())
      await wallet.recovery.recover(everything)
      await sessions.tick()
      await accounting.recover()
      await lightning.recover(everything)
      await nwc.recover()
      await world.scheduling.tick()
      if (running.list().length === 0) await wallet.refillLadders()
      const unfinished =
        running.list().length > 0 ||
        (await sessions.hasUnfinished()) ||
        (await wallet.recovery.hasOpen()) ||
        (await lightning.hasOpen()) ||
        (await nwc.hasOpen()) ||
        (await world.scheduling.hasOpen()) ||
        (await backup.restoring.hasOpen()) || (await sync.hasOpen()) ||
        (await approvals.waiting()).length > 0
      setAlarm(unfinished)
    } catch (error) {
      // locked in the middle: it goes on after the unlock
      if (!(error instanceof RoutstrError && error.code === 'wallet_locked')) throw error
    } finally {
      release()
    }
  }

  /** One at a time. Who comes while one is at work gets the next one: what has become due since may lie behind this one. */
  function look(): Promise<void> {
    if (waking !== null) {
      next ??= waking.catch(() => undefined).then(() => {
        next = null
        return stopped ? undefined : look()
      })
      return next
    }
    waking = unfinishedBusiness(false).finally(() => {
      waking = null
    })
    return waking
  }

  return {
    lock,
    ready,
    async wake() {
      if (stopped) return
      await ready
      world.registry.tick()
      // before the rest, which the lock would wait for; also beside one that goes on: nobody else may come to look at the time again
      if (!lock.isLocked()) await lock.tick()
      if (stopped) return
      return look()
    },
    async leave() {
      await ready
      await ((await lock.view()).protected ? lock.lock() : stopAll())
      for (const page of [...world.pages]) page.close()
      await approvals.withdrawAll()
    },
    working() {
      atWork++
      let over = false
      return () => {
        if (!over) atWork--
        over = true
      }
    },
    stop() {
      stopped = true
    },
  }
}
