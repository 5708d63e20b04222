import { House } from 'lucide-preact'
import type { SessionView } from '../../../messaging/ui-contract.ts'
import { Amount } from '../../parts/Amount.tsx'
import { BringHome } from '../../parts/BringHome.tsx'
import { plainText } from '../../parts/page-text.ts'
import { siteLabel } from '../../parts/site-name.ts'
import { agoText, momentText } from '../../parts/times.ts'
import { sessionWords, tokenWords } from './strings.ts'

/** Sessions with money in them or in question. */
export function Sessions({ sessions, now }: { sessions: readonly SessionView[]; now: number }) {
  // what is owed has its own list
  const shown = sessions.filter(({ session, owing }) => !owing && session.state !== 'closed' && session.state !== 'cancelled')
  return (
    <section class="card stack">
      <h2>{tokenWords.providers}</h2>
      <p class="lead">{shown.length === 0 ? tokenWords.noSessions : tokenWords.providersText}</p>
      {shown.length > 0 && (
        <>
          <ul class="rows">
            {shown.map((view) => (
              <SessionRow key={view.session.id} view={view} now={now} />
            ))}
          </ul>
          <BringHome icon={House} disabled={false} />
        </>
      )}
    </section>
  )
}

function SessionRow({ view: { session, leftMsat }, now }: { view: SessionView; now: number }) {
  const lost = session.state === 'lost'
  return (
    <li class="line wordy" data-testid="session-row" data-state={session.state}>
      <div class="grow">
        <p class="name">{plainText(session.providerName, 60) || session.providerUrl}</p>
        <p class="address">
          {session.life === 'provider' ? (
            'for all sites, '
          ) : (
            <>
              for {session.life === 'request' && 'one request of '}
              <bdi>{siteLabel(session.origin)}</bdi>,{' '}
            </>
          )}
          {session.invoice !== undefined && 'by its invoice, '}
          <span title={momentText(session.createdAt)}>since {agoText(session.createdAt, now)}</span>
        </p>
        {session.problem !== null && <p class="field-error">{plainText(session.problem, 300)}</p>}
      </div>
      <span class={`chip ${lost ? 'bad' : session.state === 'open' ? 'accent' : ''}`}>{sessionWords[session.state]}</span>
      <div class="session-money">
        <p class="name">
          <Amount msat={leftMsat} />
        </p>
        <p class="muted small-text">left there</p>
      </div>
    </li>
  )
}
