import { CircleAlert, CircleCheck, LoaderCircle, type LucideIcon } from 'lucide-preact'
import type { RestoredMint, RestoreProgress, UnitAmount } from '../../../domain/backup.ts'
import { unitText } from '../../../domain/units.ts'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { safetyWords } from './strings.ts'

/** What was found so far, mint by mint. Stays to be read when it is over. */
export function RestoreState({ progress }: { progress: RestoreProgress }) {
  const { client } = useSurroundings()
  const act = useAct()
  const running = progress.state === 'running'
  return (
    <div class="token-card stack" data-testid="restore-state" data-state={progress.state}>
      <h3>{safetyWords.restoreStates[progress.state]}</h3>
      {running && <p class="hint">{safetyWords.goesOn}</p>}
      <ul class="rows" aria-live="polite">
        {progress.mints.map((mint) => (
          <MintLine key={mint.url} mint={mint} running={running} />
        ))}
      </ul>
      <Problem facts={act.problem} />
      {(running || progress.state === 'failed') && (
        <div class="buttons">
          {progress.state === 'failed' && (
            <Button small kind="primary" busy={act.busy} onPress={() => void act.run(() => client.call('restore.continue', {}))} testId="restore-continue">
              {safetyWords.again}
            </Button>
          )}
          <ConfirmButton
            small
            kind="quiet"
            question={safetyWords.cancelQuestion}
            confirm="Stop"
            onConfirm={() => void act.run(() => client.call('restore.cancel', {}))}
            testId="restore-cancel"
          >
            {safetyWords.cancel}
          </ConfirmButton>
        </div>
      )}
    </div>
  )
}

function MintLine({ mint, running }: { mint: RestoredMint; running: boolean }) {
  const [Sign, sign] = signOf(mint, running)
  return (
    <li class="restore-mint" data-testid="restore-mint-row" data-state={mint.state}>
      <Sign size={17} class={sign} />
      <div class="grow">
        <p class="cut">{mint.url}</p>
        <p class="hint">
          {mint.found.length > 0 ? <strong data-testid="restore-found">{amounts(mint.found)}</strong> : mint.state === 'done' ? safetyWords.nothingFound : null}
          {mint.pending.length > 0 && <>, {amounts(mint.pending)} in a payment the mint has not finished: restore again later</>}
          {mint.unproven > 0 && <>; {mint.unproven} signatures could not be proven and do not count</>}
        </p>
        {mint.state === 'asking' && running && (
          <progress class="meter" max={Math.max(1, mint.keysets)} value={mint.keysetsDone} aria-label={`${mint.keysetsDone} of ${mint.keysets} keysets`} />
        )}
        {mint.problem !== null && <p class="field-error">{plainText(mint.problem, 300)}</p>}
      </div>
    </li>
  )
}

function signOf(mint: RestoredMint, running: boolean): [LucideIcon, string] {
  if (mint.state === 'done') return [CircleCheck, 'good-sign']
  if (mint.problem !== null || !running) return [CircleAlert, 'warn-sign']
  return [LoaderCircle, 'spin']
}

function amounts(found: readonly UnitAmount[]): string {
  return found.map(({ amount, unit }) => unitText(amount, unit)).join(', ')
}
