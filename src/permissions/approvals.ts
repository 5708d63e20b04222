/**
 * Questions to the user: one per site at a time, one window, in order. The row is written before the window opens, so a
 * dead worker loses nothing: the window reads it again and the page's request attaches to it by its id.
 */
import type { Approval, Decision } from '../domain/approval.ts'
import { RoutstrError } from '../domain/errors.ts'
import type { Grant } from '../domain/grant.ts'
import { inBackground } from '../domain/in-background.ts'
import { msat } from '../domain/msat.ts'
import type { SiteOrigin } from '../domain/site.ts'
import { GRANT_LIFE_MS } from './budget.ts'
import type { PermissionStore } from './store.ts'

/** Below the SDKs' ten minutes until headers (`page-api.md` §14). */
export const APPROVAL_LIFE_MS = 5 * 60_000
const MOST_QUESTIONS = 5
/** How long a restarted worker waits for the page of a question. */
const ORPHAN_MS = 60_000
/** How long the window stays open after an unlock for a question that may follow. */
const AFTER_UNLOCK_MS = 2_000

export type Question = Omit<Approval, 'id' | 'createdAt' | 'expiresAt' | 'state'>

export interface Approvals {
  /**
   * Resolves when the question of this site has been answered with yes (`approved`), or when it was taken back because the
   * request it showed has gone (`again`): the caller then checks, and asks anew if it has to.
   * @throws RoutstrError `user_rejected`, `prompt_timeout`, `origin_blocked`, `origin_cooldown`, `too_many_requests`; the signal's reason when
   * the page has gone
   */
  ask(question: Question, signal: AbortSignal): Promise<'approved' | 'again'>
  get(id: string): Promise<{ readonly approval: Approval; readonly position: number; readonly waiting: number } | null>
  /** Oldest first. */
  waiting(): Promise<readonly Approval[]>
  decide(id: string, decision: Decision): Promise<void>
  /** The user closed the window: that is a no to the question it showed. */
  windowClosed(id: string): Promise<void>
  /** Expires what is due; opens the window for the next question. Also called on start and by the alarm. */
  tick(): Promise<void>
  /**
   * The wallet is open again: those who waited for that go on (`again`). What they ask then takes the place of their question,
   * in the same window (G35); a question that nobody comes back to goes after a moment.
   */
  unlocked(): Promise<void>
  /** After a restart of the browser no page can be waiting any more. */
  withdrawAll(): Promise<void>
}

export function createApprovals(world: {
  readonly store: PermissionStore
  readonly now: () => number
  readonly randomId: () => string
  /** Shows the window for this question, or brings it to the front; null closes it. */
  readonly show: (approvalId: string | null) => Promise<void>
  readonly onChange: () => void
}): Approvals {
  const { store, now } = world
  const bornAt = now()
  const waiters = new Map<string, Set<(outcome: Outcome) => void>>()

  async function ask(question: Question, signal: AbortSignal): Promise<'approved' | 'again'> {
    signal.throwIfAborted()
    const asking = await store.asking()
    if (asking.length >= MOST_QUESTIONS && !asking.some((approval) => approval.origin === question.origin)) {
      throw new RoutstrError('too_many_requests', 'Too many sites are asking for permission at the same time. Nothing was spent; try again later.')
    }
    const createdAt = now()
    const approval = await store.addApproval({ ...question, id: world.randomId(), createdAt, expiresAt: createdAt + APPROVAL_LIFE_MS, state: 'asking' })
    if (approval === null) return 'again'
    if (approval === 'quiet') throw coolDown()
    if (approval.state === 'asking' && approval.requestId === question.requestId && JSON.stringify(approval.request) !== JSON.stringify(question.request)) {
      // the same id with another text: what the user sees must be what is sent
      await close(approval.id, 'withdrawn')
      return 'again'
    }
    const settled = wait(approval, approval.requestId === question.requestId, signal)
    inBackground(noticeEarlyEnd(approval.id).then(tick))
    // a yes to another provider, or to less, is none to this one: the caller looks what it may do by now
    const shows = question.providerName === null || (approval.providerName === question.providerName && approval.worstMsat >= question.worstMsat)
    return shows ? settled : settled.then(() => 'again')
  }

  /** The question may have ended between our joining it and our waiting for it. */
  async function noticeEarlyEnd(id: string): Promise<void> {
    const standing = await store.approval(id)
    if (standing !== undefined && standing.state !== 'asking') tell(id, outcomeOf(standing.state, false))
  }

  /** @param isAsker the question shows this very request: it goes when the request goes, and the others ask anew */
  function wait({ id }: Approval, isAsker: boolean, signal: AbortSignal): Promise<'approved' | 'again'> {
    return new Promise((resolve, reject) => {
      const mine = waiters.get(id) ?? new Set()
      waiters.set(id, mine)
      const timer = setTimeout(() => inBackground(tick()), APPROVAL_LIFE_MS)
      const settle = (outcome: Outcome): void => {
        cleanUp()
        if (typeof outcome === 'string') resolve(outcome)
        else reject(outcome)
      }
      const left = (): void => {
        cleanUp()
        if (isAsker || mine.size === 0) inBackground(close(id, 'withdrawn'))
        reject(signal.reason)
      }
      const cleanUp = (): void => {
        clearTimeout(timer)
        mine.delete(settle)
        signal.removeEventListener('abort', left)
      }
      mine.add(settle)
      signal.addEventListener('abort', left)
      if (signal.aborted) left()
    })
  }

  /** @returns false when the question had ended before */
  async function close(id: string, state: Exclude<Approval['state'], 'asking'>, grant: Grant | null = null, blocked = false): Promise<boolean> {
    const ended = await end(id, state, grant, blocked)
    if (ended) await tick()
    return ended
  }

  /** Without a look at what is asked next. */
  async function end(id: string, state: Exclude<Approval['state'], 'asking'>, grant: Grant | null, blocked: boolean): Promise<boolean> {
    if (!(await store.closeApproval(id, state, grant, now()))) return false
    tell(id, outcomeOf(state, blocked))
    world.onChange()
    return true
  }

  function tell(id: string, outcome: Outcome): void {
    for (const settle of [...(waiters.get(id) ?? [])]) settle(outcome)
    waiters.delete(id)
  }

  let showing: string | null = null
  async function tick(): Promise<void> {
    for (const approval of await store.asking()) {
      if (approval.expiresAt <= now()) await close(approval.id, 'expired')
      // a question of a worker that died: its page comes back within seconds, or is gone
      else if (!waiters.has(approval.id) && now() - bornAt > ORPHAN_MS && !(approval.reason === 'locked' && followUp !== null)) await close(approval.id, 'withdrawn')
    }
    const next = (await queue()).find(({ opensWindow }) => opensWindow)?.id ?? null
    const before = showing
    showing = next
    // nobody waits for a window: what follows an answer is done at once
    if (next !== null || before !== null) inBackground(world.show(next))
    world.onChange()
  }

  /** Runs while questions of the locked wallet may be followed by others. */
  let followUp: ReturnType<typeof setTimeout> | null = null
  async function unlocked(): Promise<void> {
    if (followUp !== null) clearTimeout(followUp)
    followUp = setTimeout(() => {
      followUp = null
      inBackground(endUnlocked())
    }, AFTER_UNLOCK_MS)
    for (const { id, reason } of await store.asking()) if (reason === 'locked') tell(id, 'again')
  }
  async function endUnlocked(): Promise<void> {
    for (const { id, reason } of await store.asking()) if (reason === 'locked' && !waiters.has(id)) await close(id, 'withdrawn')
  }

  async function queue(): Promise<Approval[]> {
    return (await store.asking()).sort((a, b) => a.createdAt - b.createdAt)
  }

  function grantFrom(approval: Approval, decision: Extract<Decision, { kind: 'approve' }>): Grant {
    const { period, limitMsat, maxPerRequestMsat } = decision.terms
    return {
      id: world.randomId(),
      origin: approval.origin,
      period,
      limitMsat,
      maxPerRequestMsat: msat(Math.min(maxPerRequestMsat, limitMsat)),
      requestId: period === 'once' ? approval.requestId : null,
      createdAt: now(),
      expiresAt: now() + (period === 'once' ? APPROVAL_LIFE_MS : GRANT_LIFE_MS),
      revokedAt: null,
    }
  }

  return {
    ask,
    async get(id) {
      const approval = await store.approval(id)
      if (approval === undefined) return null
      const open = await queue()
      return { approval, position: Math.max(1, open.findIndex((row) => row.id === id) + 1), waiting: open.length }
    },
    waiting: queue,
    async decide(id, decision) {
      const approval = await store.approval(id)
      if (approval === undefined) throw answered()
      // whatever became of the question: a block is about the site
      if (decision.kind === 'block') await store.setBlocked(approval.origin, true)
      if (decision.kind === 'approve' && decision.terms.period === 'once' && approval.request === null) {
        throw new RoutstrError('invalid_request_error', 'There is no request to approve once: choose a limit per day, week or month.')
      }
      const isLate = approval.expiresAt <= now()
      const closed = isLate
        ? await close(id, 'expired')
        : decision.kind === 'approve'
          ? await close(id, 'approved', grantFrom(approval, decision))
          : await close(id, 'rejected', null, decision.kind === 'block')
      if ((!closed || isLate) && decision.kind !== 'block') throw answered()
    },
    async windowClosed(id) {
      const isUnlocked = followUp !== null && (await store.approval(id))?.reason === 'locked'
      await close(id, isUnlocked ? 'withdrawn' : 'rejected')
    },
    tick,
    unlocked,
    async withdrawAll() {
      for (const { id } of await store.asking()) await end(id, 'withdrawn', null, false)
      await tick()
    },
  }
}

function coolDown(): RoutstrError {
  return new RoutstrError('origin_cooldown', 'The user has declined several times: this site may not ask again for a while. Nothing was spent.')
}

function answered(): RoutstrError {
  return new RoutstrError('not_found', 'This question has been answered, taken back or has expired already.')
}

/** What those who wait are told. */
type Outcome = 'approved' | 'again' | RoutstrError

function outcomeOf(state: Exclude<Approval['state'], 'asking'>, blocked: boolean): Outcome {
  switch (state) {
    case 'approved':
      return 'approved'
    case 'withdrawn':
      return 'again'
    case 'rejected':
      return blocked ? blockedError() : new RoutstrError('user_rejected', 'The user declined this request. Nothing was spent.')
    case 'expired':
      return new RoutstrError('prompt_timeout', 'The user did not answer within five minutes. Nothing was spent.')
    default:
      return state satisfies never
  }
}

export function blockedError(origin?: SiteOrigin): RoutstrError {
  return new RoutstrError('origin_blocked', `The user has blocked ${origin ?? 'this site'} from spending. Nothing was spent.`)
}
