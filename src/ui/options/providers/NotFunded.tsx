import { ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { providerWords } from './strings.ts'

/** Why no money goes there, and the way back: what it owes has one of its own (Tokens), what it was wrong about can be forgiven. */
export function NotFunded({ providerId, notFunded, mismatches }: { providerId: string; notFunded: string | null; mismatches: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  if (notFunded === null) return mismatches > 0 ? <p class="notice warn">{providerWords.mismatchOnce}</p> : null
  return (
    <div class="notice bad" data-testid="not-funded">
      <div class="stack">
        <p>
          {providerWords.notFunded} {plainText(notFunded, 200)}.
        </p>
        {mismatches > 1 && (
          <div class="buttons">
            <ConfirmButton
              small
              busy={act.busy}
              question={providerWords.forgiveQuestion}
              confirm={providerWords.forgiveConfirm}
              testId="forgive"
              onConfirm={() => void act.run(() => client.call('providers.forgive', { id: providerId }))}
            >
              {providerWords.forgive}
            </ConfirmButton>
          </div>
        )}
        <Problem facts={act.problem} />
      </div>
    </div>
  )
}
