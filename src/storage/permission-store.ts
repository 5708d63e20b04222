/** The memory of grants, holds and approvals on Dexie. */
import type { Approval } from '../domain/approval.ts'
import type { Grant, GrantPeriod, Hold, SiteRule } from '../domain/grant.ts'
import { addMsat, minMsat, msat, ZERO_MSAT } from '../domain/msat.ts'
import { PROBES, type SiteOrigin } from '../domain/site.ts'
import { budgetOf, GRANT_LIFE_MS, isUsable, judge, periodStart } from '../permissions/budget.ts'
import { isQuiet, refusedAgain } from '../permissions/cool-down.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { RoutstrDatabase } from './database.ts'
import { remember } from './remembering.ts'

export function createPermissionStore(db: RoutstrDatabase): PermissionStore {
  const grantsOf = (origin: string): Promise<Grant[]> => db.grants.where('origin').equals(origin).toArray()
  /** Of the running period only: what a limit can depend on. */
  async function holdsIn(period: GrantPeriod, origin: SiteOrigin, now: number): Promise<Hold[]> {
    const at = periodStart(period, now)
    const { over, rows } = await db.settledHolds.since(db.holds, origin, at, now)
    // one stands for all that are over
    return [{ requestId: '', origin, grantId: '', once: false, amountMsat: over.msat, chargedMsat: over.msat, state: 'charged', at }, ...rows]
  }

  const rules = remember(db, [db.sites], async () => new Map((await db.sites.toArray()).map((rule) => [rule.origin, rule])))
  const grants = remember(db, [db.grants], async () => Map.groupBy(await db.grants.toArray(), ({ origin }) => origin))

  async function endHold(requestId: string, changes: Partial<Hold>): Promise<void> {
    await db.transaction('rw', db.holds, async () => {
      const hold = await db.holds.get(requestId)
      if (hold?.state === 'held') await db.holds.put({ ...hold, ...changes })
    })
  }

  async function putGrant(grant: Grant): Promise<Grant> {
    const standing = grant.period === 'once' ? undefined : (await grantsOf(grant.origin)).find((row) => row.period !== 'once' && isUsable(row, grant.createdAt))
    const row = standing === undefined ? grant : { ...grant, id: standing.id }
    await db.grants.put(row)
    await touchSite(grant.origin, grant.createdAt)
    await db.sites.update(grant.origin, { refusals: undefined })
    return row
  }

  /** Would the request that asks be allowed by now? */
  async function isCovered({ origin, requestId, worstMsat, request, createdAt: now }: Approval): Promise<boolean> {
    if (request === null) return false
    const grants = await grantsOf(origin)
    const held = await holdsIn(standingOf(grants, now)?.period ?? 'day', origin, now)
    const others = held.filter((hold) => hold.requestId !== requestId)
    return judge(grants, others, { requestId, amountMsat: worstMsat, now }).kind === 'allowed'
  }

  const touchSite = (origin: Grant['origin'], now: number): Promise<void> => changeSite(origin, { lastUsedAt: now })

  /** Inside a transaction over `sites`. */
  async function changeSite(origin: Grant['origin'], changes: Partial<Omit<SiteRule, 'origin'>>): Promise<void> {
    const site = (await db.sites.get(origin)) ?? newSite(origin)
    await db.sites.put({ ...site, ...changes })
  }

  /** A site that was only ever refused keeps `lastUsedAt` 0. */
  async function noteRefusal(origin: Grant['origin'], now: number): Promise<void> {
    const site = (await db.sites.get(origin)) ?? newSite(origin)
    await db.sites.put({ ...site, refusals: refusedAgain(site.refusals, now) })
  }

  return {
    site: async (origin) => (await rules()).get(origin),
    sites: async () => (await db.sites.toArray()).filter(({ origin }) => origin !== PROBES),
    setBlocked: (origin, blocked) => db.transaction('rw', db.sites, () => changeSite(origin, { blocked, refusals: undefined })),
    setSessionLife: (origin, sessionLife) => db.transaction('rw', db.sites, () => changeSite(origin, { sessionLife })),
    setRule: (origin, change) => db.transaction('rw', db.sites, () => changeSite(origin, change)),
    setProfile: (origin, profile) => db.transaction('rw', db.sites, () => changeSite(origin, { profile })),
    budget: (origin, now) =>
      db.transaction('r', db.grants, db.holds, async () => {
        const standing = standingOf(await grantsOf(origin), now)
        return standing === undefined ? null : budgetOf(standing, await holdsIn(standing.period, origin, now), now)
      }),
    isGranted: async (origin, now) => standingOf((await grants()).get(origin) ?? [], now) !== undefined,
    async spentMsat(origin) {
      const holds = await db.holds.where('origin').equals(origin).toArray()
      return holds.reduce((sum, hold) => (hold.state === 'charged' ? addMsat(sum, hold.chargedMsat) : sum), ZERO_MSAT)
    },
    putGrant: (grant) => db.transaction('rw', db.grants, db.sites, () => putGrant(grant)),
    revoke: (origin, at) =>
      db.transaction('rw', db.grants, async () => {
        for (const grant of await grantsOf(origin)) if (grant.revokedAt === null) await db.grants.put({ ...grant, revokedAt: at })
      }),

    takeHold: ({ requestId, origin, amountMsat, now }, along) =>
      db.transaction('rw', [db.grants, db.holds, db.sites, ...(along === undefined ? [] : [db.sessions, db.attempts, db.receipts])], async () => {
        // read beside each other, written beside each other: a page waits for every turn
        const [site, own, today, given, writeAlong] = await Promise.all([db.sites.get(origin), db.holds.get(requestId), holdsIn('day', origin, now), grantsOf(origin), along?.()])
        if (site?.blocked === true) return { kind: 'blocked' }
        if (own !== undefined && (own.state === 'charged' || own.origin !== origin)) return { kind: 'repeat' }
        const standing = standingOf(given, now)
        const held = standing === undefined || standing.period === 'day' ? today : await holdsIn(standing.period, origin, now)
        const others = held.filter((hold) => hold.requestId !== requestId)
        const verdict = judge(given, others, { requestId, amountMsat, now })
        if (verdict.kind !== 'allowed') return verdict
        const { grant } = verdict
        const hold: Hold = {
          requestId,
          origin,
          grantId: grant.id,
          once: grant.period === 'once',
          amountMsat,
          chargedMsat: ZERO_MSAT,
          state: 'held',
          at: own?.state === 'held' ? own.at : now,
        }
        await Promise.all([
          db.holds.put(hold),
          grant.period === 'once' || isRecent(grant.expiresAt - GRANT_LIFE_MS, now) ? null : db.grants.put({ ...grant, expiresAt: now + GRANT_LIFE_MS }),
          site !== undefined && isRecent(site.lastUsedAt, now) ? null : db.sites.put({ ...(site ?? newSite(origin)), lastUsedAt: now }),
          writeAlong?.(),
        ])
        return { ...verdict, remainingMsat: standing === undefined ? null : budgetOf(standing, [...others, hold], now).remainingMsat }
      }),
    hold: (requestId) => db.holds.get(requestId),
    heldHolds: () => db.holds.where('state').equals('held').toArray(),
    lowerHold: (requestId, amountMsat) =>
      db.transaction('rw', db.holds, async () => {
        const hold = await db.holds.get(requestId)
        if (hold?.state === 'held') await db.holds.put({ ...hold, amountMsat: minMsat(hold.amountMsat, msat(amountMsat)) })
      }),
    chargeHold: (requestId, chargedMsat) => endHold(requestId, { state: 'charged', chargedMsat }),
    releaseHold: (requestId) => endHold(requestId, { state: 'released' }),

    approval: (id) => db.approvals.get(id),
    asking: () => db.approvals.where('state').equals('asking').toArray(),
    addApproval: (approval) =>
      db.transaction('rw', db.approvals, db.grants, db.holds, db.sites, async () => {
        const asked = await db.approvals.where('origin').equals(approval.origin).toArray()
        // one question per site; or the no that this very request got while its page was away
        const isAnswered = ({ requestId, state }: Approval): boolean => requestId === approval.requestId && (state === 'rejected' || state === 'expired')
        const standing = asked.find((row) => row.state === 'asking') ?? asked.find(isAnswered)
        if (standing?.state === 'asking' && standing.reason === 'locked' && approval.reason !== 'locked') {
          const { id, createdAt } = standing
          const replaced = { ...approval, id, createdAt, opensWindow: standing.opensWindow || approval.opensWindow }
          await db.approvals.put(replaced)
          return replaced
        }
        if (standing?.state === 'asking' && approval.opensWindow && !standing.opensWindow) {
          await db.approvals.put({ ...standing, opensWindow: true })
          return { ...standing, opensWindow: true }
        }
        if (standing !== undefined) return standing
        // what the site may spend is one thing, whom it goes to another
        if (approval.reason !== 'new_provider' && (await isCovered(approval))) return null
        if (isQuiet((await db.sites.get(approval.origin))?.refusals, approval.createdAt)) return 'quiet'
        await db.approvals.add(approval)
        return approval
      }),
    closeApproval: (id, state, grant, now) =>
      db.transaction('rw', db.approvals, db.grants, db.sites, async () => {
        const approval = await db.approvals.get(id)
        if (approval?.state !== 'asking') return false
        // answered questions are kept without the page's text: prompts are not stored
        const request = approval.request === null ? null : { ...approval.request, excerpt: '' }
        await db.approvals.put({ ...approval, request, state })
        if (grant !== null) await putGrant(grant)
        if (state === 'approved' && approval.batch !== undefined) await changeSite(approval.origin, { keepsRequests: true })
        if (state === 'rejected' || state === 'expired') await noteRefusal(approval.origin, now)
        return true
      }),
  }
}

/** When something was used last is written down this often at most. */
const USED_STEP_MS = 60_000

function isRecent(at: number, now: number): boolean {
  return Math.abs(now - at) < USED_STEP_MS
}

function standingOf(grants: readonly Grant[], now: number): Grant | undefined {
  return grants.find((grant) => grant.period !== 'once' && isUsable(grant, now))
}

function newSite(origin: Grant['origin']): SiteRule {
  return { origin, blocked: false, sessionLife: null, profile: null, lastUsedAt: 0 }
}
