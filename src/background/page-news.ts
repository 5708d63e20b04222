/** What pages are told without having asked. Each hears only what is its own. */
import { inBackground } from '../domain/in-background.ts'
import { type SiteOrigin, siteOrNull } from '../domain/site.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { Registry } from '../registry/registry.ts'
import { pageGrant } from './page-grant.ts'

export interface PageNews {
  grantChanged(origin: SiteOrigin): void
}

/** Providers are read in a bunch. */
const TOGETHER_MS = 500

export function createPageNews(world: {
  readonly pages: ReadonlySet<PagePort>
  readonly permissions: PermissionStore
  readonly registry: Pick<Registry, 'models' | 'onPrices'>
  readonly now: () => number
  readonly changed: () => void
}): PageNews {
  const { pages, permissions, now } = world
  const moved = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function tellPrices(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const ids = new Set(moved)
    moved.clear()
    // as `models.list()` names them
    const models = world.registry.models().flatMap(({ id, offers }) => (offers.some(({ providerId, model }) => ids.has(`${providerId} ${model.id}`)) ? [id] : []))
    if (models.length === 0) return
    for (const page of pages) {
      const site = siteOrNull(page)
      if (site === null || (await permissions.budget(site, now())) === null) continue
      page.send({ t: 'event', name: 'pricesChanged', detail: { models } })
    }
  }

  // to sites with a grant only; many changes at once are one message
  world.registry.onPrices((providerId, modelIds) => {
    for (const id of modelIds) moved.add(`${providerId} ${id}`)
    timer ??= setTimeout(() => inBackground(tellPrices()), TOGETHER_MS)
  })

  return {
    grantChanged(origin) {
      inBackground(
        permissions.budget(origin, now()).then((budget) => {
          for (const page of pages) if (siteOrNull(page) === origin) page.send({ t: 'event', name: 'grantChanged', detail: pageGrant(budget) })
        }),
      )
      world.changed()
    },
  }
}
