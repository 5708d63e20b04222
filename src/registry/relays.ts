/**
 * Live announcements from Nostr relays (NIP-01). Plain WebSockets instead of nostr-tools' Relay: that one writes strangers'
 * text to the console, keeps timers after closing and sets no bound on messages. Events are handed on unread;
 * `parseAnnouncement` checks kind, id and signature.
 */
import { ANNOUNCEMENT_KIND } from '../protocol/announcement.ts'
import { isRecord, parseJson } from '../protocol/foreign.ts'

/** @returns dispose: closes every connection, nothing is called afterwards. @param since s, or null for everything */
export type SubscribeAnnouncements = (relays: readonly string[], since: number | null, onEvent: (event: unknown) => void) => () => void

const MAX_EVENTS_ASKED = 500
const MAX_MESSAGE_CHARACTERS = 256 * 1024
/** A relay that sends more than this over one connection is cut off and tried again later. */
const MAX_MESSAGES = 5_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000

/** @param world.WebSocket the browser's own if not given */
export function createRelaySubscription(world: { WebSocket: typeof WebSocket } = { WebSocket }): SubscribeAnnouncements {
  return (relays, since, onEvent) => {
    const stops = [...new Set(relays)].map((relay) => listen(world.WebSocket, relay, since, onEvent))
    return () => {
      for (const stop of stops) stop()
    }
  }
}

/** One relay: connects, asks, reconnects with a growing pause. */
function listen(Socket: typeof WebSocket, relay: string, since: number | null, onEvent: (event: unknown) => void): () => void {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE_MS
  let stopped = false

  function connect(): void {
    const opened = open()
    if (opened === null) {
      later()
      return
    }
    socket = opened
    let messages = 0
    opened.onopen = () => opened.send(JSON.stringify(['REQ', 'routstr', filter(since)]))
    opened.onmessage = ({ data }) => {
      if (stopped || socket !== opened) return
      if (++messages > MAX_MESSAGES) return opened.close()
      const message = typeof data === 'string' ? parseJson(data, MAX_MESSAGE_CHARACTERS) : undefined
      if (!Array.isArray(message)) return
      const kind: unknown = message[0]
      const body: unknown = message[2]
      if (kind === 'EVENT' && isRecord(body)) onEvent(body)
      // the stored events are through: this relay works
      else if (kind === 'EOSE') pause = FIRST_PAUSE_MS
      else if (kind === 'CLOSED') opened.close()
    }
    opened.onclose = () => {
      if (socket !== opened) return
      socket = null
      later()
    }
  }

  function open(): WebSocket | null {
    try {
      return new Socket(relay)
    } catch {
      return null
    }
  }

  function later(): void {
    if (stopped) return
    timer = setTimeout(connect, pause)
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
  }

  connect()
  return () => {
    stopped = true
    clearTimeout(timer)
    socket?.close()
    socket = null
  }
}

function filter(since: number | null): Record<string, unknown> {
  const base = { kinds: [ANNOUNCEMENT_KIND], limit: MAX_EVENTS_ASKED }
  return since === null ? base : { ...base, since }
}
