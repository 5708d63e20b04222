/** The story of a request: the steps this worker has watched, and the money as the rows of the wallet tell it. Only read when somebody looks. */
import { ZERO_MSAT } from '../domain/msat.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { PlacedMoney, Step, StepFacts, Timeline, TimelineHead } from '../domain/timeline.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Outside } from './outside.ts'
import type { Recorded, Recorder } from './recorder.ts'

export interface Timelines {
  /** Newest first. */
  list(): Promise<readonly TimelineHead[]>
  get(requestId: string): Promise<Timeline | null>
}

const MOST_SHOWN = 50

export function createTimelines({
  recorder,
  stores,
  wallet,
}: {
  readonly recorder: Recorder
  readonly stores: Pick<Outside['stores'], 'engine' | 'permissions' | 'sessions'>
  readonly wallet: Pick<Wallet, 'incomingOfSession'>
}): Timelines {
  return {
    async list() {
      const receipts = new Map((await stores.engine.receipts(null, MOST_SHOWN)).map((receipt) => [receipt.id, receipt]))
      const watched = recorder.list()
      const heads = watched.map((one) => headOf(one, receipts.get(one.id)))
      for (const { id } of watched) receipts.delete(id)
      return [...heads, ...[...receipts.values()].map((receipt) => headOf(undefined, receipt))].sort((a, b) => b.startedAt - a.startedAt).slice(0, MOST_SHOWN)
    },
    async get(id) {
      const watched = recorder.get(id)
      const receipt = await stores.engine.receipt(id)
      if (watched === undefined && receipt === undefined) return null
      const head = headOf(watched, receipt)
      const hold = await stores.permissions.hold(id)
      const placed = await placedFor(id)
      const steps = watched?.steps ?? (await stepsOfRows(head, receipt))
      return {
        ...head,
        watched: watched !== undefined,
        steps: [...steps, ...timesOf(head, receipt, steps)].sort((a, b) => a.atMs - b.atMs),
        hold: hold === undefined ? null : { state: hold.state, amountMsat: hold.amountMsat, chargedMsat: hold.chargedMsat },
        placed,
        attempts: receipt?.attempts ?? [],
      }
    },
  }

  async function placedFor(requestId: string): Promise<readonly PlacedMoney[]> {
    const found: PlacedMoney[] = []
    for (const attempt of await stores.sessions.attemptsOfRequest(requestId)) {
      const session = await stores.sessions.session(attempt.sessionId)
      if (session === undefined) continue
      const first = (await stores.sessions.attemptsOf(session.id)).toSorted((a, b) => a.at - b.at)[0]
      const { id, state, providerName, mint, faceMsat, creditedMsat, refundedMsat, forfeitedMsat, unexplainedMsat, problem } = session
      found.push({
        ...{ id, state, providerName, mint, faceMsat, creditedMsat, refundedMsat, forfeitedMsat, unexplainedMsat, problem },
        isOurs: first?.id === attempt.id,
        reservedMsat: attempt.requiredMsat,
        chargedMsat: attempt.state === 'settled' ? attempt.chargedMsat : null,
      })
    }
    return found
  }

  /** Of a request that another worker ran: what was written down has its time. */
  async function stepsOfRows({ id, startedAt }: TimelineHead, receipt: Receipt | undefined): Promise<Step[]> {
    const steps: Step[] = []
    for (const attempt of await stores.sessions.attemptsOfRequest(id)) {
      const session = await stores.sessions.session(attempt.sessionId)
      const at = (time: number, facts: StepFacts): number => steps.push({ ...facts, atMs: time - startedAt })
      const sessionId = attempt.sessionId
      const first = (await stores.sessions.attemptsOf(sessionId)).toSorted((a, b) => a.at - b.at)[0]
      if (session !== undefined && first?.id === attempt.id && session.createdAt >= startedAt) {
        at(session.createdAt, { kind: 'funded', sessionId, providerName: session.providerName, mint: session.mint, placedMsat: session.faceMsat, isXCashu: session.isXCashu === true })
      } else at(attempt.at, { kind: 'session', sessionId, reservedMsat: attempt.requiredMsat })
      const change = await wallet.incomingOfSession(sessionId)
      if (change !== undefined) at(change.at, { kind: 'change', sessionId, amountMsat: change.amountMsat })
    }
    if (receipt !== undefined) steps.push({ kind: 'ended', state: receipt.state, atMs: receipt.finishedAt - startedAt })
    return steps
  }
}

/** When it left and when its first byte was here: measured where the answer came in, kept on the receipt. */
function timesOf({ startedAt }: TimelineHead, receipt: Receipt | undefined, steps: readonly Step[]): Step[] {
  if (receipt === undefined || receipt.firstByteMs === null || receipt.firstTokenMs === null) return []
  const firstByte = receipt.startedAt - startedAt + receipt.firstByteMs
  // handing it over takes a moment after it came in: it never left later than its head was here
  const sent = Math.min(firstByte - receipt.firstTokenMs, ...steps.filter(({ kind }) => kind === 'head').map(({ atMs }) => atMs))
  return [
    { kind: 'sent', atMs: Math.max(0, sent) },
    { kind: 'first_byte', atMs: firstByte },
  ]
}

function headOf(watched: Recorded | undefined, receipt: Receipt | undefined): TimelineHead {
  const refused = watched?.steps.some(({ kind }) => kind === 'refused') === true
  return {
    id: watched?.id ?? receipt?.id ?? '',
    origin: watched?.origin ?? receipt?.origin ?? '',
    path: watched?.path ?? receipt?.path ?? '',
    model: watched?.model ?? receipt?.insteadOf?.model ?? receipt?.modelAsked ?? null,
    startedAt: watched?.startedAt ?? receipt?.startedAt ?? 0,
    state: watched?.running === true ? 'running' : (receipt?.state ?? (refused ? 'refused' : 'failed')),
    chargedMsat: receipt === undefined ? (refused ? ZERO_MSAT : null) : receipt.chargedMsat,
  }
}
