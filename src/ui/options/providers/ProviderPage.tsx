import { ArrowLeft } from 'lucide-preact'
import type { ProviderPageView } from '../../../messaging/routes/market.ts'
import { Facts } from '../../parts/Facts.tsx'
import { useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText, momentText } from '../../parts/times.ts'
import { ReceiptItem } from '../../receipts/ReceiptItem.tsx'
import { MoneyThere } from './MoneyThere.tsx'
import { NotFunded } from './NotFunded.tsx'
import { PriceHistory } from './PriceHistory.tsx'
import { TrustParts } from './TrustParts.tsx'
import { YourWord } from './YourWord.tsx'
import { addressFacts, announcementFacts, dealings } from './provider-facts.tsx'
import { providerWords, sourceWords } from './strings.ts'
import './provider-page.css'

/** One provider: everything that is known about it, and where it was learned. */
export function ProviderPage({ id }: { id: string }) {
  const { value: view, problem, reload } = useLive('providers.get', { id })
  const now = useNow(30_000)
  if (view === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <p>
        <a class="link back-link" href="#/providers" data-testid="back-to-providers">
          <ArrowLeft size={16} /> {providerWords.back}
        </a>
      </p>
      {view === null ? <p class="muted">{providerWords.unknown}</p> : <Known view={view} now={now} />}
    </>
  )
}

function Known({ view, now }: { view: ProviderPageView; now: number }) {
  const { provider, profile, receipts } = view
  const about = plainText(provider.about, 500)
  return (
    <>
      <header class="stack provider-title" data-testid="provider-page">
        <h2>{plainText(provider.name, 80) || provider.url}</h2>
        <p class="address">{provider.url}</p>
        {about !== '' && <p class="lead">{about}</p>}
        {provider.problem !== null && <p class="field-error">{plainText(provider.problem, 300)}</p>}
        {!provider.blocked && <NotFunded providerId={provider.id} notFunded={view.notFunded} mismatches={view.mismatches} />}
        {view.identity === 'contradicted' && <p class="notice bad">{providerWords.contradicted}</p>}
        {view.withdrawn && <p class="notice warn">{providerWords.withdrawn}</p>}
      </header>
      <section class="card stack">
        <h3>{providerWords.standing}</h3>
        <p class="hint">{providerWords.standingHint(receipts.length)}</p>
        <Facts rows={dealings(view, now)} />
      </section>
      <section class="card">
        <TrustParts trust={view.trust} providerId={provider.id} />
      </section>
      <YourWord providerId={provider.id} spokenAs={view.spokenAs} now={now} />
      <PriceHistory view={view} now={now} />
      <MoneyThere sessions={view.sessions} now={now} />
      <section class="card stack">
        <h3>{providerWords.where}</h3>
        <Facts rows={addressFacts(view)} />
      </section>
      <section class="card stack" data-testid="provider-announcement">
        <h3>{providerWords.announcement}</h3>
        {view.announcement === null ? (
          <p class="muted">
            {providerWords.notAnnounced} {sourceWords[provider.source]}, <span title={momentText(view.firstSeenAt)}>{agoText(view.firstSeenAt, now)}</span>.
          </p>
        ) : (
          <Facts rows={announcementFacts(view, view.announcement, now)} />
        )}
        {profile !== null && (
          <>
            <h4>{providerWords.profile}</h4>
            <Facts
              rows={[
                ['Name', plainText(profile.name, 80) || '–'],
                ['About', plainText(profile.about, 300) || '–'],
                profile.website === '' ? null : ['Website', <span class="address">{plainText(profile.website, 200)}</span>],
                profile.picture === '' ? null : [providerWords.picture, <span class="address">{plainText(profile.picture, 200)}</span>],
                ['Event', <span class="mono address">{profile.eventId}</span>],
              ]}
            />
          </>
        )}
      </section>
      <section class="card activity">
        <h3>{providerWords.receipts}</h3>
        {receipts.length === 0 ? (
          <p class="muted">{providerWords.noReceipts}</p>
        ) : (
          <div class="rows">
            {receipts.map((receipt) => (
              <ReceiptItem key={receipt.id} receipt={receipt} now={now} testId="provider-receipt" />
            ))}
          </div>
        )}
      </section>
    </>
  )
}
