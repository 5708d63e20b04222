/** The developer room. */
import { siteOrigin } from '../../domain/site.ts'
import type { DeveloperOutputs } from '../../messaging/routes/developer.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function developerScreens(world: ScreenWorld, { atWork }: ScreenTools): Pick<UiHandlers, keyof DeveloperOutputs> {
  return {
    'developer.connect': async ({ configUrl }) => {
      const connected = await atWork(() => world.developer.connect(configUrl))
      world.changed()
      return connected
    },
    'fakesats.get': async () => ({ on: world.fakeSats?.on === true }),
    'fakesats.change': async ({ on }) => {
      await world.fakeSats?.change(on)
      return null
    },
    'developer.ledger': () => world.readLedger(),
    'timeline.list': () => world.timelines.list(),
    'timeline.get': ({ id }) => world.timelines.get(id),
    'dryrun.preview': ({ origin, path, body }) => world.playDry(origin === null ? null : siteOrigin(origin), path, body),
  }
}
