/** Money at providers: how long it stays, what that costs, who owes. */
import { inBackground } from '../../domain/in-background.ts'
import { siteOrigin } from '../../domain/site.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function sessionScreens(world: ScreenWorld, tools: ScreenTools) {
  const { sessions, permissions } = world
  const { atWork, done } = tools

  return {
    'sessions.bringHome': () => atWork(() => sessions.bringHome().finally(world.changed)),
    'sessions.retry': ({ id }) => done(atWork(() => sessions.retry(id))),
    'sessions.forget': ({ id }) => done(sessions.forget(id)),
    'sessions.costs': () => sessions.costs(),
    'sites.setSessionLife': ({ origin, life }) => done(permissions.setSessionLife(siteOrigin(origin), life)),
    'paused.set': async ({ paused }) => {
      // who goes on after the fuse has tripped has seen why: what left before counts no more
      const { fuse } = world.settings.current()
      await world.settings.change({ paused, ...(paused || fuse.trippedAt === null ? {} : { fuse: { trippedAt: null, countsFrom: world.now() } }) })
      if (paused) {
        world.running.stop(() => true)
        inBackground(atWork(() => sessions.bringHome().finally(world.changed)))
      }
      return done(Promise.resolve())
    },
  } satisfies Partial<UiHandlers>
}
