/** How long a site's sessions live: its own rule, else the setting for all. */
import type { SessionLife } from '../domain/session.ts'
import type { SiteOrigin } from '../domain/site.ts'
import type { EngineWorld } from './world.ts'

export async function lifeOf({ permissions, settings }: Pick<EngineWorld, 'permissions' | 'settings'>, origin: SiteOrigin): Promise<SessionLife> {
  return (await permissions.site(origin))?.sessionLife ?? settings().sessionLife
}
