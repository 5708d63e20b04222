/** The memory of grants, holds and approvals on Dexie. */
import type { Approval } from '../domain/approval.ts'
import type { Grant, Hold } from '../domain/grant.ts'
import { addMsat, minMsat, msat, ZERO_MSAT } from '../domain/msat.ts'
import { budgetOf, GRANT_LIFE_MS, isUsable, judge, periodStart } from '../permissions/budget.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { RoutstrDatabase } from './database.ts'

export function createPermissionStore(db: RoutstrDatabase): PermissionStore {
  const grantsOf = (origin: string): Promise<Grant[]> => db.grants.where('origin').equals(origin).toArray()
  /** Of the longest period only: what a limit can depend on. */
  const holdsOf = (origin: string, now: number): Promise<Hold[]> =>
    db.holds
      .where('[origin+at]')
      .between([origin, Math.min(periodStart('month', now), periodStart('week', now))], [origin, Number.MAX_SAFE_INTEGER])
      .toArray()

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
    return row
  }

  async function touchSite(origin: Grant['origin'], now: number): Promise<void> {
    const site = await db.sites.get(origin)
    await db.sites.put({ origin, blocked: site?.blocked ?? false, lastUsedAt: now })
  }

  return {
    site: (origin) => db.sites.get(origin),
    sites: () => db.sites.toArray(),
    setBlocked: (origin, blocked) =>
      db.transaction('rw', db.sites, async () => {
        const site = await db.sites.get(origin)
        await db.sites.put({ origin, lastUsedAt: site?.lastUsedAt ?? 0, blocked })
      }),
    budget: (origin, now) =>
      db.transaction('r', db.grants, db.holds, async () => {
        const standing = (await grantsOf(origin)).find((grant) => grant.period !== 'once' && isUsable(grant, now))
        return standing === undefined ? null : budgetOf(standing, await holdsOf(origin, now), now)
      }),
    async spentMsat(origin) {
      let total = ZERO_MSAT
      await db.holds
        .where('origin')
        .equals(origin)
        .each((hold) => {
          if (hold.state === 'charged') total = addMsat(total, hold.chargedMsat)
        })
      return total
    },
    putGrant: (grant) => db.transaction('rw', db.grants, db.sites, () => putGrant(grant)),
    revoke: (origin, at) =>
      db.transaction('rw', db.grants, async () => {
        for (const grant of await grantsOf(origin)) if (grant.revokedAt === null) await db.grants.put({ ...grant, revokedAt: at })
      }),

    takeHold: ({ requestId, origin, amountMsat, now }) =>
      db.transaction('rw', db.grants, db.holds, db.sites, async () => {
        const own = await db.holds.get(requestId)
        if (own !== undefined && (own.state === 'charged' || own.origin !== origin)) return { kind: 'repeat' }
        const others = (await holdsOf(origin, now)).filter((hold) => hold.requestId !== requestId)
        const verdict = judge(await grantsOf(origin), others, { requestId, amountMsat, now })
        if (verdict.kind !== 'allowed') return verdict
        const { grant } = verdict
        await db.holds.put({
          requestId,
          origin,
          grantId: grant.id,
          once: grant.period === 'once',
          amountMsat,
          chargedMsat: ZERO_MSAT,
          state: 'held',
          at: own?.at ?? now,
        })
        if (grant.period !== 'once') await db.grants.put({ ...grant, expiresAt: now + GRANT_LIFE_MS })
        await touchSite(origin, now)
        return verdict
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
      db.transaction('rw', db.approvals, async () => {
        const asked = await db.approvals.where('origin').equals(approval.origin).toArray()
        // one question per site; or the no that this very request got while its page was away
        const isAnswered = ({ requestId, state }: Approval): boolean => requestId === approval.requestId && (state === 'rejected' || state === 'expired')
        const standing = asked.find((row) => row.state === 'asking') ?? asked.find(isAnswered)
        if (standing === undefined) await db.approvals.add(approval)
        return standing ?? approval
      }),
    closeApproval: (id, state, grant) =>
      db.transaction('rw', db.approvals, db.grants, db.sites, async () => {
        const approval = await db.approvals.get(id)
        if (approval?.state !== 'asking') return false
        // answered questions are kept without the page's text: prompts are not stored
        const request = approval.request === null ? null : { ...approval.request, excerpt: '' }
        await db.approvals.put({ ...approval, request, state })
        if (grant !== null) await putGrant(grant)
        return true
      }),
  }
}
