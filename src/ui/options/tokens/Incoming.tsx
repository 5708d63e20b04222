import { useState } from 'preact/hooks'
import type { IncomingToken, MintBalance } from '../../../domain/wallet.ts'
import { MintChoice } from '../../lightning/MintChoice.tsx'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Money, moneyPhrase } from '../../parts/Money.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText } from '../../parts/times.ts'
import { say } from '../../parts/toasts.ts'
import { fromWords, incomingWords, tokenWords } from './strings.ts'

/** Tokens that came in and are not in the balance yet. */
export function Incoming({ tokens, mints, now }: { tokens: readonly IncomingToken[]; mints: readonly MintBalance[]; now: number }) {
  const open = tokens.filter((token) => token.state !== 'redeemed')
  if (open.length === 0) return null
  return (
    <section class="card stack">
      <h2>{tokenWords.incoming}</h2>
      <p class="lead">{tokenWords.incomingText}</p>
      <ul class="rows">
        {open.map((token) => (
          <IncomingRow key={token.id} token={token} mints={mints.filter(({ trusted }) => trusted)} now={now} />
        ))}
      </ul>
    </section>
  )
}

const SIGN: Readonly<Record<IncomingToken['state'], string>> = { stored: '', redeeming: 'accent', redeemed: 'good', waiting: 'warn', refused: 'bad' }

function IncomingRow({ token, mints, now }: { token: IncomingToken; mints: readonly MintBalance[]; now: number }) {
  const { client } = useSurroundings()
  const act = useAct()
  const retry = async (trustMint: boolean): Promise<void> => {
    const done = await act.run(() => client.call('incoming.retry', { id: token.id, trustMint }))
    if (done !== undefined) say(`${moneyPhrase(done.received, done.unit)} received.`)
  }
  return (
    <li data-testid="incoming-row" data-state={token.state}>
      <div class="line wordy">
        <div class="grow">
          <p class="name">
            <Money amount={token.amount} unit={token.unit} />
          </p>
          <p class="address">
            {fromWords[token.from]}, {agoText(token.at, now)} · {plainText(token.mint, 200)}
          </p>
          {token.problem !== null && <p class={token.state === 'refused' ? 'field-error' : 'hint'}>{plainText(token.problem, 300)}</p>}
        </div>
        <span class={`chip ${SIGN[token.state]}`}>{incomingWords[token.state]}</span>
        {token.state === 'waiting' && (
          <Button small kind="primary" busy={act.busy} onPress={() => void retry(true)} testId="incoming-trust">
            {tokenWords.trustAndReceive}
          </Button>
        )}
        {(token.state === 'stored' || token.state === 'refused') && (
          <Button small busy={act.busy} onPress={() => void retry(false)} testId="incoming-retry">
            Try again
          </Button>
        )}
      </div>
      {token.state === 'waiting' && token.unit === 'sat' && mints.length > 0 && <SwapToMine token={token} mints={mints} />}
      <Problem facts={act.problem} />
    </li>
  )
}

/** The other way than trust: its worth moves to a mint of the user's choice. */
function SwapToMine({ token, mints }: { token: IncomingToken; mints: readonly MintBalance[] }) {
  const { client } = useSurroundings()
  const [chosen, setChosen] = useState<string | null>(null)
  const act = useAct()
  const to = mints.find(({ mint }) => mint.url === chosen) ?? mints[0]
  if (to === undefined) return null
  const swap = async (): Promise<void> => {
    if ((await act.run(() => client.call('moves.fromToken', { incomingId: token.id, to: to.mint.url }))) !== undefined) say(tokenWords.swapping)
  }
  return (
    <div class="stack swap-to-mine">
      <div class="inline-form">
        <MintChoice label={tokenWords.swapTo} mints={mints} value={to.mint.url} onChange={setChosen} testId="incoming-swap-mint" />
        <Button busy={act.busy} onPress={() => void swap()} testId="incoming-swap">
          {tokenWords.swap}
        </Button>
      </div>
      <p class="hint">{tokenWords.swapHint}</p>
      <Problem facts={act.problem} />
    </div>
  )
}
