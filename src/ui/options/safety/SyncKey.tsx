import { EyeOff } from 'lucide-preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { CopyField } from '../../parts/CopyField.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { Qr } from '../../parts/Qr.tsx'
import { HoldButton } from './HoldButton.tsx'
import { syncWords } from './sync-strings.ts'

const SHOWN_MS = 60_000

/** The key that the other browsers need: like the words, never by accident and never for long. */
export function SyncKey() {
  const { client } = useSurroundings()
  const [nsec, setNsec] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const act = useAct()
  const reveal = async (): Promise<void> => {
    setAsking(false)
    const key = await act.run(() => client.call('sync.reveal', {}))
    if (key !== undefined) setNsec(key.nsec)
  }
  useEffect(() => {
    if (nsec === null) return
    const hide = (): void => setNsec(null)
    const covered = (): void => {
      if (document.hidden) hide()
    }
    const timer = setTimeout(hide, SHOWN_MS)
    document.addEventListener('visibilitychange', covered)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', covered)
    }
  }, [nsec])

  if (nsec !== null)
    return (
      <div class="stack">
        <div class="sync-qr">
          <Qr text={nsec} label={syncWords.keyLabel} />
        </div>
        <CopyField text={nsec} label={syncWords.keyLabel} rows={2} testId="sync-nsec" />
        <div class="buttons">
          <Button small icon={EyeOff} onPress={() => setNsec(null)} testId="sync-hide">
            {syncWords.hide}
          </Button>
        </div>
      </div>
    )
  if (asking)
    return (
      <div class="buttons" role="group" aria-label={syncWords.confirmShow}>
        <span>{syncWords.confirmShow}</span>
        <Button small kind="primary" onPress={() => void reveal()} testId="sync-reveal-confirm">
          {syncWords.show}
        </Button>
        <Button small kind="quiet" onPress={() => setAsking(false)}>
          Cancel
        </Button>
      </div>
    )
  return (
    <>
      <HoldButton busy={act.busy} onHeld={() => void reveal()} onPressed={() => setAsking(true)} label={syncWords.hold} testId="sync-reveal" />
      <Problem facts={act.problem} />
    </>
  )
}
