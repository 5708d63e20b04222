/**
 * Fake sats: a second wallet for developers, in a database of its own, that can speak to this computer only. Exactly one of the two apps
 * lives at a time. Which one is written down before they change places, so a worker that dies in between comes back with either, whole.
 * Leaving is like the death of a worker whose requests have ended: whatever money was on its way is finished when that wallet returns.
 */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import type { SessionMemory } from '../domain/lock.ts'
import { isLoopbackAddress } from '../domain/network-address.ts'
import { type App, createApp } from './app.ts'
import { heldBackPage, heldBackScreen } from './held-back-ports.ts'
import type { Outside } from './outside.ts'

/** The world of both. */
export interface BothWallets extends Omit<Outside, 'stores' | 'readLedger' | 'readHistory' | 'sessionMemory' | 'fakeSats'> {
  /** Opens the database of the one or of the other. */
  readonly open: (fake: boolean) => Pick<Outside, 'stores' | 'readLedger' | 'readHistory'> & { close(): void }
  readonly sessionMemory: (fake: boolean) => SessionMemory
  /** Which of them is in use; outlives the browser. */
  readonly choice: { read(): Promise<boolean>; write(fake: boolean): Promise<void> }
}

interface Wallet {
  readonly fake: boolean
  readonly app: App
  end(): void
}

export function createAppOfBoth(world: BothWallets): App {
  const screens = new Set<ReturnType<typeof heldBackScreen>>()
  let stopped = false
  let current = world.choice.read().then(begin)
  let changing = false
  inBackground(current)

  function begin(fake: boolean): Wallet {
    const { close, ...opened } = world.open(fake)
    const gone = new AbortController()
    const app = createApp({ ...reach(world, fake, gone.signal), ...opened, sessionMemory: world.sessionMemory(fake), fakeSats: { on: fake, change } })
    return {
      fake,
      app,
      end() {
        app.stop()
        gone.abort()
        close()
      },
    }
  }

  async function change(fake: boolean): Promise<void> {
    const before = await current
    if (before.fake === fake) return
    if (changing || stopped) throw new RoutstrError('invalid_request_error', 'The wallets are changing places already.')
    changing = true
    for (const screen of screens) screen.hold()
    const next = leave(before, fake)
    // whoever comes from here on waits for the other one
    current = next.catch(() => before)
    try {
      await next
    } finally {
      changing = false
      const { app } = await current
      for (const screen of screens) screen.serve(app)
    }
  }

  async function leave(before: Wallet, fake: boolean): Promise<Wallet> {
    await before.app.leave()
    await world.choice.write(fake)
    before.end()
    const after = begin(fake)
    await after.app.ready
    return after
  }

  return {
    ready: current.then(({ app }) => app.ready),
    connectPage(port) {
      const held = heldBackPage(port)
      inBackground(current.then(({ app }) => held.serve(app)))
    },
    connectScreen(port) {
      const held = heldBackScreen(port, () => screens.delete(held))
      screens.add(held)
      // one that comes while they change places is served with all others
      if (!changing) inBackground(current.then(({ app }) => held.serve(app)))
    },
    wake: () => current.then(({ app }) => app.wake()),
    approvalWindowClosed: (id) => current.then(({ app }) => app.approvalWindowClosed(id)),
    leave: () => current.then(({ app }) => app.leave()),
    stop() {
      stopped = true
      inBackground(current.then((wallet) => wallet.end()))
    },
  }
}

/** What one of them may reach: fake sats only this computer, and nobody anything once it is gone. */
function reach(world: BothWallets, fake: boolean, gone: AbortSignal): Omit<BothWallets, 'open' | 'choice' | 'sessionMemory'> {
  const { open: _open, choice: _choice, sessionMemory: _memory, ...shared } = world
  function refuse(url: string): void {
    if (gone.aborted) throw new RoutstrError('worker_lost', 'This wallet is not in use now. What was begun goes on when it is.')
    if (fake && !isLoopbackAddress(url)) throw new RoutstrError('unsafe_address', 'With fake sats only this computer is spoken to.')
  }
  return {
    ...shared,
    // async: a refusal is a rejection, as from the browser's own
    fetch: async (input, init) => {
      refuse(input instanceof Request ? input.url : String(input))
      return world.fetch(input, init)
    },
    webSocket(url) {
      refuse(url)
      return world.webSocket(url)
    },
    subscribe: (relays, listener) => world.subscribe(fake ? relays.filter(isLoopbackAddress) : relays, listener),
    // no list of providers comes along: only those of the network that is connected
    ...(fake ? { bootstrap: { directory: null, builtIn: [] } } : {}),
    setBadge(badge) {
      if (!gone.aborted) world.setBadge({ ...badge, fake })
    },
    setAlarm(on) {
      if (!gone.aborted) world.setAlarm(on)
    },
    wakeAt(at) {
      if (!gone.aborted) world.wakeAt(at)
    },
    showApproval: async (id) => {
      if (!gone.aborted) await world.showApproval(id)
    },
    // what the browser has registered for the sites of the real wallet stays as it is: taking it away would give back their permissions
    registerStandIn: async (origins) => {
      if (!fake && !gone.aborted) await world.registerStandIn(origins)
    },
  }
}
