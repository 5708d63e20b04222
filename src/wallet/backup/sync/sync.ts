/**
 * NIP-60: one user, several browsers, the same money. Each browser keeps its own seed and its own notes, and shows the ready ones to
 * the others as encrypted events under one shared key. What another browser shows is claimable, not ours: it counts in no balance
 * and pays for nothing until a swap at its mint has made it ours. So there is nothing to agree on between browsers; the mint decides,
 * as between strangers.
 *
 *   own event:    shown ──a note of it has left, or another browser has deleted it──▶ ended
 *   of another:   unchecked ──the mint calls notes of it unspent (NUT-07)──▶ offered ──claim: tokens stored──▶ claiming ──swapped──▶ claimed
 *                     │                                                  │                            └──the others were faster──▶ ended
 *                     └──────────worthless, or named by a deletion───────┴──▶ ended
 *
 * One pass asks the relays, learns (`learning.ts`), and tells them what they lack (`publishing.ts`). It derives everything from what
 * lies in the database and what relays show now: a pass that was cut anywhere is simply made again. A claim happens on the user's
 * wish, or when a payment is short (`short-wallet.ts`), and only after a relay has just said what the other browsers still have.
 *
 * The books of each browser stay right by themselves: what is claimed counts as received, what another browser has claimed of ours
 * leaves as sent (`storage/spent-elsewhere.ts`), also when it was in a token on its way to a provider at that moment.
 */
import type { ElsewhereAmount, SyncView } from '../../../domain/backup.ts'
import { RoutstrError } from '../../../domain/errors.ts'
import { addMsat, type Msat, ZERO_MSAT } from '../../../domain/msat.ts'
import { worthMsat } from '../../../domain/units.ts'
import type { Connections } from '../../connections.ts'
import type { OpenSocket } from '../../nwc/relay-talk.ts'
import type { WalletStore } from '../../store.ts'
import type { Wallet } from '../../wallet.ts'
import type { BackupStore } from '../store.ts'
import { type Claiming, createClaiming } from './claiming.ts'
import { keyOf, newSecret, npubOf, nsecOf, readNsec } from './events.ts'
import { createLearning } from './learning.ts'
import { createPasses } from './passes.ts'
import { createPublishing } from './publishing.ts'
import type { SyncConfig, SyncStore } from './store.ts'

export interface Sync {
  view(): Promise<SyncView>
  /** @param nsec of the other browser, or null: the key that was there, or a new one. @throws RoutstrError `invalid_request_error`, `not_empty` */
  enable(nsec: string | null): Promise<void>
  /** Nobody is shown anything any more. The key stays: other browsers may have money under it. */
  disable(): Promise<void>
  /** @throws RoutstrError `not_found` when there is no key */
  reveal(): Promise<string>
  /** One pass now; never throws, problems are in the view. */
  now(): Promise<void>
  /** Takes everything over, of one mint (which is trusted from then on) or of all trusted ones. @throws RoutstrError `mint_unreachable` when no relay answered */
  bringHere(mint: string | null): Promise<Msat>
  /** What can be claimed, by account; nothing while switched off. */
  elsewhere(): Promise<readonly ElsewhereAmount[]>
  /** For a payment: asks the relays, then gives what can be claimed now and the way to do it; null when no relay answered. */
  freshOffers(): Promise<Pick<Claiming, 'offers' | 'claim'> | null>
  /** Something may have changed: looks in a moment whether there is anything to tell. */
  moneyChanged(): void
  /** On start and on each alarm: a pass when one is due. Never throws. */
  tick(): Promise<void>
  hasOpen(): Promise<boolean>
  /** The wallet is locked: relays are not listened to any more. */
  pause(): void
  stop(): void
}

export function createSync(world: {
  readonly store: SyncStore
  readonly backup: Pick<BackupStore, 'known'>
  readonly walletStore: WalletStore
  readonly wallet: Pick<Wallet, 'redeemStored' | 'mints'>
  readonly connections: Connections
  readonly relays: () => readonly string[]
  readonly webSocket: OpenSocket
  readonly checkAddress: (url: string) => string
  readonly now: () => number
  /** Keeps the worker alive until released. */
  readonly keepAlive: () => () => void
  readonly onChange: () => void
}): Sync {
  const { store } = world
  const parts = { ...world, known: world.backup.known, openSocket: world.webSocket, redeemStored: world.wallet.redeemStored }
  const learning = createLearning(parts)
  const publishing = createPublishing(parts)
  const claiming = createClaiming(parts)
  const passes = createPasses({ ...parts, learning, publishing, claiming })

  const onlyIfOn = async (): Promise<SyncConfig | null> => {
    const config = await store.config()
    return config?.on === true ? config : null
  }

  async function elsewhere(): Promise<ElsewhereAmount[]> {
    if (!(await store.isOn())) return []
    const offers = await claiming.offers()
    const accounts = [...Map.groupBy(offers, ({ mint, unit }) => `${unit} ${mint}`).values()]
    return Promise.all(
      accounts.map(async (here) => ({
        mint: here[0]?.mint ?? '',
        unit: here[0]?.unit ?? '',
        amount: here.reduce((sum, { amount }) => sum + amount, 0),
        trusted: await world.connections.isTrusted(here[0]?.mint ?? ''),
      })),
    )
  }

  /** What we show is taken away from the relays; what they do not hear now, they hear when it is switched on again. */
  async function stopShowing(config: SyncConfig): Promise<void> {
    const shown = await store.bundles(['shown'])
    await store.replaceBundles({ add: [], end: shown.map(({ id }) => id), named: [] })
    const key = keyOf(config.secret)
    const seen = await passes.look(key, config)
    if (seen !== null) await publishing.tell(key, seen.answers, seen.wallet)
    const problem = 'No relay answered: your other browsers may still see what this one held. If they take it, it leaves this browser.'
    await store.changeConfig({ on: false, problem: seen === null && shown.length > 0 ? problem : null })
  }

  return {
    elsewhere,
    async view() {
      const config = await store.config()
      const there = await elsewhere()
      return {
        on: config?.on === true,
        npub: config === null ? null : npubOf(keyOf(config.secret)),
        relays: world.relays().map((url) => ({ url, state: config?.on === true ? passes.stateOf(url) : 'idle' })),
        lastSyncAt: config?.lastSyncAt ?? null,
        unsent: config?.on === true ? (await publishing.unsent()) + ((await publishing.differs()) ? 1 : 0) : 0,
        problem: config?.problem ?? null,
        elsewhere: there,
        elsewhereMsat: addMsat(ZERO_MSAT, ...there.map(({ amount, unit }) => worthMsat(amount, unit))),
      }
    },
    async enable(nsec) {
      await passes.alone(async () => {
        const before = await store.config()
        const secret = nsec === null ? (before?.secret ?? newSecret()) : readNsec(nsec)
        if (before !== null && before.secret !== secret) {
          if ((await elsewhere()).length > 0)
            throw new RoutstrError('not_empty', 'Other browsers have money under the key in use. Bring it here first; nothing was changed.')
          if (before.on) await stopShowing(before)
          await store.forgetBundles()
        }
        const kept = before?.secret === secret ? before : { secret, madeHere: nsec === null, lastSyncAt: null, heard: {} }
        await store.saveConfig({ ...kept, on: true, problem: null })
        passes.patient()
      })
      await passes.passNow()
    },
    disable: () =>
      passes.alone(async () => {
        const config = await onlyIfOn()
        if (config !== null) await stopShowing(config)
        passes.pause()
        world.onChange()
      }),
    async reveal() {
      const config = await store.config()
      if (config === null) throw new RoutstrError('not_found', 'There is no key yet: switch syncing on first.')
      return nsecOf(config.secret)
    },
    now: passes.passNow,
    async bringHere(mint) {
      if (mint !== null && !(await world.connections.isTrusted(mint))) await world.wallet.mints.trust(mint)
      const came = await passes.alone(async () => {
        const config = await onlyIfOn()
        if (config === null) throw new RoutstrError('not_found', 'Syncing is switched off.')
        if ((await passes.look(keyOf(config.secret), config)) === null)
          throw new RoutstrError(
            'mint_unreachable',
            'No relay answered, so it is not known what your other browsers still have. Nothing was taken over; try again later.',
          )
        const offers = await claiming.offers()
        const trusted = new Set((await world.walletStore.mints()).filter((row) => row.trusted).map(({ url }) => url))
        const wanted = offers.filter((offer) => trusted.has(offer.mint) && (mint === null || offer.mint === mint))
        let total = ZERO_MSAT
        for (const here of Map.groupBy(wanted, ({ mint: url, unit }) => `${unit} ${url}`).values())
          total = addMsat(total, worthMsat(await claiming.claim(here), here[0]?.unit ?? ''))
        return total
      })
      await passes.passNow()
      return came
    },
    freshOffers: () =>
      passes.alone(async () => {
        const config = await onlyIfOn()
        if (config === null || (await passes.look(keyOf(config.secret), config)) === null) return null
        return claiming
      }),
    moneyChanged: passes.soon,
    async tick() {
      try {
        await passes.passIfDue()
      } catch {
        // locked in between, or the database is closing: the next alarm looks again
      }
    },
    hasOpen: passes.hasOpen,
    pause: passes.pause,
    stop: passes.stop,
  }
}
