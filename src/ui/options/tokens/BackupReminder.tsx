import { ShieldAlert } from 'lucide-preact'
import { useLive } from '../../parts/live.ts'
import { tokenWords } from './strings.ts'

/** A gentle one: there is money, and nobody has proven to have the twelve words. */
export function BackupReminder() {
  const { value: backup } = useLive('backup.get', {})
  if (backup?.remind !== true) return null
  return (
    <div class="notice warn" data-testid="backup-reminder">
      <ShieldAlert size={18} />
      <p class="notice-body">
        {tokenWords.remind} <a href="#/safety">{tokenWords.remindGo}</a>
      </p>
    </div>
  )
}
