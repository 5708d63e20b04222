import { ChevronDown, WalletMinimal } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { ProviderView } from '../../../messaging/ui-contract.ts'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText } from '../../parts/times.ts'
import { Models } from './Models.tsx'
import { NotFunded } from './NotFunded.tsx'
import { standing } from './provider-state.ts'
import { TrustParts } from './TrustParts.tsx'
import { providerWords, sourceWords } from './strings.ts'

export function ProviderCard({ view, filter, now }: { view: ProviderView; filter: string; now: number }) {
  const { client } = useSurroundings()
  const [open, setOpen] = useState(false)
  const act = useAct()
  const { provider, models, payable, notFunded, mismatches } = view
  const { word, tone } = standing(view)
  const about = plainText(provider.about, 240)
  const name = plainText(provider.name, 80) || provider.url
  const count = models.length === 1 ? '1 model' : `${models.length} models`
  return (
    <li class="card stack provider" data-testid="provider-row" data-url={provider.url} data-blocked={provider.blocked} data-payable={payable}>
      <div class="provider-head">
        <div class="grow">
          <h2>
            <a class="provider-link" href={`#/providers/${encodeURIComponent(provider.id)}`} data-testid="provider-link">
              {name}
            </a>
          </h2>
          <p class="address">{provider.url}</p>
        </div>
        <span class="line-end">
          {!payable && !provider.blocked && (
            <span class="chip warn" title={providerWords.noMint}>
              <WalletMinimal size={14} /> By invoice only
            </span>
          )}
          <span class={`chip ${tone}`} data-testid="provider-state">
            {word}
          </span>
        </span>
      </div>
      {!provider.blocked && <NotFunded providerId={provider.id} notFunded={notFunded} mismatches={mismatches} />}
      {about !== '' && <p class="lead">{about}</p>}
      {provider.problem !== null && <p class="field-error">{plainText(provider.problem, 300)}</p>}
      {!payable && !provider.blocked && <p class="hint">{providerWords.noMint}</p>}
      <TrustParts trust={view.trust} providerId={provider.id} />
      <div class="muted small-text">
        <p>
          {sourceWords[provider.source]}
          {provider.version !== '' && ` · version ${plainText(provider.version, 30)}`}
          {provider.seenAt !== null && ` · answered ${agoText(provider.seenAt, now)}`}
        </p>
        <p class="provider-mints">Mints: {provider.mints.length === 0 ? 'none named' : provider.mints.map((mint) => plainText(mint, 120)).join(', ')}</p>
      </div>
      <div class="spread provider-foot">
        <button
          type="button"
          class="link models-link"
          aria-expanded={open}
          disabled={models.length === 0}
          data-testid="provider-models"
          onClick={() => setOpen(!open)}
        >
          {count} <ChevronDown size={16} />
        </button>
        <span class="line-end">
          <ConfirmButton
            small
            kind="quiet"
            busy={act.busy}
            question="Remove it? It may be found again."
            confirm="Remove"
            label={`Remove ${name}`}
            onConfirm={() => void act.run(() => client.call('providers.remove', { id: provider.id }))}
            testId="provider-remove"
          >
            Remove
          </ConfirmButton>
          <Button
            small
            busy={act.busy}
            label={`${provider.blocked ? 'Unblock' : 'Block'} ${name}`}
            onPress={() => void act.run(() => client.call('providers.setBlocked', { id: provider.id, blocked: !provider.blocked }))}
            testId={provider.blocked ? 'unblock' : 'block'}
          >
            {provider.blocked ? 'Unblock' : 'Block'}
          </Button>
        </span>
      </div>
      <Problem facts={act.problem} />
      {(open || filter.trim() !== '') && models.length > 0 && <Models models={models} filter={filter} />}
    </li>
  )
}
