/** The words, restoring, the backup file, the mint list. */
import type { Backup } from '../../wallet/backup/backup.ts'
import type { Sync } from '../../wallet/backup/sync/sync.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools } from './world.ts'

export function backupScreens({ backup, sync }: { readonly backup: Backup; readonly sync: Sync }, { atWork, done }: ScreenTools) {
  return {
    'backup.get': async () => ({ ...(await backup.view()), sync: await sync.view() }),
    'seed.quiz': async () => ({ positions: await backup.quiz.ask() }),
    'seed.confirm': ({ answers }) => done(backup.quiz.check(answers)),

    'restore.start': ({ words, mints }) => done(backup.restoring.start(words, mints)),
    'restore.continue': () => done(backup.restoring.continue()),
    'restore.cancel': () => done(backup.restoring.cancel()),
    'restore.findMints': ({ words }) => atWork(() => backup.mintList.find(words)),

    'backup.export': ({ passphrase }) => atWork(() => backup.exportFile(passphrase)),
    'backup.import': ({ text, passphrase }) => atWork(() => backup.importFile(text, passphrase)),
    'mintList.set': ({ on }) => done(atWork(() => backup.mintList.set(on))),
  } satisfies Partial<UiHandlers>
}
