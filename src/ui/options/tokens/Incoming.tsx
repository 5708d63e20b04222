import type { IncomingToken } from '../../../domain/wallet.ts'
import { Amount } from '../../parts/Amount.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText } from '../../parts/times.ts'
import { say } from '../../parts/toasts.ts'
import { fromWords, incomingWords, tokenWords } from './strings.ts'

/** Tokens that came in and are not in the balance yet. */
export function Incoming({ tokens, now }: { tokens: readonly IncomingToken[]; now: number }) {
  const open = tokens.filter((token) => token.state !== 'redeemed')
  if (open.length === 0) return null
  return (
    <section class="card stack">
      <h2>{tokenWords.incoming}</h2>
      <p class="lead">{tokenWords.incomingText}</p>
      <ul class="rows">
        {open.map((token) => (
          <IncomingRow key={token.id} token={token} now={now} />
        ))}
      </ul>
    </section>
  )
}

const SIGN: Readonly<Record<IncomingToken['state'], string>> = { stored: '', redeeming: 'accent', redeemed: 'good', waiting: 'warn', refused: 'bad' }

function IncomingRow({ token, now }: { token: IncomingToken; now: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  const retry = async (trustMint: boolean): Promise<void> => {
    const done = await act.run(() => client.call('incoming.retry', { id: token.id, trustMint }))
    if (done !== undefined) say(`${amountPhrase(done.receivedMsat)} received.`)
  }
  return (
    <li data-testid="incoming-row" data-state={token.state}>
      <div class="line wordy">
        <div class="grow">
          <p class="name">
            <Amount msat={token.amountMsat} />
          </p>
          <p class="address">
            {fromWords[token.from]}, {agoText(token.at, now)} · {plainText(token.mint, 200)}
          </p>
          {token.problem !== null && <p class={token.state === 'refused' ? 'field-error' : 'hint'}>{plainText(token.problem, 300)}</p>}
        </div>
        <span class={`chip ${SIGN[token.state]}`}>{incomingWords[token.state]}</span>
        {token.state === 'waiting' && (
          <Button small kind="primary" busy={act.busy} onPress={() => void retry(true)} testId="incoming-trust">
            Trust this mint and receive
          </Button>
        )}
        {(token.state === 'stored' || token.state === 'refused') && (
          <Button small busy={act.busy} onPress={() => void retry(false)} testId="incoming-retry">
            Try again
          </Button>
        )}
      </div>
      <Problem facts={act.problem} />
    </li>
  )
}
