/**
 * Paid probes, an option: in idle time one offer that will probably be needed is asked a tiny question, like a page would ask it, so that a
 * model that is listed and dead is found out before anybody waits for it (RIP-04). A probe is a request of the engine like any other, under an
 * origin of its own that no document can have; its receipt is an observation like any other. What `registry/probe.ts` asks is free: lists.
 *
 * The budget bounds what does not come home: charges, rounding to whole sats, the mints' fees. A probe has a session of its own that is
 * settled at once; before its end the whole token counts. So no price, lie or death of the worker can pass the budget.
 */
import { RoutstrError } from '../domain/errors.ts'
import { type FallbackRule, NO_FALLBACK } from '../domain/fallback.ts'
import { addMsat, fromSat, lessMsat, type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'
import type { ProbesToday } from '../domain/probes.ts'
import { PROBES } from '../domain/site.ts'
import { GRANT_LIFE_MS } from '../permissions/budget.ts'
import { type InferenceRequest, parseInferenceRequest } from '../protocol/request-body.ts'
import type { PricedOffer } from '../routing/plan.ts'
import { depositWish } from '../sessions/funding.ts'
import { priceOffers } from './costing.ts'
import { namesUsed, type Worth, worthProbing } from './probe-choice.ts'
import { dayOf } from './spending.ts'
import type { EngineWorld, RunRequest } from './world.ts'

export interface Probing {
  /** Asks one offer, if the user wants that, nothing else is going on, and one is worth it. Ends when its answer is here. */
  tick(): Promise<void>
  /** Switched off: what runs is stopped. */
  settingsChanged(): void
  today(): Promise<ProbesToday>
}

export interface ProbingWorld extends Pick<EngineWorld, 'now' | 'settings' | 'permissions' | 'registry' | 'standings' | 'sessions' | 'running' | 'store'> {
  readonly run: RunRequest
  readonly randomId: () => string
  /** The wallet is open, and this worker is to go on. */
  readonly mayRun: () => boolean
  readonly busy: () => () => void
  /** The highest fee that a mint of ours takes for redeeming one note, thousandths of a sat. */
  readonly highestFeePpk: () => Promise<number>
}

const MINUTE = 60_000
const DAY_MS = 24 * 60 * MINUTE
/** After a request of a page, and after another probe: never does one bring the next while the worker is awake for it. */
const QUIET_MS = 2 * MINUTE
const PAUSE_MS = 10 * MINUTE
/** What was used of late, and how many offers are looked at closely. */
const RECEIPTS = 300
const USED_WITHIN_MS = 14 * DAY_MS
const MOST_NAMES = 10
const MOST_LOOKED_AT = 50
const PATH = '/chat/completions'
/** Some upstreams refuse to write less than 16 tokens. */
const questionFor = (model: string) => ({ model, max_tokens: 16, messages: [{ role: 'user', content: 'Say OK.' }] })

const NO_BOUND = fromSat(1e9)

type Probe = Worth & Pick<PricedOffer, 'requiredMsat'>

export function createProbing(world: ProbingWorld): Probing {
  const { now, permissions, registry, store } = world
  let ticking: Promise<void> | null = null
  let stop = new AbortController()
  /** When one was begun here: also one that was refused before anything was asked, which has no receipt. */
  let begunAt = Number.NEGATIVE_INFINITY
  const refused = new Map<string, number>()

  /** Nothing waits between this and the place among the running. */
  function isIdle(): boolean {
    const { probeSatPerDay, paused } = world.settings()
    return probeSatPerDay !== null && !paused && world.mayRun() && world.running.list().length === 0
  }

  async function costToday(): Promise<{ readonly spentMsat: Msat; readonly outMsat: Msat }> {
    return world.sessions.spentBy(PROBES, dayOf(now()))
  }

  async function choose(): Promise<Probe | null> {
    const at = now()
    const [latest, lastDay] = await Promise.all([store.receipts(null, RECEIPTS), store.receiptsBetween(at - DAY_MS, Number.MAX_SAFE_INTEGER)])
    const isQuiet = latest.every(({ origin, finishedAt }) => finishedAt <= at - (origin === PROBES ? PAUSE_MS : QUIET_MS))
    if (!isQuiet || Math.abs(at - begunAt) < PAUSE_MS) return null
    await registry.ready()
    const receipts = latest.filter(({ finishedAt }) => finishedAt > at - USED_WITHIN_MS)
    const names = [...new Set([...namesUsed(receipts), ...(await namesInRules())])].slice(0, MOST_NAMES)
    const worth = worthProbing({
      receipts,
      lastDay,
      wanted: names.map((name) => ({ name, offers: registry.offersFor(name) })),
      onSale: registry.models().map(({ id, offers }) => ({ name: id, offers })),
      favourites: world.settings().favourites,
    })
    if (worth.length === 0) return null
    const mayAsk = await admission(at)
    return worth.slice(0, MOST_LOOKED_AT).map(priced).find(mayAsk) ?? null
  }

  /** Models the user relies on when another one can not be had. */
  async function namesInRules(): Promise<readonly string[]> {
    const rules: readonly (FallbackRule | undefined)[] = [world.settings().fallback, ...(await permissions.sites()).map(({ fallback }) => fallback)]
    return rules.flatMap((rule) => (rule?.use === 'model' ? [rule.model] : []))
  }

  /** Who may get so much now: not who rests, was wrong about money, would get more than it has earned, or more than the day has left. */
  async function admission(at: number): Promise<(probe: Probe) => boolean> {
    const { probeSatPerDay, choosing } = world.settings()
    const limitMsat = fromSat(probeSatPerDay ?? 0)
    const [cost, standings, placed, ppk] = await Promise.all([costToday(), world.standings.ofEach(), world.sessions.list(), world.highestFeePpk()])
    const leftMsat = lessMsat(limitMsat, addMsat(cost.spentMsat, cost.outMsat))
    const placedAt = (providerId: string): Msat =>
      sumMsat(placed.flatMap(({ session, leftMsat: left }) => (session.providerId === providerId && session.state !== 'lost' && session.state !== 'closed' ? [left] : [])))
    return ({ name, offer, requiredMsat }) => {
      const { providerId, model } = offer
      const mostMsat = standings.mostMsat(providerId)
      return (
        at - (refused.get(`${providerId} ${name}`) ?? Number.NEGATIVE_INFINITY) >= DAY_MS &&
        (choosing.pin === null || choosing.pin === providerId) &&
        !registry.isCoolingDown(providerId, model.id) &&
        standings.mayFund(providerId).ok &&
        (mostMsat === null || addMsat(placedAt(providerId), requiredMsat) <= mostMsat) &&
        tokenAtMost(requiredMsat, limitMsat, ppk) <= leftMsat
      )
    }
  }

  async function probe({ name, offer, requiredMsat }: Probe, signal: AbortSignal): Promise<void> {
    const limitMsat = fromSat(world.settings().probeSatPerDay ?? 0)
    await permissions.setRule(PROBES, { fallback: NO_FALLBACK })
    await permissions.setSessionLife(PROBES, 'request')
    // a provider that wants more than its list says gets nothing more: its second token would be beyond what was looked at
    const terms = { period: 'day', limitMsat, maxPerRequestMsat: requiredMsat } as const
    await permissions.putGrant({ id: world.randomId(), origin: PROBES, ...terms, requestId: null, createdAt: now(), expiresAt: now() + GRANT_LIFE_MS, revokedAt: null })
    if (signal.aborted || !isIdle()) return
    const id = world.randomId()
    begunAt = now()
    const release = world.busy()
    try {
      const answer = await world.run({
        id,
        origin: PROBES,
        path: PATH,
        headers: [
          ['x-routstr-provider', offer.providerId],
          ['x-routstr-max-cost-msats', String(requiredMsat)],
        ],
        body: bodyFor(name),
        prompt: 'none',
        userActive: false,
        signal,
      })
      await answer.body?.pipeTo(new WritableStream())
    } catch {
      // what came of it is on its receipt; what was left half-done is repaired like that of any request
    } finally {
      release()
    }
    if ((await store.receipt(id)) === undefined) refused.set(`${offer.providerId} ${name}`, begunAt)
  }

  async function next(): Promise<void> {
    stop = new AbortController()
    const { signal } = stop
    const chosen = await choose()
    if (chosen !== null) await probe(chosen, signal)
  }

  return {
    tick() {
      if (ticking === null && !isIdle()) return Promise.resolve()
      ticking ??= next()
        // a mint that is silent, a disk that is full: the next alarm looks again
        .catch(() => undefined)
        .finally(() => {
          ticking = null
        })
      return ticking
    },
    settingsChanged() {
      if (world.settings().probeSatPerDay === null) stop.abort(new RoutstrError('request_aborted', 'Trying models was switched off.'))
    },
    async today() {
      const since = dayOf(now())
      const [cost, receipts] = await Promise.all([costToday(), store.receiptsBetween(since, Number.MAX_SAFE_INTEGER)])
      return { ...cost, probes: receipts.filter(({ origin }) => origin === PROBES).length }
    },
  }
}

function bodyFor(model: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(questionFor(model)))
}

function priced({ name, offer }: Worth): Probe {
  const request: InferenceRequest = parseInferenceRequest(PATH, bodyFor(name))
  const [price] = priceOffers([offer], request)
  if (price === undefined) throw new Error('an offer without a price')
  return { name, offer, requiredMsat: price.requiredMsat }
}

/**
 * The most that a token for so much can be worth: what arrives is bounded, and every note of it is worth a sat and takes a fee at most.
 * @param ppk fee for each note, thousandths of a sat
 */
function tokenAtMost(requiredMsat: Msat, limitMsat: Msat, ppk: number): Msat {
  // it takes a sat for each note, or more: no bound
  if (ppk >= 1000) return NO_BOUND
  const { capSat } = depositWish({ requiredMsat, othersMsat: ZERO_MSAT, ahead: 0, life: 'request', mostMsat: limitMsat })
  return fromSat(Math.ceil((capSat + 1) / (1 - ppk / 1000)) - 1)
}
