import type { LockView } from '../../domain/lock.ts'
import { lockWords } from './strings.ts'
import { ConfirmButton } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'

/** Wallets that were put aside, e.g. because their passphrase was forgotten. */
export function WalletsAside({ wallets }: { wallets: LockView['setAside'] }) {
  const { client } = useSurroundings()
  const act = useAct()
  if (wallets.length === 0) return null
  return (
    <div class="stack" data-testid="wallets-aside">
      <h3>{lockWords.aside}</h3>
      <p class="hint">{lockWords.asideText}</p>
      <div class="rows">
        {wallets.map(({ id, at, protected: sealed }) => (
          <div key={id} class="spread" data-testid="wallet-aside">
            <span>
              {new Date(at).toLocaleString()} <span class="chip">{sealed ? 'with passphrase' : 'not encrypted'}</span>
            </span>
            <ConfirmButton
              small
              busy={act.busy}
              question={lockWords.openQuestion}
              confirm={lockWords.openConfirm}
              onConfirm={() => void act.run(() => client.call('lock.reopen', { id }))}
              testId="wallet-reopen"
            >
              {lockWords.open}
            </ConfirmButton>
          </div>
        ))}
      </div>
      <Problem facts={act.problem} />
    </div>
  )
}
