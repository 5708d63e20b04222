/**
 * When the wallet is locked, and who decides it.
 *
 *   no passphrase ──protect──▶ unlocked ──"lock now", unused for N minutes, browser closed──▶ locked
 *         ▲                     │  ▲                                                            │
 *         └──────unprotect──────┘  └───────────────────────unlock───────────────────────────────┘
 *
 * Locking is like the death of a worker: whatever money was on its way is finished by recovery after the unlock.
 */
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import type { LockView, SessionMemory } from '../domain/lock.ts'
import { createExclusive } from '../wallet/exclusive.ts'
import type { VaultStore } from '../wallet/vault.ts'
import { createPatience } from './lock-patience.ts'

const DEFAULT_AUTO_LOCK_MINUTES = 15
/** How long after its time the lock waits for running requests and open money. */
const GRACE_MS = 3 * 60_000
const LOOK_AGAIN_MS = 30_000
/** Being used is written down this often at most. */
const TOUCH_STEP_MS = 10_000

const rememberedSchema = v.object({ key: v.string(), lockAt: v.nullable(v.number()) })

export interface Lock {
  /** What would let money out later must not be decided while it is locked. @throws RoutstrError `wallet_locked` */
  requireOpen(): void
  /** On start, before anything reads money. */
  load(): Promise<void>
  /** Also while it is being locked or unlocked: no money may move. */
  isLocked(): boolean
  view(): Promise<LockView>
  /** A person or a page uses the wallet: its time begins anew. */
  used(): void
  /** Locks if its time has come. */
  tick(): Promise<void>
  lock(): Promise<void>
  protect(passphrase: string): Promise<void>
  unlock(passphrase: string): Promise<void>
  change(current: string, next: string): Promise<void>
  unprotect(current: string): Promise<void>
  setAutoLock(minutes: number | null): Promise<void>
  startOver(): Promise<void>
  reopen(id: string): Promise<void>
}

export function createLock(world: {
  readonly store: VaultStore
  readonly memory: SessionMemory
  readonly now: () => number
  readonly randomId: () => string
  /** Wakes the app at that time. */
  readonly wakeAt: (at: number | null) => void
  /** No request runs and no money is on its way. */
  readonly isIdle: () => Promise<boolean>
  /** Stops what runs and gives it a moment to end. */
  readonly stopAll: () => Promise<void>
  /** Secrets leave every memory. Not asynchronous. */
  readonly forget: () => void
  /** The wallet is readable again: repairs its own memory. Nobody else uses it before this has resolved. */
  readonly reopened: () => Promise<void>
  /** It was unlocked and is locked now, or the other way round. */
  readonly onChange: (locked: boolean) => void
}): Lock {
  const { store, memory, now } = world
  const oneAtATime = createExclusive()
  const patience = createPatience(now)
  let locked = false
  let protectedNow = false
  let minutes: number | null = null
  let lockAt: number | null = null
  let key: string | null = null

  const alone = <T>(work: () => Promise<T>): Promise<T> => oneAtATime('lock', work)

  async function remember(bytes: Uint8Array | null): Promise<void> {
    key = bytes === null ? null : btoa(String.fromCharCode(...bytes))
    lockAt = key === null || minutes === null ? null : now() + minutes * 60_000
    await writeDown()
  }
  async function writeDown(): Promise<void> {
    world.wakeAt(lockAt)
    await memory.write(key === null ? null : JSON.stringify({ key, lockAt } satisfies v.InferOutput<typeof rememberedSchema>))
  }

  async function readState(): Promise<void> {
    const state = await store.state()
    protectedNow = state.protected
    minutes = state.autoLockMinutes
    locked = state.locked
  }

  async function load(): Promise<void> {
    await readState()
    if (!protectedNow) return
    const remembered = parseRemembered(await memory.read())
    const isDue = remembered !== null && remembered.lockAt !== null && remembered.lockAt <= now()
    if (remembered === null || isDue || !(await store.unlockWith(remembered.key))) return remember(null)
    locked = false
    key = btoa(String.fromCharCode(...remembered.key))
    lockAt = remembered.lockAt
    world.wakeAt(lockAt)
  }

  /** From here on nobody gets in; then everything ends, then the key goes. */
  async function close(): Promise<void> {
    locked = true
    // first: a worker that dies from here on comes back locked
    const forgotten = remember(null)
    forgotten.catch(() => undefined)
    try {
      await world.stopAll()
    } finally {
      store.lock()
      world.forget()
    }
    await forgotten
    world.onChange(true)
  }

  async function open(): Promise<void> {
    world.forget()
    await world.reopened()
    locked = false
    world.onChange(false)
  }

  async function changePlaces(work: () => Promise<void>): Promise<void> {
    if (!locked) await close()
    try {
      await work()
    } finally {
      // also when it failed, for want of room perhaps: then it is the same wallet as before
      await remember(null)
      await readState()
      if (locked) world.forget()
      else await open()
    }
  }

  function requireOpen(): void {
    if (locked) throw new RoutstrError('wallet_locked', 'Unlock the wallet first. Your money is safe.')
  }

  return {
    load,
    requireOpen,
    isLocked: () => locked,
    async view() {
      return { protected: protectedNow, locked, autoLockMinutes: minutes, setAside: await store.setAside() }
    },
    used() {
      if (locked || key === null || minutes === null) return
      const next = now() + minutes * 60_000
      if (lockAt !== null && Math.abs(next - lockAt) < TOUCH_STEP_MS) return
      lockAt = next
      inBackground(writeDown())
    },
    tick: () =>
      alone(async () => {
        if (locked || lockAt === null || now() < lockAt) return
        if ((await world.isIdle()) || now() >= lockAt + GRACE_MS) return close()
        world.wakeAt(now() + LOOK_AGAIN_MS)
      }),
    lock: () =>
      alone(async () => {
        if (!protectedNow) throw new RoutstrError('invalid_request_error', 'This wallet has no passphrase, so it can not be locked.')
        if (!locked) await close()
      }),

    protect: (passphrase) =>
      alone(async () => {
        const bytes = await store.protect(passphrase, DEFAULT_AUTO_LOCK_MINUTES)
        await readState()
        await remember(bytes)
      }),
    unlock: (passphrase) =>
      alone(async () => {
        if (!locked) return
        const bytes = await patience.of(() => store.unlock(passphrase))
        await readState()
        // to the pages it is locked until its memory is in order
        locked = true
        await remember(bytes)
        await open()
      }),
    change: (current, next) => alone(() => patience.of(() => store.change(current, next))),
    unprotect: (current) =>
      alone(async () => {
        requireOpen()
        await patience.of(() => store.unprotect(current))
        await remember(null)
        await readState()
      }),
    setAutoLock: (next) =>
      alone(async () => {
        requireOpen()
        await store.setAutoLock(next)
        minutes = next
        lockAt = key === null || next === null ? null : now() + next * 60_000
        await writeDown()
      }),
    startOver: () =>
      alone(async () => {
        if (!locked) throw new RoutstrError('invalid_request_error', 'The wallet is open: its passphrase can be removed instead. Nothing was changed.')
        await changePlaces(() => store.startOver(world.randomId(), now()))
      }),
    reopen: (id) =>
      alone(async () => {
        if (!(await store.setAside()).some((wallet) => wallet.id === id)) throw new RoutstrError('not_found', 'There is no such wallet beside this one.')
        await changePlaces(() => store.reopen(id, world.randomId(), now()))
      }),
  }
}

function parseRemembered(text: string | null): { readonly key: Uint8Array; readonly lockAt: number | null } | null {
  try {
    const { key, lockAt } = v.parse(rememberedSchema, JSON.parse(text ?? ''))
    return { key: Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)), lockAt }
  } catch {
    return null
  }
}
