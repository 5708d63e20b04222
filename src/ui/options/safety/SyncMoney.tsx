import type { ElsewhereAmount, SyncView } from '../../../domain/backup.ts'
import { Amount } from '../../parts/Amount.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Money } from '../../parts/Money.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { syncWords } from './sync-strings.ts'

/** What the other browsers hold, by mint, and the way to bring it here. */
export function SyncMoney({ sync }: { sync: SyncView }) {
  const { client } = useSurroundings()
  const act = useAct()
  const bring = async (mint: string | null): Promise<void> => {
    const brought = await act.run(() => client.call('sync.bringHere', { mint }))
    if (brought !== undefined) say(`${amountPhrase(brought.broughtMsat)} came here, before the mints’ fees.`)
  }
  if (sync.elsewhere.length === 0)
    return (
      <p class="hint" data-testid="sync-nothing">
        {syncWords.nothing}
      </p>
    )
  const untrusted = [...new Set(sync.elsewhere.filter(({ trusted }) => !trusted).map(({ mint }) => mint))]
  return (
    <div class="stack" data-testid="sync-elsewhere">
      <h3>
        {syncWords.elsewhere}: <Amount msat={sync.elsewhereMsat} testId="sync-elsewhere-amount" />
      </h3>
      <ul class="rows">
        {sync.elsewhere.map((row) => (
          <Row key={`${row.unit} ${row.mint}`} row={row} />
        ))}
      </ul>
      {sync.elsewhere.some(({ trusted }) => trusted) && (
        <div class="buttons">
          <ConfirmButton
            kind="primary"
            busy={act.busy}
            question={syncWords.bringQuestion}
            confirm={syncWords.bringConfirm}
            onConfirm={() => void bring(null)}
            testId="sync-bring"
          >
            {syncWords.bring}
          </ConfirmButton>
        </div>
      )}
      {untrusted.map((mint) => (
        <div key={mint} class="notice">
          <div class="notice-body stack">
            <p>
              <span class="address">{plainText(mint, 200)}</span>: {syncWords.untrusted}
            </p>
            <div class="buttons">
              <ConfirmButton
                small
                busy={act.busy}
                question={syncWords.bringQuestion}
                confirm={syncWords.bringConfirm}
                onConfirm={() => void bring(mint)}
                testId="sync-trust"
              >
                {syncWords.bringTrust}
              </ConfirmButton>
            </div>
          </div>
        </div>
      ))}
      <p class="hint">{syncWords.taken}</p>
      <Problem facts={act.problem} />
    </div>
  )
}

function Row({ row }: { row: ElsewhereAmount }) {
  return (
    <li class="relay">
      <span class="grow address">{plainText(row.mint, 200)}</span>
      <Money amount={row.amount} unit={row.unit} />
    </li>
  )
}
