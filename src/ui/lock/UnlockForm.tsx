import { LockOpen } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { PassphraseField } from './PassphraseField.tsx'
import { lockWords } from './strings.ts'

/** The same form in the popup, in the approval window and in the settings; what follows shows by itself. */
export function UnlockForm() {
  const { client } = useSurroundings()
  const act = useAct()
  const [passphrase, setPassphrase] = useState('')
  const unlock = async (): Promise<void> => {
    if (passphrase === '') return
    const done = await act.run(() => client.call('lock.unlock', { passphrase }))
    if (done !== undefined) setPassphrase('')
  }
  return (
    <form
      class="stack"
      data-testid="unlock"
      onSubmit={(event) => {
        event.preventDefault()
        void unlock()
      }}
    >
      <PassphraseField label={lockWords.passphrase} value={passphrase} onInput={setPassphrase} focus testId="unlock-passphrase" />
      <Problem facts={act.problem} />
      <Button submit kind="primary" icon={LockOpen} busy={act.busy} disabled={passphrase === ''} testId="unlock-submit">
        {lockWords.unlock}
      </Button>
    </form>
  )
}
