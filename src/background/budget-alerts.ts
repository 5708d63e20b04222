/** Sites whose budget runs out, for the icon and the popup. Looked at when money was spent or a limit changed, not with every change of a screen. */
import type { SiteOrigin } from '../domain/site.ts'
import type { BudgetAlert } from '../domain/spending.ts'
import type { PermissionStore } from '../permissions/store.ts'

export interface BudgetAlerts {
  /** Not yet put away by the user. */
  current(): readonly BudgetAlert[]
  refresh(): Promise<void>
  /** The user has seen it: no more of it in this period, unless it gets worse. */
  dismiss(origin: SiteOrigin): Promise<void>
}

const HIGH = 0.8
/** A limit is never spent to the last msat, because the worst case of a request has to fit: with a hundredth left it counts as used up. */
const FULL = 0.99

export function createBudgetAlerts(world: { readonly permissions: PermissionStore; readonly now: () => number; readonly onChange: () => void }): BudgetAlerts {
  const { permissions, now, onChange } = world
  let alerts: readonly BudgetAlert[] = []

  async function alertOf(origin: SiteOrigin): Promise<readonly BudgetAlert[]> {
    const [rule, budget] = await Promise.all([permissions.site(origin), permissions.budget(origin, now())])
    if (budget === null || rule?.blocked === true) return []
    const { spentMsat, resetsAt, grant } = budget
    const level = spentMsat >= grant.limitMsat * FULL ? 100 : spentMsat >= grant.limitMsat * HIGH ? 80 : null
    const seen = rule?.alertSeen
    if (level === null || (seen !== undefined && seen.resetsAt === resetsAt && seen.limitMsat === grant.limitMsat && seen.level >= level)) return []
    return [{ origin, level, spentMsat, limitMsat: grant.limitMsat, resetsAt }]
  }

  async function refresh(): Promise<void> {
    const found = (await Promise.all((await permissions.sites()).map(({ origin }) => alertOf(origin)))).flat()
    const isNews = JSON.stringify(found) !== JSON.stringify(alerts)
    alerts = found
    if (isNews) onChange()
  }

  return {
    current: () => alerts,
    refresh,
    async dismiss(origin) {
      const alert = alerts.find((one) => one.origin === origin)
      if (alert === undefined) return
      const { level, resetsAt, limitMsat } = alert
      await permissions.setRule(origin, { alertSeen: { level, resetsAt, limitMsat } })
      await refresh()
    },
  }
}
