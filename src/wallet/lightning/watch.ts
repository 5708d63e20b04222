/**
 * Who waits is asked for: often while a screen looks or the row is fresh, by news of the mint where it sends any, else when
 * the alarm wakes the worker. Holds the worker only as long as somebody is likely to pay now.
 */
import { inBackground } from '../../domain/in-background.ts'
import type { Connections } from '../connections.ts'
import { createNews, type Wanted } from './news.ts'
import type { Pace } from './pace.ts'
import { hasLapsed, type TopUpRow, type WithdrawalRow } from './rows.ts'
import type { LightningStore } from './store.ts'
import { isAskedFor } from './top-ups.ts'

export interface Watch {
  /** Something may wait now. */
  look(): void
  /** Everything that is open and due; `everything`: due or not. */
  run(everything: boolean): Promise<void>
  hasOpen(): Promise<boolean>
  stop(): void
}

const TICK_MS = 1_000
const FRESH_MS = 10 * 60_000
/** A lapsed invoice is worth an alarm for this long; afterwards each start of the worker asks. */
const ALARM_AFTER_EXPIRY_MS = 3_600_000

export function createWatch(world: {
  readonly store: LightningStore
  readonly connections: Connections
  readonly pace: Pace
  readonly advanceTopUp: (id: string) => Promise<void>
  readonly advanceWithdrawal: (id: string) => Promise<void>
  readonly webSocket: (url: string) => WebSocket
  /** A screen of ours is open. */
  readonly isWatched: () => boolean
  readonly keepAlive: () => () => void
  readonly now: () => number
}): Watch {
  const { store, pace, now } = world
  let timer: ReturnType<typeof setTimeout> | null = null
  let release: (() => void) | null = null
  let stopped = false
  const atWork = new Set<string>()
  const news = createNews({
    webSocket: world.webSocket,
    now,
    onNews: (id) => {
      pace.reset(id)
      inBackground(Promise.all([world.advanceTopUp(id), world.advanceWithdrawal(id)]))
    },
  })

  async function open(): Promise<{ readonly topUps: readonly TopUpRow[]; readonly withdrawals: readonly WithdrawalRow[] }> {
    const topUps = (await store.topUps(['waiting', 'paid', 'minting', 'expired'])).filter((row) => isAskedFor(row, now()))
    const failed = (await store.withdrawals(['failed'])).filter((row) => row.melt !== null && !hasLapsed(row, now()))
    return { topUps, withdrawals: [...(await store.withdrawals(['requested', 'pending'])), ...failed] }
  }

  async function run(everything: boolean): Promise<void> {
    const { topUps, withdrawals } = await open()
    const due = ({ id }: { readonly id: string }): boolean => !atWork.has(id) && (everything || pace.isDue(id))
    const work = async (id: string, advance: (id: string) => Promise<void>): Promise<void> => {
      atWork.add(id)
      await advance(id).finally(() => atWork.delete(id))
    }
    await Promise.all([
      ...topUps.filter(due).map(({ id }) => work(id, world.advanceTopUp)),
      ...withdrawals.filter(due).map(({ id }) => work(id, world.advanceWithdrawal)),
    ])
  }

  async function tick(): Promise<void> {
    // a mint that takes its time holds up nobody else
    inBackground(run(false))
    const { topUps, withdrawals } = await open()
    const live = [
      ...topUps.filter((row) => row.state !== 'expired' && !row.hidden && isLive(row.createdAt)),
      ...withdrawals.filter((row) => row.state !== 'failed' && isLive(row.requestedAt ?? row.createdAt)),
    ]
    await listen(live)
    if (live.length > 0 && !stopped) {
      release ??= world.keepAlive()
      schedule()
    } else letGo()
  }

  const isLive = (since: number): boolean => world.isWatched() || now() - since < FRESH_MS

  /** Only for mints that offer it (NUT-17). */
  async function listen(live: readonly (TopUpRow | WithdrawalRow)[]): Promise<void> {
    const wanted: Wanted[] = []
    for (const row of live) {
      const kind = 'payee' in row ? 'bolt11_melt_quote' : 'bolt11_mint_quote'
      if (await tells(row.mint, kind)) wanted.push({ id: row.id, mint: row.mint, quoteId: row.quoteId, kind })
    }
    news.follow(stopped ? [] : wanted)
  }

  async function tells(mint: string, kind: Wanted['kind']): Promise<boolean> {
    const connection = await world.connections.connect({ mint, unit: 'sat' }).catch(() => null)
    const offered = connection?.account.current().getMintInfo().isSupported(17).params ?? []
    return offered.some(({ method, unit, commands }) => method === 'bolt11' && unit === 'sat' && commands.includes(kind))
  }

  function schedule(): void {
    if (stopped || timer !== null) return
    timer = setTimeout(() => {
      timer = null
      inBackground(tick().catch(letGo))
    }, TICK_MS)
  }

  function letGo(): void {
    release?.()
    release = null
    news.follow([])
  }

  return {
    look() {
      if (timer === null && !stopped) inBackground(tick().catch(letGo))
    },
    run,
    async hasOpen() {
      const { topUps, withdrawals } = await open()
      const waits = topUps.some((row) => !row.hidden && (row.state !== 'expired' || now() < (row.expiresAt ?? row.createdAt) + ALARM_AFTER_EXPIRY_MS))
      return waits || withdrawals.some(({ state }) => state !== 'failed')
    },
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      timer = null
      letGo()
    },
  }
}
