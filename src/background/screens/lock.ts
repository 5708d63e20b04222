/** The passphrase: set, unlock, lock, change, remove, forget. */
import type { LockOutputs } from '../../messaging/routes/lock.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function lockScreens({ lock, sessions }: ScreenWorld, { done }: ScreenTools): Pick<UiHandlers, keyof LockOutputs> {
  return {
    'lock.get': () => lock.view(),
    'lock.protect': ({ passphrase }) => done(lock.protect(passphrase)),
    'lock.unlock': ({ passphrase }) => done(lock.unlock(passphrase)),
    'lock.lock': async () => {
      // read before: afterwards nobody can
      const atProvidersMsat = lock.isLocked() ? null : await sessions.onDeposit()
      await done(lock.lock())
      return { atProvidersMsat }
    },
    'lock.change': ({ current, next }) => done(lock.change(current, next)),
    'lock.unprotect': ({ current }) => done(lock.unprotect(current)),
    'lock.autoLock': ({ minutes }) => done(lock.setAutoLock(minutes)),
    'lock.startOver': () => done(lock.startOver()),
    'lock.reopen': ({ id }) => done(lock.reopen(id)),
  }
}
