/** A page that holds the raw port: it says what it likes, under ids of its own choosing. Hears what a page would hear. */
import type { Approval, Decision } from '../../src/domain/approval.ts'
import { type Msat, msat } from '../../src/domain/msat.ts'
import type { BackgroundFrame } from '../../src/messaging/page-contract.ts'
import { ask, type Stage, until } from './stage.ts'
import { SITE, type World } from './world.ts'

export interface RawPage {
  /** Delivers any message at all, as JSON; nothing once the port is closed. */
  send(message: object): void
  /** What was said to this id, in order: `head data end`, `fail`, `result`; pieces of text are one `data`. */
  heard(id: string): string
  /** How this id was decided: `200`, or the code of its refusal; null: not yet. */
  verdict(id: string): string | null
  text(id: string): string
  /** Characters of each frame of text. */
  sizes(id: string): number[]
  isOver(id: string): boolean
  isClosed(): boolean
  /** As if the tab were closed. */
  leave(): void
}

/** @param document what the browser says besides its origin */
export function openRawPage(world: World, origin = SITE, document: { readonly topOrigin?: string | null; readonly userActive?: boolean } = {}): RawPage {
  const frames: BackgroundFrame[] = []
  const listeners: ((message: unknown, userActive: boolean) => void)[] = []
  const closing: (() => void)[] = []
  let closed = false

  function close(): void {
    if (closed) return
    closed = true
    for (const listener of closing) listener()
  }

  world.app.connectPage({
    origin,
    topOrigin: document.topOrigin,
    send: (frame) => void frames.push(frame),
    onFrame: (listener) => void listeners.push(listener),
    onClose: (listener) => void closing.push(listener),
    close,
  })
  const of = (id: string): BackgroundFrame[] => frames.filter((frame) => 'id' in frame && frame.id === id)

  return {
    send(message) {
      if (!closed) for (const listener of listeners) listener(JSON.parse(JSON.stringify(message)), document.userActive ?? true)
    },
    heard: (id) =>
      of(id)
        .map(({ t }) => t)
        .filter((kind, index, kinds) => kind !== kinds[index - 1] || kind !== 'data')
        .join(' '),
    verdict(id) {
      for (const frame of of(id)) {
        if (frame.t === 'head') return String(frame.status)
        if (frame.t === 'fail') return frame.error.code
        if (frame.t === 'result') return 'result'
      }
      return null
    },
    text: (id) =>
      of(id)
        .map((frame) => (frame.t === 'data' ? frame.text : ''))
        .join(''),
    sizes: (id) => of(id).flatMap((frame) => (frame.t === 'data' ? [frame.text.length] : [])),
    isOver: (id) => of(id).some(({ t }) => t === 'end' || t === 'fail' || t === 'result'),
    isClosed: () => closed,
    leave: close,
  }
}

export const hexId = (n: number): string => n.toString(16).padStart(32, '0')

export const requestFrame = (id: string, body: object, changes: object = {}): object => ({
  t: 'request',
  id,
  method: 'POST',
  path: '/chat/completions',
  headers: [],
  body: JSON.stringify(body),
  more: false,
  prompt: 'auto',
  ...changes,
})

export const callFrame = (id: string, method: string, request?: object): object => ({ t: 'call', id, call: { method, ...(request && { request }) } })

/** The question that is shown now, once it is another one than `before`. */
export async function nextQuestion({ shown, screen }: World, before: string | null = null): Promise<Approval> {
  await until(() => (shown.at(-1) ?? null) !== null && shown.at(-1) !== before, 'a question')
  const view = await screen.call('approvals.get', { id: shown.at(-1) ?? '' })
  if (view === null) throw new Error('the question shown does not exist')
  return view.approval
}

/** Yes to this one request, up to what it shows as its worst case. */
export const once = (limitMsat: Msat): Decision => ({ kind: 'approve', terms: { period: 'once', limitMsat, maxPerRequestMsat: limitMsat } })

export const perDay = (limitMsat: number, maxPerRequestMsat: number): Decision => ({
  kind: 'approve',
  terms: { period: 'day', limitMsat: msat(limitMsat), maxPerRequestMsat: msat(maxPerRequestMsat) },
})

export function decide({ screen }: World, { id }: Approval, decision: Decision): Promise<null> {
  return screen.call('approvals.decide', { id, decision: structuredClone(decision) })
}

/** Nobody runs, nobody asks; and another site that comes now is the only one in the queue. */
export async function expectNothingLeft({ world }: Stage): Promise<void> {
  const overview = () => world.screen.call('overview.get', { origin: null })
  const HONEST = 'https://honest.example'
  await until(async () => (await overview()).running.length === 0, 'nothing runs')
  const honest = openRawPage(world, HONEST)
  honest.send(requestFrame(hexId(0xfeed), ask()))
  await until(async () => {
    const { approvals } = await overview()
    const views = await Promise.all(approvals.map((id) => world.screen.call('approvals.get', { id })))
    return views.length === 1 && views[0]?.approval.origin === HONEST
  }, 'only the honest site asks')
}
