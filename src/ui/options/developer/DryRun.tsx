import { Play } from 'lucide-preact'
import { useId, useState } from 'preact/hooks'
import type { DryRun as Outcome } from '../../../domain/dry-run.ts'
import { amountPhrase } from '../../parts/amounts.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Facts } from '../../parts/Facts.tsx'
import { useAct, useLive } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { siteLabel } from '../../parts/site-name.ts'
import { dryRunWords, EXAMPLES } from './dry-run-strings.ts'
import { PlanTable } from './PlanTable.tsx'
import { reasonWords } from './timeline-strings.ts'
import './timeline.css'

/** What would happen to a request, without asking anybody or moving anything. */
export function DryRun() {
  const { client } = useSurroundings()
  const sites = useLive('sites.list', {}).value ?? []
  const [origin, setOrigin] = useState('')
  const [example, setExample] = useState<string>(EXAMPLES[0].path)
  const [path, setPath] = useState<string>(EXAMPLES[0].path)
  const [body, setBody] = useState<string>(EXAMPLES[0].body)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const act = useAct()
  const id = useId()

  const pick = (chosen: string): void => {
    const found = EXAMPLES.find((one) => one.path === chosen)
    if (found === undefined) return
    setExample(found.path)
    setPath(found.path)
    setBody(found.body)
  }
  const run = async (): Promise<void> => {
    setOutcome(null)
    const result = await act.run(() => client.call('dryrun.preview', { origin: origin === '' ? null : origin, path: path.trim(), body }))
    if (result !== undefined) setOutcome(result)
  }
  return (
    <form
      class="stack"
      data-testid="dry-run"
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      <p class="lead">{dryRunWords.lead}</p>
      <div class="pair">
        <div class="field">
          <label for={`${id}-site`}>{dryRunWords.site}</label>
          <select id={`${id}-site`} value={origin} onChange={(event) => setOrigin(event.currentTarget.value)} data-testid="dry-site">
            <option value="">{dryRunWords.newSite}</option>
            {sites.map((site) => (
              <option key={site.origin} value={site.origin}>
                {siteLabel(site.origin)}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for={`${id}-example`}>{dryRunWords.example}</label>
          <select id={`${id}-example`} value={example} onChange={(event) => pick(event.currentTarget.value)} data-testid="dry-example">
            {EXAMPLES.map((one) => (
              <option key={one.path} value={one.path}>
                {one.title}
              </option>
            ))}
          </select>
        </div>
      </div>
      <div class="field">
        <label for={`${id}-path`}>{dryRunWords.path}</label>
        <div class="input">
          <input id={`${id}-path`} value={path} maxLength={200} spellcheck={false} autocomplete="off" onInput={(event) => setPath(event.currentTarget.value)} data-testid="dry-path" />
        </div>
      </div>
      <div class="field">
        <label for={`${id}-body`}>{dryRunWords.body}</label>
        <textarea id={`${id}-body`} class="dry-body" rows={7} spellcheck={false} value={body} onInput={(event) => setBody(event.currentTarget.value)} data-testid="dry-body" />
      </div>
      <div>
        <Button kind="primary" icon={Play} submit busy={act.busy} disabled={body.trim() === '' || path.trim() === ''} testId="dry-run-go">
          {dryRunWords.go}
        </Button>
      </div>
      <div aria-live="polite">{outcome !== null && <OutcomeView outcome={outcome} />}</div>
      <Problem facts={act.problem} />
    </form>
  )
}

function OutcomeView({ outcome }: { outcome: Outcome }) {
  const { first, question, refusal, remainingMsat } = outcome
  return (
    <div class="timeline-body stack" data-testid="dry-outcome" data-refusal={refusal?.code} data-question={question ?? undefined}>
      {refusal !== null ? (
        <p class="bad-text">
          {dryRunWords.refused(refusal.code)} {plainText(refusal.message, 400)}
        </p>
      ) : (
        <p>{question === null ? dryRunWords.noQuestion : dryRunWords.question(reasonWords[question])}</p>
      )}
      <Facts
        rows={[
          first === null ? null : ['Asked first', `${plainText(first.providerName, 60)} · ${plainText(first.model, 80)}`],
          first === null ? null : ['Expected', amountPhrase(first.expectedMsat)],
          first === null ? null : ['Set aside of the limit', amountPhrase(first.holdMsat)],
          ['Left of the limit', remainingMsat === null ? 'no limit yet' : amountPhrase(remainingMsat)],
          first === null
            ? null
            : ['Session', first.sessionFreeMsat === null ? `a new one, with at least ${amountPhrase(first.leastMsat)}` : `the one that is there, ${amountPhrase(first.sessionFreeMsat)} free`],
          first === null ? null : ['Mint', plainText(first.mint, 120)],
          outcome.addedMaxTokens === null ? null : ['max_tokens put in', String(outcome.addedMaxTokens)],
        ]}
      />
      {outcome.models.map((model) => (
        <PlanTable key={model.model} planned={model} />
      ))}
      <p class="muted">{dryRunWords.nothing}</p>
    </div>
  )
}
