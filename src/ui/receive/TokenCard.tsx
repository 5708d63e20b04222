import { ShieldAlert, ShieldCheck } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { isBitcoin } from '../../domain/units.ts'
import type { TokenFacts } from '../../domain/wallet.ts'
import type { MintPreview } from '../../messaging/ui-contract.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { MintFacts } from '../parts/MintFacts.tsx'
import { Money } from '../parts/Money.tsx'
import { plainText } from '../parts/page-text.ts'
import { Problem } from '../parts/Problem.tsx'
import { receiveWords } from './strings.ts'

/** What a token says about itself, before anything is done with it. */
export function TokenCard({ facts }: { facts: TokenFacts }) {
  const { client } = useSurroundings()
  const [preview, setPreview] = useState<MintPreview | null>(null)
  const act = useAct()
  const memo = facts.memo === null ? '' : plainText(facts.memo, 200)
  const Shield = facts.mintTrusted ? ShieldCheck : ShieldAlert
  return (
    <div class="token-card" data-testid="token-facts" data-trusted={facts.mintTrusted}>
      <div class="spread">
        <span class="token-amount">
          <Money amount={facts.amount} unit={facts.unit} />
        </span>
        <span class={`chip ${facts.mintTrusted ? 'good' : 'warn'}`}>
          <Shield size={14} /> {facts.mintTrusted ? receiveWords.trusted : receiveWords.untrusted}
        </span>
      </div>
      <p class="mono muted token-mint">{plainText(facts.mint, 512)}</p>
      {memo !== '' && <p class="small-text">Memo: {memo}</p>}
      {!isBitcoin(facts.unit) && (
        <p class="small-text" data-testid="other-unit">
          {receiveWords.otherUnit}
        </p>
      )}
      {!facts.mintTrusted && (
        <>
          <p class="small-text muted">{receiveWords.untrustedHint}</p>
          {preview === null ? (
            <Button
              small
              busy={act.busy}
              onPress={() => void act.run(() => client.call('mints.preview', { url: facts.mint })).then((found) => found !== undefined && setPreview(found))}
            >
              {receiveWords.look}
            </Button>
          ) : (
            <MintFacts preview={preview} />
          )}
          <Problem facts={act.problem} />
        </>
      )}
    </div>
  )
}
