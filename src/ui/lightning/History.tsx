import { ArrowDownLeft, ArrowLeftRight, ArrowUpRight } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { TopUp, Withdrawal } from '../../domain/lightning.ts'
import { fromSat } from '../../domain/msat.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Amount } from '../parts/Amount.tsx'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { useAct } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { agoText } from '../parts/times.ts'
import { say } from '../parts/toasts.ts'
import { useRate } from './Fiat.tsx'
import { mintName } from './MintChoice.tsx'
import { historyWords, topUpStates, topUpWords, withdrawalStates } from './strings.ts'
import { TopUpView } from './TopUpView.tsx'
import { PaymentDetails } from './WithdrawalView.tsx'

const FEW = 6
const TOP_UP_SIGN: Readonly<Record<TopUp['state'], string>> = { waiting: 'warn', paid: 'accent', minting: 'accent', done: 'good', expired: '' }
const WITHDRAWAL_SIGN: Readonly<Record<Withdrawal['state'], string>> = { quoted: '', requested: 'accent', pending: 'accent', paid: 'good', failed: 'bad' }

/** Everything that came and went over Lightning, newest first; what is open can be looked at again. */
export function History({ lightning, mints, now }: { lightning: UiOutput<'lightning.get'>; mints: readonly MintBalance[]; now: number }) {
  const [all, setAll] = useState(false)
  // a move is two rows and one thing: its payment tells both
  const rows = [
    ...lightning.topUps
      .filter(({ withdrawalId }) => withdrawalId === null)
      .map((topUp) => ({ at: topUp.createdAt, row: <TopUpRow key={topUp.id} topUp={topUp} mints={mints} now={now} /> })),
    ...lightning.withdrawals
      .filter(({ state }) => state !== 'quoted')
      .map((withdrawal) => ({
        at: withdrawal.createdAt,
        row: (
          <WithdrawalRow
            key={withdrawal.id}
            withdrawal={withdrawal}
            arriving={lightning.topUps.find(({ id }) => id === withdrawal.topUpId)}
            mints={mints}
            now={now}
          />
        ),
      })),
  ].sort((a, b) => b.at - a.at)
  if (rows.length === 0) return null
  return (
    <section class="card stack" data-testid="lightning-history">
      <h2>{historyWords.title}</h2>
      <ul class="rows">{rows.slice(0, all ? rows.length : FEW).map(({ row }) => row)}</ul>
      {rows.length > FEW && (
        <div>
          <Button small kind="quiet" onPress={() => setAll(!all)}>
            {all ? historyWords.less : historyWords.more}
          </Button>
        </div>
      )}
    </section>
  )
}

function TopUpRow({ topUp, mints, now }: { topUp: TopUp; mints: readonly MintBalance[]; now: number }) {
  const { client } = useSurroundings()
  const rate = useRate()
  const [shown, setShown] = useState(false)
  const act = useAct()
  const forget = async (): Promise<void> => {
    if ((await act.run(() => client.call('topups.forget', { id: topUp.id }))) !== undefined) say(topUpWords.forgotten)
  }
  return (
    <li data-testid="top-up-row" data-state={topUp.state}>
      <div class="line wordy">
        <ArrowDownLeft size={18} class="muted" />
        <div class="grow">
          <p class="name">
            <Amount msat={fromSat(topUp.amountSat)} />
          </p>
          <p class="address">
            {historyWords.topUp} {historyWords.by[topUp.payer]}, {agoText(topUp.createdAt, now)} · {mintName(mints, topUp.mint)}
          </p>
          {topUp.problem !== null && <p class="hint">{plainText(topUp.problem, 300)}</p>}
        </div>
        <span class={`chip ${TOP_UP_SIGN[topUp.state]}`}>{topUpStates[topUp.state]}</span>
        {topUp.state === 'waiting' && (
          <Button small kind="quiet" onPress={() => setShown(true)} testId="top-up-show">
            {historyWords.show}
          </Button>
        )}
        {(topUp.state === 'waiting' || topUp.state === 'expired') && (
          <Button small kind="quiet" busy={act.busy} onPress={() => void forget()} testId="top-up-forget">
            {topUpWords.check}
          </Button>
        )}
      </div>
      <Problem facts={act.problem} />
      {shown && (
        <Dialog title={topUpWords.title} onClose={() => setShown(false)}>
          <TopUpView topUp={topUp} mints={mints} rate={rate} onAnother={() => setShown(false)} />
        </Dialog>
      )}
    </li>
  )
}

function WithdrawalRow({
  withdrawal,
  arriving,
  mints,
  now,
}: {
  withdrawal: Withdrawal
  arriving: TopUp | undefined
  mints: readonly MintBalance[]
  now: number
}) {
  const isMove = withdrawal.topUpId !== null
  const payee = plainText(withdrawal.payee, 100)
  const Sign = isMove ? ArrowLeftRight : ArrowUpRight
  const isArriving = isMove && withdrawal.state === 'paid' && arriving !== undefined && arriving.state !== 'done'
  return (
    <li data-testid={isMove ? 'move-row' : 'withdrawal-row'} data-state={isArriving ? arriving.state : withdrawal.state}>
      <div class="line wordy">
        <Sign size={18} class="muted" />
        <div class="grow">
          <p class="name">
            <Amount msat={fromSat(withdrawal.amountSat)} />
          </p>
          <p class="address">
            {isMove
              ? `${historyWords.move}, ${agoText(withdrawal.createdAt, now)} · ${mintName(mints, withdrawal.mint)} → ${arriving === undefined ? '?' : mintName(mints, arriving.mint)}`
              : `${historyWords.payment}${payee === '' ? '' : ` “${payee}”`}, ${agoText(withdrawal.createdAt, now)} · ${mintName(mints, withdrawal.mint)}`}
          </p>
          {withdrawal.problem !== null && <p class="hint">{plainText(withdrawal.problem, 300)}</p>}
          {!isMove && <PaymentDetails withdrawal={withdrawal} />}
        </div>
        {withdrawal.feeSat !== null && (
          <span class="muted small-text">
            fee <Amount msat={fromSat(withdrawal.feeSat)} />
          </span>
        )}
        <span class={`chip ${isArriving ? 'accent' : WITHDRAWAL_SIGN[withdrawal.state]}`}>
          {isArriving ? topUpStates[arriving.state] : withdrawalStates[withdrawal.state]}
        </span>
      </div>
    </li>
  )
}
