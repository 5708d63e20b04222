import { addMsat } from '../../../domain/msat.ts'
import type { SessionView } from '../../../messaging/ui-contract.ts'
import { Amount } from '../../parts/Amount.tsx'
import { plainText } from '../../parts/page-text.ts'
import { siteLabel } from '../../parts/site-name.ts'
import { agoText, momentText } from '../../parts/times.ts'
import { sessionWords } from '../tokens/strings.ts'
import { providerWords } from './strings.ts'

/** What it holds of ours, or owes us. */
export function MoneyThere({ sessions, now }: { sessions: readonly SessionView[]; now: number }) {
  return (
    <section class="card stack" data-testid="provider-money">
      <h3>{providerWords.money}</h3>
      {sessions.length === 0 ? (
        <p class="muted">{providerWords.noMoney}</p>
      ) : (
        <>
          <p class="name">
            <Amount msat={addMsat(...sessions.map(({ leftMsat }) => leftMsat))} /> <span class="muted">{providerWords.inAll}</span>
          </p>
          <ul class="rows">
            {sessions.map(({ session, leftMsat }) => (
              <li key={session.id} class="line wordy">
                <div class="grow">
                  <p class="address">
                    for <bdi>{siteLabel(session.origin)}</bdi>, <span title={momentText(session.createdAt)}>since {agoText(session.createdAt, now)}</span>
                  </p>
                  {session.problem !== null && <p class="field-error">{plainText(session.problem, 300)}</p>}
                </div>
                <span class={`chip ${session.state === 'lost' ? 'bad' : ''}`}>{sessionWords[session.state]}</span>
                <Amount msat={leftMsat} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
