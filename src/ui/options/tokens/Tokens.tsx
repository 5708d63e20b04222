import { addMsat } from '../../../domain/msat.ts'
import { Amount } from '../../parts/Amount.tsx'
import { useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { ReceiveForm } from '../../receive/ReceiveForm.tsx'
import { receiveWords } from '../../receive/strings.ts'
import { SendForm } from '../../send/SendForm.tsx'
import { sendWords } from '../../send/strings.ts'
import { Backup } from './Backup.tsx'
import { Incoming } from './Incoming.tsx'
import { Mints } from './Mints.tsx'
import { Sent } from './Sent.tsx'
import { Sessions } from './Sessions.tsx'
import { tokenWords } from './strings.ts'
import './tokens.css'

export function Tokens() {
  const { value: wallet, problem, reload } = useLive('wallet.get', {})
  const now = useNow(30_000)
  if (wallet === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const ready = addMsat(...wallet.mints.map((mint) => mint.readyMsat))
  const pending = addMsat(...wallet.mints.map((mint) => mint.pendingMsat))
  return (
    <>
      <Problem facts={problem} onRetry={reload} />
      <section class="total" aria-label={tokenWords.total}>
        <p class="total-number">
          <Amount msat={ready} precision="whole" testId="balance" />
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
      <div class="pair">
        <section class="card stack">
          <h2>{receiveWords.title}</h2>
          <ReceiveForm />
        </section>
        <section class="card stack">
          <h2>{sendWords.title}</h2>
          <SendForm mints={wallet.mints} />
        </section>
      </div>
      <Incoming tokens={wallet.incoming} now={now} />
      <Mints mints={wallet.mints} />
      <Sessions sessions={wallet.sessions} now={now} />
      <Sent tokens={wallet.sent} now={now} />
      <Backup />
    </>
  )
}
