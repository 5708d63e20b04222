import { addMsat } from '../../../domain/msat.ts'
import { ConnectedWallet } from '../../lightning/ConnectedWallet.tsx'
import { Fiat, useRate } from '../../lightning/Fiat.tsx'
import { History } from '../../lightning/History.tsx'
import { Amount } from '../../parts/Amount.tsx'
import { useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { BackupReminder } from './BackupReminder.tsx'
import { Debts } from './Debts.tsx'
import { Incoming } from './Incoming.tsx'
import { Mints } from './Mints.tsx'
import { MoneyTabs } from './MoneyTabs.tsx'
import { Sent } from './Sent.tsx'
import { Sessions } from './Sessions.tsx'
import { tokenWords } from './strings.ts'
import './tokens.css'

const NOTHING = { topUps: [], withdrawals: [] }

export function Tokens() {
  const { value: wallet, problem, reload } = useLive('wallet.get', {})
  const { value: lightning = NOTHING } = useLive('lightning.get', {})
  const rate = useRate()
  const now = useNow(30_000)
  if (wallet === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const trusted = wallet.mints.filter((mint) => mint.trusted)
  const ready = addMsat(...trusted.map((mint) => mint.readyMsat))
  const pending = addMsat(...trusted.map((mint) => mint.pendingMsat))
  return (
    <>
      <Problem facts={problem} onRetry={reload} />
      <section class="total" aria-label={tokenWords.total}>
        <p class="total-number">
          <Amount msat={ready} precision="whole" testId="balance" /> <Fiat msat={ready} rate={rate} />
        </p>
        <p class="muted">
          {tokenWords.total}
          {pending > 0 && (
            <>
              , and <Amount msat={pending} /> on the way
            </>
          )}
        </p>
      </section>
      <BackupReminder />
      <MoneyTabs mints={wallet.mints} lightning={lightning} />
      <Incoming tokens={wallet.incoming} mints={wallet.mints} now={now} />
      <History lightning={lightning} mints={wallet.mints} now={now} />
      <Mints mints={wallet.mints} now={now} />
      <ConnectedWallet mints={wallet.mints} />
      <Debts sessions={wallet.sessions} now={now} />
      <Sessions sessions={wallet.sessions} now={now} />
      <Sent tokens={wallet.sent} now={now} />
    </>
  )
}
