import { Landmark } from 'lucide-preact'
import type { MintBalance } from '../../../domain/wallet.ts'
import { Amount } from '../../parts/Amount.tsx'
import { ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { AddMint } from './AddMint.tsx'
import { tokenWords } from './strings.ts'

export function Mints({ mints }: { mints: readonly MintBalance[] }) {
  return (
    <section class="card stack">
      <h2>{tokenWords.mints}</h2>
      {mints.length === 0 ? (
        <Empty icon={Landmark} title={tokenWords.noMints}>
          {tokenWords.noMintsText}
        </Empty>
      ) : (
        <ul class="rows">
          {mints.map((mint) => (
            <MintRow key={mint.mint.url} balance={mint} />
          ))}
        </ul>
      )}
      <AddMint />
    </section>
  )
}

function MintRow({ balance }: { balance: MintBalance }) {
  const { client } = useSurroundings()
  const act = useAct()
  const { mint } = balance
  return (
    <li data-testid="mint-row">
      <div class="line">
        <div class="grow">
          <p class="name">{plainText(mint.name, 60) || mint.url}</p>
          <p class="address">{mint.url}</p>
        </div>
        <div class="mint-money">
          <p class="name">
            <Amount msat={balance.readyMsat} testId="mint-balance" />
          </p>
          <p class="muted small-text">
            {balance.notes === 1 ? '1 note' : `${balance.notes} notes`}
            {balance.pendingMsat > 0 && (
              <>
                , + <Amount msat={balance.pendingMsat} />
              </>
            )}
          </p>
        </div>
        <ConfirmButton
          small
          kind="quiet"
          busy={act.busy}
          question={tokenWords.removeQuestion}
          confirm={tokenWords.remove}
          label={`Remove ${plainText(mint.name, 60) || mint.url}`}
          onConfirm={() => void act.run(() => client.call('mints.remove', { url: mint.url }))}
          testId="mint-remove"
        >
          {tokenWords.remove}
        </ConfirmButton>
      </div>
      <Problem facts={act.problem} />
    </li>
  )
}
