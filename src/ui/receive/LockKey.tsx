import { useState } from 'preact/hooks'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { CopyField } from '../parts/CopyField.tsx'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { Qr } from '../parts/Qr.tsx'
import { lockKeyWords } from './strings.ts'

/** The key that tokens can be locked to (NUT-11): whoever sends one locked to it sends it to this wallet alone. */
export function LockKey() {
  const { client } = useSurroundings()
  const [key, setKey] = useState<string | null>(null)
  const act = useAct()
  const show = async (): Promise<void> => {
    const found = await act.run(() => client.call('tokens.lockKey', {}))
    if (found !== undefined) setKey(found.publicKey)
  }
  return (
    <div class="stack sub lock-key" data-testid="lock-key">
      <h2>{lockKeyWords.title}</h2>
      <p class="hint">{lockKeyWords.text}</p>
      {key === null ? (
        <div>
          <Button small busy={act.busy} onPress={() => void show()} testId="lock-key-show">
            {lockKeyWords.show}
          </Button>
        </div>
      ) : (
        <>
          <Qr text={key} label={lockKeyWords.qr} />
          <CopyField text={key} label={lockKeyWords.label} rows={2} testId="lock-key-text" />
        </>
      )}
      <Problem facts={act.problem} />
    </div>
  )
}
