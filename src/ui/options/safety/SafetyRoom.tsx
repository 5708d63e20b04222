import { Loading } from '../../parts/Loading.tsx'
import { useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { BackupFile } from './BackupFile.tsx'
import { Lock } from './Lock.tsx'
import { MintListCard } from './MintListCard.tsx'
import { Restore } from './Restore.tsx'
import { SeedCard } from './SeedCard.tsx'
import { SyncCard } from './SyncCard.tsx'
import './safety.css'

/** Everything that survives the loss of this browser. */
export function SafetyRoom() {
  const { value: backup, problem, reload } = useLive('backup.get', {})
  if (backup === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <Problem facts={problem} onRetry={reload} />
      <SeedCard confirmedAt={backup.seedConfirmedAt} remind={backup.remind} />
      <BackupFile lastAt={backup.fileAt} progress={backup.restore} />
      <Lock />
      <SyncCard sync={backup.sync} />
      <Restore progress={backup.restore} />
      <MintListCard list={backup.mintList} />
    </>
  )
}
