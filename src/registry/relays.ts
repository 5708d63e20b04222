/** The relays the user has chosen, side by side: nobody waits for another one. */
import type { RelayHealth } from '../domain/relay-health.ts'
import { connectRelay, type Filter, type RelayConnection } from './relay-connection.ts'

/** What is asked, and who is told. The relay is named by its address. */
export interface RelayListener {
  readonly question: (relay: string) => readonly [Filter, ...Filter[]]
  readonly onEvent: (relay: string, event: unknown) => void
  readonly onCaughtUp: (relay: string) => void
  readonly onChange: () => void
}

export interface RelaySubscription {
  health(): readonly RelayHealth[]
  /** See `RelayConnection`. */
  refused(relay: string, lie: boolean): void
  ask(filter: Filter): void
  /** Closes every connection; nothing is called afterwards. */
  stop(): void
}

export type SubscribeAnnouncements = (relays: readonly string[], listener: RelayListener) => RelaySubscription

/** Each event is a task of its own, and whoever else wants the worker waits behind all that have come: 200 of them take 20 ms. */
const PAGE = 200

/** @param world.page events asked for at once, before the next page */
export function createRelaySubscription(world: { page?: number } = {}): SubscribeAnnouncements {
  return (relays, listener) => {
    const connections = new Map<string, RelayConnection>()
    for (const url of new Set(relays)) {
      const connection = connectRelay({
        url,
        open: (address) => new WebSocket(address),
        page: world.page ?? PAGE,
        now: Date.now,
        question: () => listener.question(url),
        onEvent: (event) => listener.onEvent(url, event),
        onCaughtUp: () => listener.onCaughtUp(url),
        onChange: listener.onChange,
      })
      connections.set(url, connection)
    }
    return {
      health: () => [...connections.values()].map((connection) => connection.health()),
      refused: (relay, lie) => connections.get(relay)?.refused(lie),
      ask(filter) {
        for (const connection of connections.values()) connection.ask(filter)
      },
      stop() {
        for (const connection of connections.values()) connection.stop()
      },
    }
  }
}
