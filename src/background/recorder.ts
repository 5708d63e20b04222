/**
 * Watches what is written for each request, for the developer's timeline. A ring in memory that dies with the worker: nothing is
 * stored, nothing is read, nobody waits. Money steps are seen where they are written down before they are done (design §5.2).
 */
import type { Msat } from '../domain/msat.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import type { Step, StepFacts } from '../domain/timeline.ts'
import type { Leg } from '../engine/legs.ts'
import { plannedModels } from '../engine/planned.ts'
import type { RunRequest } from '../engine/world.ts'
import { RoutstrError } from '../domain/errors.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Taken } from '../sessions/store.ts'
import type { Outside } from './outside.ts'

export interface Recorded {
  readonly id: string
  readonly origin: string
  readonly path: string
  model: string | null
  readonly startedAt: number
  readonly steps: Step[]
  readonly attempts: Set<string>
  readonly sessions: Set<string>
  running: boolean
}

export interface Recorder {
  /** The same stores, watched. */
  stores(stores: Outside['stores']): Outside['stores']
  /** The same sessions, watched: when the head of an answer is here. */
  sessions(sessions: Sessions): Sessions
  run(run: RunRequest): RunRequest
  planned(requestId: string, legs: readonly Leg[]): void
  /** Newest first. */
  list(): readonly Recorded[]
  get(requestId: string): Recorded | undefined
}

const MOST_REQUESTS = 50
const MOST_STEPS = 60

export function createRecorder(now: () => number): Recorder {
  const ring = new Map<string, Recorded>()

  function note(requestId: string, facts: StepFacts, model?: string): void {
    const entry = ring.get(requestId)
    if (entry === undefined) return
    entry.model = model ?? entry.model
    if (entry.steps.length < MOST_STEPS) entry.steps.push({ ...facts, atMs: now() - entry.startedAt })
  }

  function begin(request: { readonly id: string; readonly origin: string; readonly path: string }): Recorded {
    const { id, origin, path } = request
    const entry: Recorded = { id, origin, path: path.split('?')[0] ?? '', model: null, startedAt: now(), steps: [], attempts: new Set(), sessions: new Set(), running: true }
    ring.set(id, entry)
    for (const oldest of ring.keys()) {
      if (ring.size <= MOST_REQUESTS) break
      ring.delete(oldest)
    }
    return entry
  }

  function noteAttempt(attempt: { readonly id: string; readonly requestId: string; readonly sessionId: string }, facts: StepFacts): void {
    const entry = ring.get(attempt.requestId)
    entry?.attempts.add(attempt.id)
    entry?.sessions.add(attempt.sessionId)
    note(attempt.requestId, facts)
  }

  function noteTaken({ session, attempt }: Taken): void {
    noteAttempt(attempt, { kind: 'session', sessionId: session.id, reservedMsat: attempt.requiredMsat })
  }

  function noteOfAttempt(attemptId: string, facts: StepFacts): void {
    for (const entry of ring.values()) if (entry.attempts.has(attemptId)) note(entry.id, facts)
  }

  function noteOfSession(sessionId: string, facts: StepFacts): void {
    for (const entry of ring.values()) if (entry.sessions.has(sessionId)) note(entry.id, facts)
  }

  return {
    planned: (requestId, legs) => {
      if (ring.has(requestId)) note(requestId, { kind: 'planned', models: plannedModels(legs) }, legs[0]?.insteadOf?.model ?? legs[0]?.capped.parsed.model)
    },
    list: () => [...ring.values()].reverse(),
    get: (requestId) => ring.get(requestId),
    run: (run) => async (request) => {
      // the engine refuses a second one with the same id; its story is the first one's
      const entry = ring.get(request.id)?.running === true ? null : begin(request)
      try {
        return await run(request)
      } catch (error) {
        if (entry !== null) {
          note(request.id, { kind: 'refused', code: error instanceof RoutstrError ? error.code : 'aborted' })
          entry.running = false
        }
        throw error
      }
    },
    sessions: (sessions) => ({
      ...sessions,
      answered(lease) {
        noteOfAttempt(lease.attemptId, { kind: 'head' })
        sessions.answered(lease)
      },
    }),
    stores: (stores) => ({ ...stores, permissions: permissions(stores.permissions), sessions: sessionStore(stores.sessions), engine: receipts(stores.engine) }),
  }

  function permissions(store: Outside['stores']['permissions']): typeof store {
    /** Ids of questions → ids of requests, while they stand. */
    const asking = new Map<string, string>()
    const heldFor = (requestId: string): Msat | undefined => ring.get(requestId)?.steps.findLast((step) => step.kind === 'held')?.amountMsat
    function truedUp(requestId: string, to: 'charged' | 'lowered' | 'released', amountMsat: Msat): void {
      if (heldFor(requestId) !== undefined) note(requestId, { kind: 'trued_up', to, amountMsat })
    }
    return {
      ...store,
      async takeHold(request, along) {
        const { amountMsat } = request
        const held = (): void => note(request.requestId, { kind: 'held', amountMsat })
        const watched: typeof along = async () => {
          const write = await along?.()
          return async () => {
            held()
            await write?.()
          }
        }
        const answer = await store.takeHold(request, along === undefined ? undefined : watched)
        // taken once for the request, and again for the provider that is asked: only another amount is news
        if (answer.kind === 'allowed' && heldFor(request.requestId) === amountMsat) return answer
        if (answer.kind === 'allowed') held()
        else note(request.requestId, { kind: 'not_held', amountMsat, why: answer.kind === 'refused' ? answer.reason : answer.kind })
        return answer
      },
      async lowerHold(requestId, amountMsat) {
        await store.lowerHold(requestId, amountMsat)
        truedUp(requestId, 'lowered', amountMsat)
      },
      async chargeHold(requestId, chargedMsat) {
        await store.chargeHold(requestId, chargedMsat)
        truedUp(requestId, 'charged', chargedMsat)
      },
      async releaseHold(requestId) {
        await store.releaseHold(requestId)
        truedUp(requestId, 'released', ZERO_MSAT)
      },
      async addApproval(approval) {
        const standing = await store.addApproval(approval)
        if (standing !== null && standing !== 'quiet' && ring.has(approval.requestId)) {
          asking.set(standing.id, approval.requestId)
          note(approval.requestId, { kind: 'question', reason: approval.reason, worstMsat: approval.worstMsat })
        }
        return standing
      },
      async closeApproval(id, state, ...rest) {
        const closed = await store.closeApproval(id, state, ...rest)
        const requestId = asking.get(id)
        asking.delete(id)
        if (closed && requestId !== undefined) note(requestId, { kind: 'answered', answer: state })
        return closed
      },
    }
  }

  function sessionStore(store: Outside['stores']['sessions']): typeof store {
    return {
      ...store,
      async prepare(session, operation, attempt, fuse) {
        const written = await store.prepare(session, operation, attempt, fuse)
        const { id: sessionId, providerName, mint, faceMsat: placedMsat, isXCashu = false } = session
        if (written === 'written' && attempt !== null) noteAttempt(attempt, { kind: 'funded', sessionId, providerName, mint, placedMsat, isXCashu })
        return written
      },
      async prepareByInvoice(session, payment, attempt, fuse) {
        const written = await store.prepareByInvoice(session, payment, attempt, fuse)
        const { id: sessionId, providerName, mint, faceMsat: placedMsat } = session
        if (written === 'written') noteAttempt(attempt, { kind: 'funded', sessionId, providerName, mint, placedMsat, isXCashu: false })
        return written
      },
      async takePlace(pick) {
        const taken = await store.takePlace(pick)
        if (taken !== null) noteTaken(taken)
        return taken
      },
      async findPlace(pick) {
        const found = await store.findPlace(pick)
        if (found === null) return null
        const take = async (): Promise<void> => {
          await found.take()
          noteTaken(found)
        }
        return { ...found, take }
      },
      async endAttempt(id, claimed, usedAt) {
        const ended = await store.endAttempt(id, claimed, usedAt)
        if (ended !== null) noteOfAttempt(id, { kind: 'attempt_over', chargedMsat: claimed })
        return ended
      },
      async open(id, creditedMsat, byInvoice) {
        const opened = await store.open(id, creditedMsat, byInvoice)
        if (opened) noteOfSession(id, { kind: 'credited', sessionId: id, amountMsat: creditedMsat })
        return opened
      },
      async storeRefund(id, token, changes) {
        const stored = await store.storeRefund(id, token, changes)
        if (stored) noteOfSession(id, { kind: 'change', sessionId: id, amountMsat: token.amountMsat })
        return stored
      },
      async endXCashu(id, change, facts) {
        const ended = await store.endXCashu(id, change, facts)
        if (ended && change !== null) noteOfSession(id, { kind: 'change', sessionId: id, amountMsat: change.amountMsat })
        return ended
      },
      async update(id, from, changes, standing) {
        const updated = await store.update(id, from, changes, standing)
        if (updated && changes.state !== undefined) noteOfSession(id, { kind: 'session_over', sessionId: id, state: changes.state })
        return updated
      },
    }
  }

  function receipts(store: Outside['stores']['engine']): typeof store {
    return {
      ...store,
      async saveReceipt(receipt) {
        await store.saveReceipt(receipt)
        const entry = ring.get(receipt.id)
        // one that is saved while it runs says `interrupted`, for the case that the worker dies: it is no end
        if (entry === undefined || (receipt.state === 'interrupted' && receipt.firstByteMs === null)) return
        note(receipt.id, { kind: 'ended', state: receipt.state }, receipt.modelAsked)
        entry.running = false
      },
    }
  }
}
