/** The same money in several browsers (NIP-60). */
import type { SyncOutputs } from '../../messaging/routes/sync.ts'
import type { Sync } from '../../wallet/backup/sync/sync.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools } from './world.ts'

export function syncScreens({ sync }: { readonly sync: Sync }, { atWork, done }: ScreenTools): Pick<UiHandlers, keyof SyncOutputs> {
  return {
    'sync.get': () => sync.view(),
    'sync.enable': ({ nsec }) => done(atWork(() => sync.enable(nsec))),
    'sync.disable': () => done(atWork(() => sync.disable())),
    'sync.now': () => done(atWork(() => sync.now())),
    'sync.reveal': async () => ({ nsec: await sync.reveal() }),
    'sync.bringHere': async ({ mint }) => ({ broughtMsat: await atWork(() => sync.bringHere(mint)) }),
  }
}
