import { useState } from 'preact/hooks'
import type { SentToken } from '../../../domain/wallet.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Dialog } from '../../parts/Dialog.tsx'
import { useAct } from '../../parts/live.ts'
import { Money, moneyPhrase } from '../../parts/Money.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText } from '../../parts/times.ts'
import { say } from '../../parts/toasts.ts'
import { TokenToGive } from '../../send/TokenToGive.tsx'
import { sentWords, tokenWords } from './strings.ts'

export function Sent({ tokens, now }: { tokens: readonly SentToken[]; now: number }) {
  return (
    <section class="card stack">
      <h2>{tokenWords.sent}</h2>
      {tokens.length === 0 ? (
        <p class="muted">{tokenWords.noSent}</p>
      ) : (
        <ul class="rows">
          {tokens.map((token) => (
            <SentRow key={token.operationId} token={token} now={now} />
          ))}
        </ul>
      )}
    </section>
  )
}

const SIGN: Readonly<Record<SentToken['state'], string>> = { pending: 'warn', claimed: 'good', 'taking back': 'accent', 'taken back': '' }

function SentRow({ token, now }: { token: SentToken; now: number }) {
  const { client } = useSurroundings()
  const [shown, setShown] = useState(false)
  const act = useAct()
  const memo = token.memo === null ? '' : plainText(token.memo, 120)
  const takeBack = async (): Promise<void> => {
    const done = await act.run(() => client.call('tokens.takeBack', { operationId: token.operationId }))
    if (done !== undefined) say(`${moneyPhrase(done.received, done.unit)} taken back.`)
  }
  return (
    <li data-testid="sent-row" data-state={token.state}>
      <div class="line wordy">
        <div class="grow">
          <p class="name">
            <Money amount={token.amount} unit={token.unit} />
          </p>
          <p class="address">
            {agoText(token.at, now)}
            {memo !== '' && ` · ${memo}`} · {plainText(token.mint, 200)}
          </p>
        </div>
        <span class={`chip ${SIGN[token.state]}`}>{sentWords[token.state]}</span>
        {token.state === 'pending' && (
          <span class="line-end">
            <Button small kind="quiet" onPress={() => setShown(true)} testId="show-token">
              {tokenWords.show}
            </Button>
            <Button small busy={act.busy} onPress={() => void takeBack()} testId="take-back">
              {tokenWords.takeBack}
            </Button>
          </span>
        )}
      </div>
      <Problem facts={act.problem} />
      {shown && (
        <Dialog title={`Token of ${moneyPhrase(token.amount, token.unit)}`} onClose={() => setShown(false)}>
          <TokenToGive token={token.token} />
        </Dialog>
      )}
    </li>
  )
}
