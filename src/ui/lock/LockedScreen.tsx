import { Lock } from 'lucide-preact'
import './lock.css'
import { ConfirmButton } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct, useLive } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { lockWords } from './strings.ts'
import { UnlockForm } from './UnlockForm.tsx'
import { WalletsAside } from './WalletsAside.tsx'

/** In place of everything that needs the wallet. @param small in the popup: the way out of a forgotten passphrase is in the settings */
export function LockedScreen({ small = false }: { small?: boolean }) {
  const { openOptions } = useSurroundings()
  return (
    <section class={`card locked${small ? ' small' : ''}`} data-testid="locked">
      <Lock class="locked-sign" size={small ? 28 : 36} />
      <h2>{lockWords.title}</h2>
      <p class="muted">{lockWords.text}</p>
      <UnlockForm />
      {small ? (
        <button type="button" class="link small-text" onClick={() => openOptions()}>
          {lockWords.inSettings}
        </button>
      ) : (
        <Forgotten />
      )}
    </section>
  )
}

function Forgotten() {
  const { client } = useSurroundings()
  const act = useAct()
  const { value: view } = useLive('lock.get', {})
  return (
    <details class="forgotten" data-testid="lock-forgot">
      <summary>{lockWords.forgot}</summary>
      <div class="stack">
        <p class="muted">{lockWords.forgotText}</p>
        <ConfirmButton
          kind="danger"
          small
          busy={act.busy}
          question={lockWords.startOverQuestion}
          confirm={lockWords.startOverConfirm}
          onConfirm={() => void act.run(() => client.call('lock.startOver', { confirm: true }))}
          testId="lock-start-over"
        >
          {lockWords.startOver}
        </ConfirmButton>
        <Problem facts={act.problem} />
        {view !== undefined && <WalletsAside wallets={view.setAside} />}
      </div>
    </details>
  )
}
