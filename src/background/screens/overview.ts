/** What the popup shows, pause, bring home, stop. */
import { addMsat, sumMsat } from '../../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../../domain/site.ts'
import type { Overview } from '../../messaging/ui-contract.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import { siteView } from './sites.ts'
import type { ScreenWorld } from './world.ts'

export function overviewScreens(world: ScreenWorld) {
  const { wallet, sessions, registry, approvals, running } = world
  async function overview(text: string | null): Promise<Overview> {
    // money at other mints is shown apart: it pays for nothing
    const balances = (await wallet.balances()).filter(({ trusted }) => trusted)
    const origin = payable(text)
    const shown = new Set(running.list().map(({ id }) => id))
    return {
      balanceMsat: sumMsat(balances.map(({ readyMsat }) => readyMsat)),
      pendingMsat: addMsat(...balances.map(({ pendingMsat }) => pendingMsat), await wallet.storedMsat()),
      onDepositMsat: await sessions.onDeposit(),
      hasMint: balances.length > 0,
      paused: world.settings.current().paused,
      fuseTrippedAt: world.settings.current().fuse.trippedAt,
      owedMsat: sumMsat((await sessions.list()).flatMap(({ owing, leftMsat }) => (owing ? [leftMsat] : []))),
      site: origin === null ? null : await siteView(world, origin),
      running: running.list().map(({ id, origin: site, model, providerName, startedAt, phase, received }) => ({
        id,
        origin: site,
        model,
        providerName,
        startedAt,
        phase,
        received,
      })),
      receipts: (await world.store.receipts(null, 5 + shown.size)).filter(({ id }) => !shown.has(id)).slice(0, 5),
      approvals: (await approvals.waiting()).map(({ id }) => id),
      alerts: world.alerts.current(),
      providersOnline: registry.providers().filter((provider) => provider.seenAt !== null && provider.problem === null && !provider.blocked).length,
    }
  }

  return {
    'overview.get': ({ origin }) => overview(origin),
    'requests.stop': async ({ requestId }) => {
      running.stop(({ id }) => id === requestId)
      return null
    },

  } satisfies Partial<UiHandlers>
}

function payable(text: string | null): SiteOrigin | null {
  try {
    return text === null ? null : siteOrigin(text)
  } catch {
    return null
  }
}
