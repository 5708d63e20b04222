/**
 * One relay (NIP-01): connects, asks, reads back page by page what it has stored, listens, reconnects with a growing pause.
 * A plain WebSocket instead of nostr-tools' Relay: that one writes strangers' text to the console, keeps timers after
 * closing and sets no bound on messages. Events are handed on unread.
 */
import type { RelayHealth } from '../domain/relay-health.ts'
import { isRecord, parseJson, wholeNumber } from '../protocol/foreign.ts'

export type Filter = Readonly<Record<string, unknown>>

export interface RelayConnection {
  health(): RelayHealth
  /** It sent something that is none. @param lie forged: a relay that does little else is left for a while */
  refused(lie: boolean): void
  /** Beside the standing question; its answer comes the same way. */
  ask(filter: Filter): void
  stop(): void
}

export interface RelayTalk {
  readonly url: string
  readonly open: (url: string) => WebSocket
  /** Events asked for at once. */
  readonly page: number
  readonly now: () => number
  /** The standing question, put together anew for each connection. The first filter is read back page by page. */
  readonly question: () => readonly [Filter, ...Filter[]]
  readonly onEvent: (event: unknown) => void
  /** Everything stored has been read. */
  readonly onCaughtUp: () => void
  readonly onChange: () => void
}

const MAX_PAGES = 100
const MAX_MESSAGE_CHARACTERS = 256 * 1024
/** A relay that sends more than this over one connection is cut off and tried again later. */
const MAX_MESSAGES = 25_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Relays that never say that they are done with a page have had time enough. */
const EOSE_PATIENCE_MS = 10_000
const OPEN_PATIENCE_MS = 15_000
/** So many forgeries, and more of them than of the rest. */
const MAX_LIES = 20

const NEWS = 'routstr'
const OLDER = 'routstr-older'
const EXTRA = 'routstr-extra'

export function connectRelay(talk: RelayTalk): RelayConnection {
  const { url, now } = talk
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let patience: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE_MS
  let stopped = false
  let lies = 0
  let health: RelayHealth = { url, state: 'connecting', connectedSince: null, lastEventAt: null, events: 0, refused: 0, failures: 0, problem: null }

  function become(changes: Partial<RelayHealth>): void {
    health = { ...health, ...changes }
    if (!stopped) talk.onChange()
  }

  function connect(): void {
    become({ state: 'connecting' })
    const opened = open()
    if (opened === null) return later('the address can not be used')
    socket = opened
    let messages = 0
    let pages = 0
    let caughtUp = false
    let page = { size: 0, oldest: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY }
    const send = (message: readonly unknown[]): void => opened.send(JSON.stringify(message))
    const [stored] = talk.question()
    const done = (problem: string | null): void => {
      clearTimeout(patience)
      if (caughtUp) return
      caughtUp = true
      become({ problem })
      talk.onCaughtUp()
    }

    function awaitEose(): void {
      clearTimeout(patience)
      if (!caughtUp) patience = setTimeout(() => done('it does not say when it is done'), EOSE_PATIENCE_MS)
    }

    /** The relay gave as much as it gives at once: there may be older ones. */
    function nextPage(from: string): void {
      if (from === OLDER) send(['CLOSE', OLDER])
      if (page.size < talk.page || ++pages >= MAX_PAGES) return done(null)
      // the second of the last one again: others may have been published in it, unless it filled the whole page
      const until = page.oldest === page.until ? page.oldest - 1 : page.oldest
      page = { size: 0, oldest: until, until }
      awaitEose()
      send(['REQ', OLDER, { ...stored, limit: talk.page, until }])
    }

    patience = setTimeout(() => leave(opened, 'it does not answer'), OPEN_PATIENCE_MS)
    opened.onopen = () => {
      if (stopped || socket !== opened) return
      become({ state: 'connected', connectedSince: now() })
      send(['REQ', NEWS, ...talk.question().map((filter) => ({ ...filter, limit: talk.page }))])
      awaitEose()
    }
    opened.onmessage = ({ data }) => {
      if (stopped || socket !== opened) return
      if (++messages > MAX_MESSAGES) return leave(opened, 'it sends too much')
      const message = typeof data === 'string' ? parseJson(data, MAX_MESSAGE_CHARACTERS) : undefined
      if (!Array.isArray(message)) return refused(false)
      const [kind, name, body]: unknown[] = message
      if (kind === 'EVENT' && isRecord(body)) {
        health = { ...health, events: health.events + 1, lastEventAt: now() }
        if (!caughtUp && name !== EXTRA) page = { ...page, size: page.size + 1, oldest: Math.min(page.oldest, wholeNumber(body.created_at) ?? page.oldest) }
        talk.onEvent(body)
      } else if (kind === 'EVENT') refused(false)
      else if (kind === 'EOSE' && (name === NEWS || name === OLDER)) {
        pause = FIRST_PAUSE_MS
        nextPage(name)
      } else if (kind === 'CLOSED' && name === NEWS) leave(opened, 'it ended the subscription')
      // a relay that serves no second question has been read as far as it goes
      else if (kind === 'CLOSED' && name === OLDER) done(null)
    }
    opened.onclose = () => leave(opened, opened === socket && health.state === 'connected' ? 'the connection broke' : 'it can not be reached')
  }

  function leave(opened: WebSocket, problem: string): void {
    if (socket !== opened) return
    socket = null
    opened.close()
    later(problem)
  }

  function later(problem: string): void {
    clearTimeout(patience)
    if (stopped) return
    become({ state: 'waiting', connectedSince: null, failures: health.failures + 1, problem })
    timer = setTimeout(connect, pause)
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
  }

  function open(): WebSocket | null {
    try {
      return talk.open(url)
    } catch {
      return null
    }
  }

  function refused(lie: boolean): void {
    health = { ...health, refused: health.refused + 1 }
    if (lie) lies++
    const current = socket
    if (lies <= MAX_LIES || lies * 2 <= health.events || current === null) return
    lies = 0
    pause = LONGEST_PAUSE_MS
    leave(current, 'it sends forged events')
  }

  connect()
  return {
    health: () => health,
    refused,
    ask(filter) {
      if (socket !== null && health.state === 'connected') socket.send(JSON.stringify(['REQ', EXTRA, filter]))
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      clearTimeout(patience)
      socket?.close()
      socket = null
    },
  }
}
