/** When the relays are asked, and in what order a pass goes: on start, on alarms, after changes here, and when another browser says something. */
import { RoutstrError } from '../../../domain/errors.ts'
import { inBackground } from '../../../domain/in-background.ts'
import { createExclusive } from '../../exclusive.ts'
import { nextTry } from '../../journal.ts'
import { talk, type OpenSocket } from '../../nwc/relay-talk.ts'
import type { Claiming } from './claiming.ts'
import { DELETION_KIND, HISTORY_KIND, keyOf, type SyncKey, TOKEN_KIND, WALLET_KIND, type WalletContent } from './events.ts'
import type { Learning } from './learning.ts'
import type { Publishing } from './publishing.ts'
import type { SyncConfig, SyncStore } from './store.ts'
import { type Answer, askRelay } from './visit.ts'

export interface Seen {
  readonly answers: readonly Answer[]
  readonly wallet: WalletContent | 'unknown' | null
}

export interface Passes {
  /** One thing with relays at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>
  /** Asks every relay, and takes in what they say. Inside `alone`. @returns null when none gave a whole answer */
  look(key: SyncKey, config: SyncConfig): Promise<Seen | null>
  /** Never throws; the problem is in the config. */
  passNow(): Promise<void>
  /** The same when something is to be told or it has been long. */
  passIfDue(): Promise<void>
  /** Something may have changed here: looks in a moment. */
  soon(): void
  /** After a change of the user's: does not wait for a back-off. */
  patient(): void
  stateOf(relay: string): 'idle' | 'connected' | 'failed'
  /** There is something that no relay has heard yet, or a claim is not finished. */
  hasOpen(): Promise<boolean>
  pause(): void
  stop(): void
}

/** So long nothing moves, then the change is told: a request moves money several times. */
const QUIET_MS = 1_500
const PASS_EVERY_MS = 5 * 60_000
const LISTEN_MS = 10 * 60_000
/** Deletions and takings are asked for from so long before the relay's last answer: browsers' clocks differ. */
const OVERLAP_S = 2 * 24 * 3600

export function createPasses(world: {
  readonly store: SyncStore
  readonly learning: Learning
  readonly publishing: Publishing
  readonly claiming: Claiming
  readonly relays: () => readonly string[]
  readonly openSocket: OpenSocket
  readonly now: () => number
  /** Keeps the worker alive until released. */
  readonly keepAlive: () => () => void
  readonly onChange: () => void
}): Passes {
  const { store, learning, publishing, claiming, now } = world
  const exclusive = createExclusive()
  const states = new Map<string, 'connected' | 'failed'>()
  let stopped = false
  let lastPassAt: number | null = null
  let failures = 0
  let notBefore = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let heardOfChange = false
  let listening: { readonly to: string; readonly since: number; readonly end: () => void } | null = null

  const alone = <T>(work: () => Promise<T>): Promise<T> => exclusive('relays', work)
  const passNow = (): Promise<void> => alone(pass)

  async function look(key: SyncKey, config: SyncConfig): Promise<Seen | null> {
    const ask = (relay: string): Promise<Answer> => {
      const heard = config.heard[relay]
      const authors = [key.publicKey]
      const since = heard === undefined ? {} : { since: Math.max(0, Math.floor(heard / 1000) - OVERLAP_S) }
      const kinds = [DELETION_KIND, HISTORY_KIND]
      return askRelay(world.openSocket, relay, { authors, kinds: [TOKEN_KIND] }, [
        { authors, kinds, ...since },
        { authors, kinds: [WALLET_KIND] },
      ])
    }
    const began = now()
    const answers = await Promise.all([...new Set(world.relays())].map(ask))
    states.clear()
    for (const { relay, complete } of answers) states.set(relay, complete ? 'connected' : 'failed')
    const found = await learning.learn(key, answers)
    const whole = answers.filter(({ complete }) => complete)
    if (whole.length === 0) return null
    await store.changeConfig({ heard: { ...config.heard, ...Object.fromEntries(whole.map(({ relay }) => [relay, began])) } })
    const isKnown = found !== null || config.madeHere || whole.length === answers.length
    return { answers, wallet: isKnown ? found : 'unknown' }
  }

  async function pass(): Promise<void> {
    const config = await store.config().catch(() => null)
    if (config?.on !== true || stopped) return
    const release = world.keepAlive()
    try {
      const key = keyOf(config.secret)
      const seen = await look(key, config)
      await claiming.settle()
      if (seen === null) throw new RoutstrError('mint_unreachable', 'No relay answers at the moment. Your money is where it was; it is tried again by itself.')
      await publishing.prepare(key)
      await publishing.tell(key, seen.answers, seen.wallet)
      listen(key)
      failures = 0
      notBefore = 0
      lastPassAt = now()
      await store.changeConfig({ lastSyncAt: now(), problem: null })
    } catch (error) {
      notBefore = nextTry(now(), failures++)
      await store
        .changeConfig({ problem: error instanceof RoutstrError ? error.message : 'Syncing failed. Your money is where it was.' })
        .catch(() => undefined)
    } finally {
      release()
      world.onChange()
    }
  }

  /** Events of other browsers are a reason to look, nothing more. */
  function listen(key: SyncKey): void {
    const relays = world.relays().filter((relay) => states.get(relay) === 'connected')
    const to = `${key.publicKey} ${relays.join(' ')}`
    // a relay that has said much is not listened to any more: now and then all get a new line
    if (stopped || (listening?.to === to && now() < listening.since + LISTEN_MS)) return
    listening?.end()
    const filter = { authors: [key.publicKey], kinds: [TOKEN_KIND, DELETION_KIND, HISTORY_KIND], since: Math.floor(now() / 1000) }
    const onEvent = ({ id }: { readonly id: string }): void => {
      if (publishing.wasSaidByUs(id)) return
      heardOfChange = true
      soon()
    }
    listening = { to, since: now(), end: talk(world.openSocket, { relays, filter, event: null, onEvent }) }
  }

  function soon(): void {
    if (timer !== null || stopped) return
    timer = setTimeout(() => {
      timer = null
      inBackground(passIfWanted())
    }, QUIET_MS)
  }

  async function passIfWanted(): Promise<void> {
    if (stopped || now() < notBefore || (await store.config())?.on !== true) return
    const wanted = heardOfChange || (await publishing.differs())
    heardOfChange = false
    if (wanted) await passNow()
  }

  async function hasOpen(): Promise<boolean> {
    if ((await store.config())?.on !== true) return false
    return (await publishing.unsent()) > 0 || (await claiming.hasOpen()) || (await publishing.differs())
  }

  function pause(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    listening?.end()
    listening = null
    lastPassAt = null
  }

  return {
    alone,
    look,
    passNow,
    async passIfDue() {
      if (stopped || now() < notBefore || (await store.config())?.on !== true) return
      if (lastPassAt === null || lastPassAt + PASS_EVERY_MS < now() || (await hasOpen())) await passNow()
    },
    soon,
    patient() {
      notBefore = 0
    },
    stateOf: (relay) => states.get(relay) ?? 'idle',
    hasOpen,
    pause,
    stop() {
      stopped = true
      pause()
    },
  }
}
