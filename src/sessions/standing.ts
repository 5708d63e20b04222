/**
 * How far a provider is trusted with money: small first, more after each settle that came back right, nothing after two lies, until
 * the user forgives them or a month has passed; then small again.
 */
import { fromSat, maxMsat, type Msat, msat } from '../domain/msat.ts'
import { begunAnew, countingMismatches, type Mismatch, newStanding, provenTimes, type Standing, withMismatch } from '../domain/standing.ts'
import { isOwing, TOLERANCE_MSAT } from './debts.ts'
import type { SessionGlance, SessionStore } from './store.ts'

/** From the second mismatch on nothing more is placed. */
const MISMATCHES_FORGIVEN = 1
/** After a settle that came back right, up to so many times as much. */
const GROWTH = 4
/** After so many the provider is no stranger any more: other bounds (float, grant, fuse) hold alone. */
const RIGHT_UNTIL_KNOWN = 4

interface Around {
  /** How often each provider was wrong about money just now. */
  readonly arriving: ReadonlyMap<string, number>
  readonly owing: ReadonlySet<string>
}

export type MayFund = { readonly ok: true } | { readonly ok: false; readonly why: string }

export interface Standings {
  of(providerId: string): Promise<Standing>
  all(): Promise<readonly Standing[]>
  /** Mismatches that count, and sessions that have come back short and are not counted yet: their change waits for the mint. */
  wrong(providerId: string): Promise<number>
  /** No from the second mismatch on, and while the provider owes us change (`Sessions` asks itself before it places anything). */
  mayFund(providerId: string): Promise<MayFund>
  /** The most that may lie there at once; null: no bound of this kind. A request the user agreed to may need more (`AcquireRequest.agreed`). */
  mostMsat(providerId: string): Promise<Msat | null>
  /** Both for every provider, from one glance: to plan with. */
  ofEach(): Promise<{ mayFund(providerId: string): MayFund; mostMsat(providerId: string): Msat | null }>
  /** Something was not as it should be, by more than the tolerance. The same proof and kind counts once. */
  noteMismatch(providerId: string, mismatch: Mismatch): Promise<void>
  /** The user has said yes to so much at this very provider: what a question named. */
  noteAgreed(providerId: string, amountMsat: Msat): Promise<void>
  /** The user gives it another chance. */
  forgive(providerId: string): Promise<void>
}

export interface StandingStore {
  standing(providerId: string): Promise<Standing | undefined>
  standings(): Promise<Standing[]>
  /** Reads, changes and writes in one transaction. */
  changeStanding(providerId: string, change: (standing: Standing) => Standing): Promise<void>
}

export function createStandings(world: {
  readonly store: StandingStore
  readonly sessions: Pick<SessionStore, 'sessions' | 'glance'>
  /** What a provider never used before gets at most, sat. */
  readonly firstDepositSat: () => number
  readonly now: () => number
}): Standings {
  const { store } = world

  async function of(providerId: string): Promise<Standing> {
    return (await store.standing(providerId)) ?? newStanding(providerId)
  }

  async function lookAround(): Promise<Around> {
    return around(await world.sessions.sessions(['prepared', 'settling', 'refunded', 'lost']))
  }

  function around(unfinished: SessionGlance['unfinished']): Around {
    const arriving = new Map<string, number>()
    for (const { state, providerId, unexplainedMsat } of unfinished)
      if (state === 'refunded' && unexplainedMsat > TOLERANCE_MSAT) arriving.set(providerId, (arriving.get(providerId) ?? 0) + 1)
    return { arriving, owing: new Set(unfinished.filter((session) => isOwing(session, world.now())).map(({ providerId }) => providerId)) }
  }

  function timesWrong(standing: Standing, { arriving }: Around): number {
    return countingMismatches(standing, world.now()).length + (arriving.get(standing.providerId) ?? 0)
  }

  function verdict(standing: Standing, around: Around): MayFund {
    const times = timesWrong(standing, around)
    if (times > MISMATCHES_FORGIVEN) return { ok: false, why: `it was wrong about money ${times} times` }
    return around.owing.has(standing.providerId) ? { ok: false, why: 'it still owes you change' } : { ok: true }
  }

  function most(standing: Standing): Msat | null {
    const proven = provenTimes(standing)
    return proven >= RIGHT_UNTIL_KNOWN ? null : maxMsat(standing.agreedMsat, msat(fromSat(world.firstDepositSat()) * GROWTH ** proven))
  }

  return {
    of,
    async wrong(providerId) {
      const [standing, around] = await Promise.all([of(providerId), lookAround()])
      return timesWrong(standing, around)
    },
    all: () => store.standings(),
    async mayFund(providerId) {
      const [standing, around] = await Promise.all([of(providerId), lookAround()])
      return verdict(standing, around)
    },
    mostMsat: async (providerId) => most(await of(providerId)),
    async ofEach() {
      const [all, { unfinished }] = await Promise.all([store.standings(), world.sessions.glance()])
      const seen = around(unfinished)
      const byId = new Map(all.map((standing) => [standing.providerId, standing]))
      const standingOf = (providerId: string): Standing => byId.get(providerId) ?? newStanding(providerId)
      return { mayFund: (providerId) => verdict(standingOf(providerId), seen), mostMsat: (providerId) => most(standingOf(providerId)) }
    },
    noteMismatch: (providerId, mismatch) => store.changeStanding(providerId, (standing) => withMismatch(standing, mismatch)),
    noteAgreed: (providerId, amountMsat) =>
      store.changeStanding(providerId, (standing) => ({ ...standing, agreedMsat: maxMsat(standing.agreedMsat, amountMsat) })),
    forgive: (providerId) => store.changeStanding(providerId, (standing) => ({ ...begunAnew(standing), forgivenAt: world.now() })),
  }
}
