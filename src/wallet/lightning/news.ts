/**
 * NUT-17: a mint tells by WebSocket when a quote changes. News are only a reason to ask: nothing in them is believed, and
 * they get lost now and then, so polling goes on beside (`cashu.md` §2.8). One socket per mint, closed when nothing waits.
 */
import * as v from 'valibot'

export interface Wanted {
  readonly id: string
  readonly mint: string
  readonly quoteId: string
  readonly kind: 'bolt11_mint_quote' | 'bolt11_melt_quote'
}

export interface News {
  /** From now on exactly these; opens and closes sockets as needed. */
  follow(wanted: readonly Wanted[]): void
}

const MOST_CHARACTERS = 64 * 1024
/** A socket that broke is not opened again at once. */
const PAUSE_MS = 15_000

const notification = v.object({ method: v.literal('subscribe'), params: v.object({ subId: v.string(), payload: v.object({ quote: v.string() }) }) })

interface Line {
  readonly socket: WebSocket
  readonly subscribed: Map<string, Wanted>
  wanted: ReadonlyMap<string, Wanted>
  nextId: number
}

export function createNews(world: {
  readonly webSocket: (url: string) => WebSocket
  /** Ask about this row now. */
  readonly onNews: (id: string) => void
  readonly now: () => number
}): News {
  const lines = new Map<string, Line>()
  const brokenAt = new Map<string, number>()

  function open(mint: string): Line | null {
    const last = brokenAt.get(mint)
    if (last !== undefined && Math.abs(world.now() - last) < PAUSE_MS) return null
    let socket: WebSocket
    try {
      socket = world.webSocket(`${mint.replace(/^http/, 'ws')}/v1/ws`)
    } catch {
      brokenAt.set(mint, world.now())
      return null
    }
    const line: Line = { socket, subscribed: new Map(), wanted: new Map(), nextId: 1 }
    const broken = (): void => {
      if (lines.get(mint) !== line) return
      lines.delete(mint)
      brokenAt.set(mint, world.now())
    }
    socket.addEventListener('open', () => sync(line))
    socket.addEventListener('close', broken)
    socket.addEventListener('error', broken)
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => hear(line, data))
    lines.set(mint, line)
    return line
  }

  function hear({ subscribed }: Line, data: unknown): void {
    if (typeof data !== 'string' || data.length > MOST_CHARACTERS) return
    const told = v.safeParse(notification, parse(data))
    const wanted = told.success ? subscribed.get(told.output.params.subId) : undefined
    if (wanted !== undefined) world.onNews(wanted.id)
  }

  function sync(line: Line): void {
    if (line.socket.readyState !== WebSocket.OPEN) return
    const call = (method: 'subscribe' | 'unsubscribe', params: object): void =>
      line.socket.send(JSON.stringify({ jsonrpc: '2.0', id: line.nextId++, method, params }))
    for (const [id, wanted] of line.wanted) {
      if (line.subscribed.has(id)) continue
      line.subscribed.set(id, wanted)
      call('subscribe', { kind: wanted.kind, subId: id, filters: [wanted.quoteId] })
    }
    for (const id of line.subscribed.keys()) {
      if (line.wanted.has(id)) continue
      line.subscribed.delete(id)
      call('unsubscribe', { subId: id })
    }
  }

  return {
    follow(wanted) {
      const byMint = Map.groupBy(wanted, ({ mint }) => mint)
      for (const [mint, line] of lines) {
        if (byMint.has(mint)) continue
        lines.delete(mint)
        line.socket.close()
      }
      for (const [mint, here] of byMint) {
        const line = lines.get(mint) ?? open(mint)
        if (line === null) continue
        line.wanted = new Map(here.map((one) => [one.id, one]))
        sync(line)
      }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
