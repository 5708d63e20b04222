import { Landmark } from 'lucide-preact'
import type { MintBalance } from '../../../domain/wallet.ts'
import { Empty } from '../../parts/Empty.tsx'
import { AddMint } from './AddMint.tsx'
import { MintRow } from './MintRow.tsx'
import { mintWords } from './mint-words.ts'

export function Mints({ mints, now }: { mints: readonly MintBalance[]; now: number }) {
  const trusted = mints.filter((mint) => mint.trusted)
  const others = mints.filter((mint) => !mint.trusted)
  return (
    <section class="card stack" data-testid="mints">
      <h2>{mintWords.title}</h2>
      {trusted.length === 0 ? (
        <Empty icon={Landmark} title={mintWords.none}>
          {mintWords.noneText}
        </Empty>
      ) : (
        <ul class="rows">
          {trusted.map((mint) => (
            <MintRow key={mint.mint.url} balance={mint} now={now} />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <div class="stack sub" data-testid="untrusted-mints">
          <h3>{mintWords.others}</h3>
          <p class="lead">{mintWords.othersText}</p>
          <ul class="rows">
            {others.map((mint) => (
              <MintRow key={mint.mint.url} balance={mint} now={now} />
            ))}
          </ul>
        </div>
      )}
      <AddMint own={trusted.length} />
    </section>
  )
}
