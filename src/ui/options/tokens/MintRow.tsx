import { useEffect, useState } from 'preact/hooks'
import type { MintBalance, MintHealth } from '../../../domain/wallet.ts'
import type { MintPreview } from '../../../messaging/ui-contract.ts'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { type Act, useAct } from '../../parts/live.ts'
import { MintFacts } from '../../parts/MintFacts.tsx'
import { Money } from '../../parts/Money.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText, spanText } from '../../parts/times.ts'
import { say } from '../../parts/toasts.ts'
import { mintWords } from './mint-words.ts'

/** A mint that is trusted, or holds money all the same: what lies there, how it is, and what can be done about it. */
export function MintRow({ balance, now }: { balance: MintBalance; now: number }) {
  const { client } = useSurroundings()
  const [health, setHealth] = useState<MintHealth | null>(null)
  const [facts, setFacts] = useState<MintPreview | null>(null)
  const asking = useAct()
  const looking = useAct()
  const act = useAct()
  const { url } = balance.mint
  const name = plainText(balance.mint.name, 60) || plainText(url, 200)
  const check = async (): Promise<void> => {
    const found = await asking.run(() => client.call('mints.check', { url }))
    if (found !== undefined) setHealth(found)
  }
  // whoever opens the room wants to know; afterwards only when asked
  useEffect(() => void check(), [url])
  const look = async (): Promise<void> => {
    const found = await looking.run(() => client.call('mints.preview', { url }))
    if (found !== undefined) setFacts(found)
  }
  const motd = plainText(health?.motd ?? '', 300)
  return (
    <li class="mint" data-testid="mint-row" data-trusted={balance.trusted}>
      <div class="line wordy">
        <div class="grow">
          <p class="name">{name}</p>
          {name !== plainText(url, 200) && <p class="address">{plainText(url, 200)}</p>}
        </div>
        <Accounts balance={balance} />
      </div>
      <div class="mint-foot">
        <Health health={health} busy={asking.busy} now={now} />
        <span class="line-end">
          <Button small kind="quiet" busy={asking.busy} onPress={() => void check()} label={`${mintWords.check} ${name}`} testId="mint-check">
            {mintWords.check}
          </Button>
          <Actions balance={balance} name={name} act={act} />
        </span>
      </div>
      {motd !== '' && facts === null && (
        <p class="notice warn mint-motd" data-testid="mint-row-motd">
          <span class="notice-body">The mint says: “{motd}”</span>
        </p>
      )}
      <details class="more" data-testid="mint-details" onToggle={(event) => event.currentTarget.open && facts === null && void look()}>
        <summary>{mintWords.details}</summary>
        {facts !== null && <MintFacts preview={facts} withName={false} />}
        {looking.busy && <p class="hint">{mintWords.asking}</p>}
        <Problem facts={looking.problem} />
      </details>
      <Problem facts={act.problem ?? asking.problem} />
    </li>
  )
}

/** Removing is for empty mints; one with money can only stop being trusted. */
function Actions({ balance: { mint, trusted, accounts }, name, act }: { balance: MintBalance; name: string; act: Act }) {
  const { client } = useSurroundings()
  const { url } = mint
  if (!trusted) {
    const trust = async (): Promise<void> => {
      if ((await act.run(() => client.call('mints.add', { url }))) !== undefined) say(mintWords.trustedNow)
    }
    return (
      <Button small busy={act.busy} onPress={() => void trust()} label={`${mintWords.trustAgain}: ${name}`} testId="mint-trust-again">
        {mintWords.trustAgain}
      </Button>
    )
  }
  const isEmpty = accounts.every(({ ready, pending }) => ready + pending === 0)
  const [route, question, word] = isEmpty
    ? (['mints.remove', mintWords.removeQuestion, mintWords.remove] as const)
    : (['mints.distrust', mintWords.distrustQuestion, mintWords.distrust] as const)
  return (
    <ConfirmButton
      key={route}
      small
      kind="quiet"
      busy={act.busy}
      question={question}
      confirm={word}
      label={`${word}: ${name}`}
      onConfirm={() => void act.run(() => client.call(route, { url }))}
      testId={isEmpty ? 'mint-remove' : 'mint-distrust'}
    >
      {word}
    </ConfirmButton>
  )
}

/** One line per unit; units are in no common sum, except that sat and msat are both bitcoin. */
function Accounts({ balance: { accounts, notes } }: { balance: MintBalance }) {
  const shown = accounts.length === 0 ? [{ unit: 'sat', ready: 0, pending: 0, notes: 0 }] : accounts
  return (
    <ul class="mint-money" aria-label={notes === 1 ? '1 note' : `${notes} notes`}>
      {shown.map((account) => (
        <li key={account.unit} data-testid="mint-account" data-unit={plainText(account.unit, 12)}>
          <p class="name">
            <Money amount={account.ready} unit={account.unit} testId={account.unit === 'sat' ? 'mint-balance' : undefined} />
          </p>
          <p class="muted small-text">
            {account.unit === 'msat' ? `${mintWords.inMsat}, ` : ''}
            {account.notes === 1 ? '1 note' : `${account.notes} notes`}
            {account.pending > 0 && (
              <>
                , + <Money amount={account.pending} unit={account.unit} />
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}

function Health({ health, busy, now }: { health: MintHealth | null; busy: boolean; now: number }) {
  if (health === null) return <p class="muted small-text grow">{busy ? mintWords.asking : mintWords.notAsked}</p>
  const isWell = health.answeredInMs !== null
  return (
    <p class={`small-text grow ${isWell ? 'muted' : 'field-error'}`} data-testid="mint-health" data-well={isWell} role="status">
      {health.answeredInMs !== null
        ? `${mintWords.answered} ${spanText(health.answeredInMs)}, ${agoText(health.checkedAt, now)}`
        : `${plainText(health.problem ?? mintWords.noAnswer, 300)} (${agoText(health.checkedAt, now)})`}
    </p>
  )
}
