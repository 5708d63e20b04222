/**
 * What relays send, looked at in small portions: checking a signature takes milliseconds, a relay may send ten thousand of
 * them, and the worker has pages to serve. One event of each relay in turn, so that a flood delays nobody else's news.
 */
import { isGenuine, type NostrEvent, parseEvent } from '../protocol/nostr-event.ts'

export interface Intake {
  offer(relay: string, body: unknown): void
  /** Resolves when everything offered so far has been looked at. */
  idle(): Promise<void>
  stop(): void
}

export interface IntakeWorld {
  readonly nowSeconds: () => number
  /** Asked before the slow check; false: already known, or of no use. */
  readonly isWanted: (event: NostrEvent, relay: string) => boolean
  readonly take: (event: NostrEvent, relay: string) => void
  /** @param lie the signature does not fit */
  readonly refuse: (relay: string, lie: boolean) => void
  /** How long it has been at work, ms; for the end of a portion only. */
  readonly clock?: () => number
  /** Lets everything else that waits have its turn. */
  readonly pause?: () => Promise<void>
  readonly isGenuine?: (event: NostrEvent) => boolean
}

/** One portion ends after this time. A single check takes 2 to 5 ms, on a busy machine more. */
const PORTION_MS = 8
/** More than this from one relay waits nowhere: what it still has comes with the next reading. */
const MAX_WAITING = 25_000

export function createIntake(world: IntakeWorld): Intake {
  const clock = world.clock ?? (() => performance.now())
  const pause = world.pause ?? (() => new Promise<void>((resolve) => setTimeout(resolve, 0)))
  const check = world.isGenuine ?? isGenuine
  /** By relay, first come first served; `next` is the first that waits. */
  const waiting = new Map<string, { readonly events: NostrEvent[]; next: number }>()
  let working: Promise<void> | null = null
  let stopped = false

  async function work(): Promise<void> {
    await pause()
    while (!stopped && waiting.size > 0) {
      const began = clock()
      while (!stopped && waiting.size > 0 && clock() - began < PORTION_MS) round(began)
      await pause()
    }
    working = null
  }

  function round(began: number): void {
    for (const [relay, line] of waiting) {
      const event = line.events[line.next++]
      // to the end of the line: who comes first next time is somebody else
      waiting.delete(relay)
      if (line.next < line.events.length) waiting.set(relay, line)
      if (event !== undefined && world.isWanted(event, relay)) {
        if (check(event)) world.take(event, relay)
        else world.refuse(relay, true)
      }
      if (stopped || clock() - began >= PORTION_MS) return
    }
  }

  return {
    offer(relay, body) {
      const event = parseEvent(body, world.nowSeconds())
      if (event === null) return world.refuse(relay, false)
      const line = waiting.get(relay) ?? { events: [], next: 0 }
      if (stopped || line.events.length - line.next >= MAX_WAITING || !world.isWanted(event, relay)) return
      line.events.push(event)
      waiting.set(relay, line)
      working ??= work()
    },
    async idle() {
      while (working !== null) await working
    },
    stop() {
      stopped = true
      waiting.clear()
    },
  }
}
