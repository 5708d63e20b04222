import { Ban, Globe } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { SiteView } from '../../../messaging/ui-contract.ts'
import { SiteLife } from '../../lives/LifeChoice.tsx'
import { lives } from '../../lives/strings.ts'
import { ProfileSelect } from '../../choosing/ProfileSelect.tsx'
import { choosingWords } from '../../choosing/strings.ts'
import { LimitEditor } from '../../limits/LimitEditor.tsx'
import { limitPhrase } from '../../limits/limit-phrase.ts'
import { Amount } from '../../parts/Amount.tsx'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button, ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Meter } from '../../parts/Meter.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { Site } from '../../parts/Site.tsx'
import { agoText, momentText, untilText } from '../../parts/times.ts'
import './sites.css'
import { SiteRules } from './SiteRules.tsx'
import { siteWords } from './strings.ts'

export function Sites() {
  const { value: sites, problem, reload } = useLive('sites.list', {})
  const now = useNow(30_000)
  if (sites === undefined) return problem === null ? <Loading rows={5} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <p class="lead">{siteWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      {sites.length === 0 ? (
        <section class="card">
          <Empty icon={Globe} title={siteWords.empty}>
            {siteWords.emptyText}
          </Empty>
        </section>
      ) : (
        <div class="card table-card">
          <table class="sites">
            <thead>
              <tr>
                <th scope="col">Site</th>
                <th scope="col">Limit</th>
                <th scope="col" class="number">
                  Spent
                </th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span class="only-spoken">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sites.map((site) => (
                <SiteRow key={site.origin} site={site} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function SiteRow({ site, now }: { site: SiteView; now: number }) {
  const { client } = useSurroundings()
  const { value: settings } = useLive('settings.get', {})
  const [editing, setEditing] = useState(false)
  const act = useAct()
  const { budget } = site
  return (
    <>
      <tr data-testid="site-row" data-origin={site.origin} data-blocked={site.blocked}>
        <td>
          <Site origin={site.origin} testId="site-origin" />
          {site.sessionLife !== null && <p class="muted small-text">Sessions: {lives[site.sessionLife].short}</p>}
        </td>
        <td data-label="Limit">
          {site.blocked ? (
            <span class="chip bad">
              <Ban size={14} /> Blocked
            </span>
          ) : budget === null ? (
            <span class="muted">{site.quietUntil === null ? siteWords.asks : `${siteWords.quiet} ${untilText(site.quietUntil, now)}`}</span>
          ) : (
            <div class="site-limit">
              <span>{limitPhrase(budget.grant)}</span>
              <Meter used={budget.spentMsat} limit={budget.grant.limitMsat} label={`Used of the limit of ${site.origin}`} />
              <span class="muted small-text">
                {amountPhrase(budget.spentMsat)} used{budget.resetsAt !== null && `, resets ${untilText(budget.resetsAt, now)}`}
              </span>
            </div>
          )}
        </td>
        <td class="number" data-label="Spent">
          <Amount msat={site.spentMsat} testId="site-spent" />
        </td>
        <td data-label="Last used">
          <span class="muted" title={site.lastUsedAt === 0 ? undefined : momentText(site.lastUsedAt)}>
            {site.lastUsedAt === 0 ? siteWords.never : agoText(site.lastUsedAt, now)}
          </span>
        </td>
        <td class="site-actions">
          <div class="line-end">
            {!site.blocked && (
              <Button
                small
                onPress={() => setEditing(!editing)}
                testId="edit-limit"
                label={`${budget === null ? 'Set a limit' : 'Edit limit'} for ${site.origin}`}
              >
                {budget === null ? 'Set a limit' : 'Edit'}
              </Button>
            )}
            {budget !== null && !site.blocked && (
              <ConfirmButton
                small
                kind="quiet"
                busy={act.busy}
                question={siteWords.revokeQuestion}
                confirm={siteWords.revoke}
                onConfirm={() => void act.run(() => client.call('sites.revoke', { origin: site.origin }))}
                testId="revoke"
              >
                {siteWords.revoke}
              </ConfirmButton>
            )}
            <Button
              small
              kind="quiet"
              busy={act.busy}
              onPress={() => void act.run(() => client.call('sites.setBlocked', { origin: site.origin, blocked: !site.blocked }))}
              testId={site.blocked ? 'unblock' : 'block'}
            >
              {site.blocked ? 'Unblock' : 'Block'}
            </Button>
          </div>
        </td>
      </tr>
      {(editing || act.problem !== null) && (
        <tr class="site-edit">
          <td colSpan={5}>
            {editing && (
              <div class="stack">
                <LimitEditor origin={site.origin} terms={budget?.grant ?? null} onDone={() => setEditing(false)} />
                <SiteLife
                  value={site.sessionLife}
                  forAll={settings?.sessionLife ?? 'site'}
                  busy={act.busy}
                  onChoose={(life) => void act.run(() => client.call('sites.setSessionLife', { origin: site.origin, life }))}
                />
                <SiteRules site={site} act={act} />
                <div class="field site-life">
                  <span>{choosingWords.counts}</span>
                  <ProfileSelect
                    label={`What counts for ${site.origin}`}
                    value={site.profile}
                    optional
                    disabled={act.busy}
                    onChange={(profile) => void act.run(() => client.call('sites.setProfile', { origin: site.origin, profile }))}
                    testId="site-profile"
                  />
                </div>
              </div>
            )}
            <Problem facts={act.problem} />
          </td>
        </tr>
      )}
    </>
  )
}
