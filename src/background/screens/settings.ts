/** Activity and settings. */
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function settingScreens(world: ScreenWorld, tools: ScreenTools) {
  const { running } = world
  const { done } = tools

  return {
    'activity.list': async ({ before, limit }) => (await world.store.receipts(before, limit)).filter(({ id }) => !running.has(id)),
    'probes.get': () => world.probing.today(),
    'settings.get': async () => world.settings.current(),
    'settings.set': (changes) => done(world.settings.change(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)))),
  } satisfies Partial<UiHandlers>
}
