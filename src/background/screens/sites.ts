/** Sites and their grants. */
import { RoutstrError } from '../../domain/errors.ts'
import type { Grant } from '../../domain/grant.ts'
import { isMsat, type Msat, msat } from '../../domain/msat.ts'
import { type SiteOrigin, siteOrigin } from '../../domain/site.ts'
import type { SiteView } from '../../messaging/ui-contract.ts'
import { GRANT_LIFE_MS } from '../../permissions/budget.ts'
import { isQuiet } from '../../permissions/cool-down.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function siteScreens(world: ScreenWorld, tools: ScreenTools) {
  const { permissions, now } = world
  const { done, stopSite } = tools
  const site = (text: string): SiteOrigin => siteOrigin(text)

  async function setGrant(origin: SiteOrigin, terms: { period: Grant['period']; limitMsat: number; maxPerRequestMsat: number }): Promise<void> {
    world.lock.requireOpen()
    if (terms.period === 'once') throw new RoutstrError('invalid_request_error', 'A standing limit is per day, week or month.')
    const limitMsat = amount(terms.limitMsat)
    await permissions.putGrant({
      id: world.randomId(),
      origin,
      period: terms.period,
      limitMsat,
      maxPerRequestMsat: msat(Math.min(amount(terms.maxPerRequestMsat), limitMsat)),
      requestId: null,
      createdAt: now(),
      expiresAt: now() + GRANT_LIFE_MS,
      revokedAt: null,
    })
    world.grantChanged(origin)
  }

  return {
    'sites.list': async () => Promise.all((await permissions.sites()).sort((a, b) => b.lastUsedAt - a.lastUsedAt).map(({ origin }) => siteView(world, origin))),
    'sites.setGrant': ({ origin, terms }) => done(setGrant(site(origin), terms)),
    'sites.revoke': ({ origin }) => done(permissions.revoke(site(origin), now()).then(() => stopSite(site(origin)))),
    'sites.setBlocked': ({ origin, blocked }) => done(permissions.setBlocked(site(origin), blocked).then(() => (blocked ? stopSite(site(origin)) : undefined)).then(world.standIns)),
    'sites.setRule': ({ origin, xCashu, maxTokensCap, caches, fallback, standIn }) =>
      done(
        permissions
          .setRule(site(origin), {
            ...(xCashu === undefined ? {} : { xCashu }),
          ...(caches === undefined ? {} : { caches }),
            ...(maxTokensCap === undefined ? {} : { maxTokensCap: maxTokensCap === 'global' ? undefined : maxTokensCap }),
            ...(fallback === undefined ? {} : { fallback: fallback === 'global' ? undefined : fallback }),
            ...(standIn === undefined ? {} : { standIn: standIn ?? undefined }),
          })
          .then(() => (standIn === undefined ? undefined : world.standIns())),
      ),
    'sites.clearCache': ({ origin }) => done(world.cache.clear(site(origin))),
    'sites.setProfile': ({ origin, profile }) => done(permissions.setProfile(site(origin), profile)),
  } satisfies Partial<UiHandlers>
}

export async function siteView({ permissions, cache, now }: Pick<ScreenWorld, 'permissions' | 'cache' | 'now'>, origin: SiteOrigin): Promise<SiteView> {
  const rule = await permissions.site(origin)
  return {
    origin,
    blocked: rule?.blocked ?? false,
    sessionLife: rule?.sessionLife ?? null,
    profile: rule?.profile ?? null,
    budget: await permissions.budget(origin, now()),
    spentMsat: await permissions.spentMsat(origin),
    lastUsedAt: rule?.lastUsedAt ?? 0,
    xCashu: rule?.xCashu ?? false,
    maxTokensCap: rule?.maxTokensCap === undefined ? 'global' : rule.maxTokensCap,
    cache: { on: rule?.caches ?? false, ...(await cache.sizeOf(origin)) },
    fallback: rule?.fallback ?? 'global',
    standIn: rule?.standIn ?? null,
    quietUntil: isQuiet(rule?.refusals, now()) ? (rule?.refusals?.quietUntil ?? null) : null,
  }
}

export function amount(value: number): Msat {
  if (!isMsat(value)) throw new RoutstrError('invalid_request_error', 'Amounts are whole millisatoshi, not below zero.')
  return value
}
