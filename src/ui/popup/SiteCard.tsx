import { Ban, Globe } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { Budget } from '../../domain/grant.ts'
import type { SiteView } from '../../messaging/ui-contract.ts'
import { LimitEditor } from '../limits/LimitEditor.tsx'
import { limitPhrase } from '../limits/limit-phrase.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase } from '../parts/amounts.ts'
import { Button, ConfirmButton } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Meter } from '../parts/Meter.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Site } from '../parts/Site.tsx'
import { useEnabledHere } from '../parts/site-access.ts'
import { say } from '../parts/toasts.ts'
import { untilText } from '../parts/times.ts'
import { popupWords } from './strings.ts'

/** The site of the tab in front: what it may spend and what it has. */
export function SiteCard({ origin, site, now }: { origin: string | null; site: SiteView | null; now: number }) {
  const { client, siteAccess } = useSurroundings()
  const enabledHere = useEnabledHere(origin)
  const [editing, setEditing] = useState(false)
  const act = useAct()
  if (origin === null && site === null) {
    return (
      <section class="card no-site" data-testid="site-card">
        <Globe size={18} />
        <p>{popupWords.noSite}</p>
      </section>
    )
  }
  const name = site?.origin ?? origin ?? ''
  if (!enabledHere) {
    return (
      <section class="card stack" data-testid="site-card" data-enabled="false">
        <Site origin={name} testId="site-origin" />
        <p class="muted small-text">{popupWords.off}</p>
        <div class="buttons site-buttons">
          <Button small onPress={() => void siteAccess.enable(name).then((yes) => yes && say(popupWords.switchedOn))} testId="enable-here">
            {popupWords.switchOn}
          </Button>
        </div>
      </section>
    )
  }
  const blocked = site?.blocked ?? false
  const budget = site?.budget ?? null
  const block = (to: boolean): void => {
    void act
      .run(() => client.call('sites.setBlocked', { origin: name, blocked: to }))
      .then((done) => {
        if (done === undefined) return
        if (to) say('The site is blocked.', () => block(false))
        else say('The site may ask again.')
      })
  }
  return (
    <section class="card stack" data-testid="site-card" data-blocked={blocked}>
      <div class="spread">
        <Site origin={name} testId="site-origin" />
        {blocked ? (
          <span class="chip bad">
            <Ban size={14} /> Blocked
          </span>
        ) : (
          budget === null && <span class="chip">No limit</span>
        )}
      </div>
      {blocked ? (
        <p class="muted small-text">{popupWords.blocked}</p>
      ) : budget === null ? (
        <p class="muted small-text">{popupWords.noLimit}</p>
      ) : (
        <BudgetBar budget={budget} now={now} />
      )}
      {editing && <LimitEditor origin={name} terms={budget?.grant ?? null} onDone={() => setEditing(false)} />}
      <Problem facts={act.problem} />
      {!editing && (
        <div class="buttons site-buttons">
          {blocked ? (
            <Button small onPress={() => block(false)} busy={act.busy} testId="unblock">
              {popupWords.unblock}
            </Button>
          ) : (
            <>
              <Button small onPress={() => setEditing(true)} testId="edit-limit">
                {budget === null ? popupWords.setLimit : popupWords.edit}
              </Button>
              {budget !== null && (
                <ConfirmButton
                  small
                  kind="quiet"
                  question={popupWords.revokeQuestion}
                  confirm={popupWords.revoke}
                  onConfirm={() => void act.run(() => client.call('sites.revoke', { origin: name }))}
                  testId="revoke"
                >
                  {popupWords.revoke}
                </ConfirmButton>
              )}
              <Button small kind="quiet" onPress={() => block(true)} busy={act.busy} testId="block">
                {popupWords.block}
              </Button>
            </>
          )}
        </div>
      )}
    </section>
  )
}

function BudgetBar({ budget, now }: { budget: Budget; now: number }) {
  const { grant } = budget
  return (
    <div class="budget">
      <p>
        <Amount msat={budget.spentMsat} testId="site-spent" /> <span class="muted">of {limitPhrase(grant)}</span>
      </p>
      <Meter used={budget.spentMsat} limit={grant.limitMsat} label="Used of the limit" />
      <p class="budget-facts muted small-text">
        <span>at most {amountPhrase(grant.maxPerRequestMsat)} per request</span>
        {budget.resetsAt !== null && <span>resets {untilText(budget.resetsAt, now)}</span>}
      </p>
      {budget.heldMsat > 0 && (
        <p class="muted small-text" data-testid="site-held">
          {amountPhrase(budget.heldMsat, 'about')} held for running requests
        </p>
      )}
    </div>
  )
}
