/**
 * The AIs behind one node: the least busy one that is well is asked; when all are full, requests wait in line; who fails rests
 * while the next one is tried (proxy.py:494-725: a dead upstream or 502, 429, 400, 401, 403, 404 and ≥ 500 go to the next).
 */
import type { UpstreamAnswer } from './upstream-call.ts'

export interface Upstream {
  readonly url: string
  readonly key: string
  /** requests at the same time; no bound unless given */
  readonly slots?: number
}

export interface UpstreamState {
  url: string
  slots: number | null
  running: number
  served: number
  failed: number
  resting: boolean
}

export interface UpstreamPool {
  set(upstreams: readonly Upstream[]): void
  state(): { upstreams: UpstreamState[]; waiting: number; mostWaiting: number }
  /** of all slots, those in use and those waited for; 0 while nothing runs */
  load(): number
  /** Asks one after another until one answers 200; the last answer, or error, is the answer. */
  ask(forward: (upstream: Upstream) => Promise<UpstreamAnswer>, signal: AbortSignal): Promise<UpstreamAnswer>
}

/** An unbounded upstream counts as so many slots when load is a number. */
const USUAL_SLOTS = 10
const REST_MS = 2_000

interface Member {
  readonly upstream: Upstream
  running: number
  served: number
  failed: number
  restsUntil: number
}

export function createUpstreamPool(upstreams: readonly Upstream[], restMs = REST_MS): UpstreamPool {
  let members = upstreams.map(toMember)
  let line: (() => void)[] = []
  let mostWaiting = 0

  const isFree = ({ upstream, running }: Member): boolean => running < (upstream.slots ?? Number.POSITIVE_INFINITY)
  const share = ({ upstream, running }: Member): number => running / (upstream.slots ?? USUAL_SLOTS)

  /** The least busy of those not tried yet; one that rests only when nobody else is left. */
  function pick(tried: ReadonlySet<Member>): Member | undefined {
    const now = Date.now()
    const open = members.filter((member) => !tried.has(member) && isFree(member))
    return open.sort((one, other) => Number(one.restsUntil > now) - Number(other.restsUntil > now) || share(one) - share(other) || one.served - other.served)[0]
  }

  async function take(tried: ReadonlySet<Member>, signal: AbortSignal): Promise<Member | undefined> {
    while (!signal.aborted && members.some((member) => !tried.has(member))) {
      const member = pick(tried)
      if (member !== undefined) {
        member.running++
        return member
      }
      await turn(signal)
    }
    return undefined
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go)
        line = line.filter((one) => one !== go)
        resolve()
      }
      line.push(go)
      mostWaiting = Math.max(mostWaiting, line.length)
      signal.addEventListener('abort', go)
    })
  }

  function release(member: Member): void {
    member.running--
    line[0]?.()
  }

  return {
    set(next) {
      members = next.map((upstream) => members.find((member) => member.upstream.url === upstream.url && member.upstream.slots === upstream.slots) ?? toMember(upstream))
      for (const go of [...line]) go()
    },
    state: () => ({
      upstreams: members.map(({ upstream, running, served, failed, restsUntil }) => ({
        url: upstream.url,
        slots: upstream.slots ?? null,
        running,
        served,
        failed,
        resting: restsUntil > Date.now(),
      })),
      waiting: line.length,
      mostWaiting,
    }),
    load: () => (members.reduce((sum, { running }) => sum + running, 0) + line.length) / Math.max(1, members.reduce((sum, { upstream }) => sum + (upstream.slots ?? USUAL_SLOTS), 0)),
    async ask(forward, signal) {
      const tried = new Set<Member>()
      let last: UpstreamAnswer | Error = new Error('no upstream')
      for (let member = await take(tried, signal); member !== undefined; member = await take(tried, signal)) {
        const current = member
        tried.add(current)
        try {
          last = await forward(current.upstream)
        } catch (error) {
          release(current)
          if (signal.aborted) throw error
          last = error instanceof Error ? error : new Error('ConnectError')
          fail(current)
          continue
        }
        if (last.status !== 200) {
          release(current)
          fail(current)
          continue
        }
        current.served++
        return { ...last, body: last.body.pipeThrough(whenOver(() => release(current))) }
      }
      if (signal.aborted && !(last instanceof Error)) throw new Error('left')
      if (last instanceof Error) throw last
      return last
    },
  }

  function fail(member: Member): void {
    member.failed++
    member.restsUntil = Date.now() + restMs
  }
}

const toMember = (upstream: Upstream): Member => ({ upstream, running: 0, served: 0, failed: 0, restsUntil: 0 })

/** A slot is free again when the answer has been read, or its reader has left. */
function whenOver(over: () => void): TransformStream<Uint8Array, Uint8Array> {
  let ended = false
  const end = (): void => {
    if (!ended) over()
    ended = true
  }
  // `cancel` is called when the reader leaves; the DOM types do not know it yet
  const transformer: Transformer<Uint8Array, Uint8Array> & { cancel: () => void } = {
    transform: (bytes, controller) => controller.enqueue(bytes),
    flush: end,
    cancel: end,
  }
  return new TransformStream(transformer)
}
