/**
 * One question over relays (NIP-01): subscribe, publish, listen until the caller has what it wants. Each talk has sockets of
 * its own and closes them at its end, so that nothing stays open while nobody asks. Plain WebSockets for the reasons of registry/relays.ts.
 */
import * as v from 'valibot'

export type OpenSocket = (url: string) => WebSocket

export const eventSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  pubkey: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  created_at: v.pipe(v.number(), v.safeInteger()),
  kind: v.pipe(v.number(), v.safeInteger()),
  tags: v.pipe(v.array(v.array(v.string())), v.maxLength(100)),
  content: v.string(),
  sig: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
})
export type NostrEvent = v.InferOutput<typeof eventSchema>

export interface Talk {
  readonly relays: readonly string[]
  readonly filter: Readonly<Record<string, unknown>>
  /** Published once per relay, after the subscription. */
  readonly event: NostrEvent | null
  /** Everything that fits the form; kind, author and signature are the caller's to check. */
  readonly onEvent: (event: NostrEvent) => void
  /** Just before the event leaves for the first time. */
  readonly onSend?: () => void
  /** All relays have said that they hold nothing more (EOSE), or can not be reached. */
  readonly onNothingMore?: () => void
  /** Every relay was tried and none could be reached, while nothing had been sent. */
  readonly onUnreachable?: () => void
  /** Every relay has refused to pass the event on (`OK false`); they may lie. */
  readonly onRejected?: (why: string) => void
}

const MAX_MESSAGE_CHARACTERS = 64 * 1024
/** A relay that answers one question with more than this is cut off for good. */
const MAX_MESSAGES = 200
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

/** @returns dispose: closes every connection, nothing is called afterwards */
export function talk(openSocket: OpenSocket, asked: Talk): () => void {
  const silent = new Set<string>()
  const failed = new Set<string>()
  const rejecting = new Set<string>()
  let sent = false
  let over = false
  const stops = asked.relays.map((relay) =>
    listen(openSocket, relay, asked, {
      sending() {
        if (!sent) asked.onSend?.()
        sent = true
      },
      message: (event) => !over && asked.onEvent(event),
      nothingMore() {
        silent.add(relay)
        if (!over && silent.size === asked.relays.length) asked.onNothingMore?.()
      },
      rejected(why) {
        rejecting.add(relay)
        if (!over && rejecting.size === asked.relays.length) asked.onRejected?.(why)
      },
      unreachable() {
        failed.add(relay)
        silent.add(relay)
        if (over) return
        if (silent.size === asked.relays.length) asked.onNothingMore?.()
        if (!sent && failed.size === asked.relays.length) asked.onUnreachable?.()
      },
    }),
  )
  return () => {
    over = true
    for (const stop of stops) stop()
  }
}

interface Listener {
  sending(): void
  message(event: NostrEvent): void
  nothingMore(): void
  rejected(why: string): void
  unreachable(): void
}

/** One relay: connects, asks, publishes once, and connects again when the line breaks. */
function listen(openSocket: OpenSocket, relay: string, { filter, event }: Talk, tell: Listener): () => void {
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE_MS
  let published = false
  let messages = 0
  let stopped = false

  function connect(): void {
    const opened = open()
    if (opened === null) return again()
    socket = opened
    let wasOpen = false
    opened.onopen = () => {
      if (stopped) return
      wasOpen = true
      opened.send(JSON.stringify(['REQ', 'nwc', filter]))
      // after a broken line the answer is waited for; the request itself is never said twice
      if (event === null || published) return
      published = true
      tell.sending()
      opened.send(JSON.stringify(['EVENT', event]))
    }
    opened.onmessage = ({ data }) => {
      if (stopped || socket !== opened) return
      if (++messages > MAX_MESSAGES) return stop()
      const message = typeof data === 'string' && data.length <= MAX_MESSAGE_CHARACTERS ? parsed(data) : null
      if (!Array.isArray(message)) return
      const found = message[0] === 'EVENT' ? v.safeParse(eventSchema, message[2]) : null
      if (found?.success === true) tell.message(found.output)
      else if (message[0] === 'EOSE' || message[0] === 'CLOSED') tell.nothingMore()
      else if (message[0] === 'OK' && message[1] === event?.id && message[2] === false)
        tell.rejected(typeof message[3] === 'string' ? message[3].slice(0, 200) : '')
    }
    opened.onclose = () => {
      if (stopped || socket !== opened) return
      socket = null
      if (!wasOpen) tell.unreachable()
      again()
    }
  }

  function open(): WebSocket | null {
    try {
      return openSocket(relay)
    } catch {
      tell.unreachable()
      return null
    }
  }

  function again(): void {
    if (stopped) return
    timer = setTimeout(connect, pause)
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
  }

  function stop(): void {
    stopped = true
    clearTimeout(timer)
    socket?.close()
    socket = null
  }

  connect()
  return stop
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
