import { PlugZap } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { ConnectedWallet as Connected } from '../../domain/lightning.ts'
import type { MintBalance } from '../../domain/wallet.ts'
import { Amount } from '../parts/Amount.tsx'
import { ConfirmButton } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { Facts } from '../parts/Facts.tsx'
import { useAct, useLive } from '../parts/live.ts'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { say } from '../parts/toasts.ts'
import { Fiat, useRate } from './Fiat.tsx'
import { PastedField } from './PastedField.tsx'
import { RefillForm } from './RefillForm.tsx'
import { walletWords } from './strings.ts'
import './lightning.css'

/** The user's own Lightning wallet: connect it, see it, let it refill, let it go. */
export function ConnectedWallet({ mints }: { mints: readonly MintBalance[] }) {
  const { value: wallet, problem, reload } = useLive('nwc.get', {})
  return (
    <section class="card stack" data-testid="connected-wallet" data-connected={wallet != null}>
      <div class="card-head">
        <h2>{walletWords.title}</h2>
        {wallet != null && (
          <span class="chip good">
            <PlugZap size={14} /> {walletWords.connected}
          </span>
        )}
      </div>
      <Problem facts={problem} onRetry={reload} />
      {wallet === null && <Connect onDone={reload} />}
      {wallet != null && <Wallet wallet={wallet} mints={mints.filter(({ trusted }) => trusted)} onChange={reload} />}
    </section>
  )
}

function Connect({ onDone }: { onDone: () => void }) {
  const { client } = useSurroundings()
  const [uri, setUri] = useState('')
  const act = useAct()
  const connect = async (text: string): Promise<void> => {
    if ((await act.run(() => client.call('nwc.connect', { uri: text.trim() }))) === undefined) return
    // the secret stays nowhere on the screen
    setUri('')
    say('Your wallet is connected.')
    onDone()
  }
  return (
    <div class="stack">
      <p class="lead">{walletWords.lead}</p>
      <PastedField
        label={walletWords.label}
        placeholder={walletWords.placeholder}
        hint={walletWords.hint}
        value={uri}
        secret
        go={walletWords.connect}
        scan={walletWords.scan}
        check={(found) => (/^nostr\+?wallet-?connect:/i.test(found.trim()) ? null : walletWords.scanned)}
        busy={act.busy}
        onInput={(text) => {
          setUri(text)
          act.clear()
        }}
        onGo={(text) => void connect(text)}
        testId="nwc-uri"
      />
      <Problem facts={act.problem} />
    </div>
  )
}

function Wallet({ wallet, mints, onChange }: { wallet: Connected; mints: readonly MintBalance[]; onChange: () => void }) {
  const { client } = useSurroundings()
  const rate = useRate()
  const act = useAct()
  const disconnect = async (): Promise<void> => {
    if ((await act.run(() => client.call('nwc.disconnect', {}))) !== undefined) onChange()
  }
  return (
    <>
      <Facts
        rows={[
          [
            walletWords.balance,
            wallet.balanceMsat === null ? (
              walletWords.unknown
            ) : (
              <>
                <Amount msat={wallet.balanceMsat} precision="whole" testId="nwc-balance" /> <Fiat msat={wallet.balanceMsat} rate={rate} />
              </>
            ),
          ],
          [walletWords.over, plainText(wallet.relay.replace(/^wss?:\/\//, ''), 80)],
          [
            walletWords.service,
            <span class="mono">
              {wallet.service.slice(0, 8)}…{wallet.service.slice(-8)}
            </span>,
          ],
        ]}
      />
      {wallet.problem !== null && (
        <p class="notice warn" role="status" data-testid="nwc-problem">
          {plainText(wallet.problem, 400)}
        </p>
      )}
      <RefillForm wallet={wallet} mints={mints} />
      <Problem facts={act.problem} />
      <div>
        <ConfirmButton
          small
          kind="quiet"
          busy={act.busy}
          question={walletWords.disconnectQuestion}
          confirm={walletWords.disconnect}
          onConfirm={() => void disconnect()}
          testId="nwc-disconnect"
        >
          {walletWords.disconnect}
        </ConfirmButton>
      </div>
    </>
  )
}
