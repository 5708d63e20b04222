import { useState } from 'preact/hooks'
import type { GrantTerms } from '../../domain/approval.ts'
import { fromSat } from '../../domain/msat.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { say } from '../parts/toasts.ts'
import { LimitFields } from './LimitFields.tsx'
import { draftOf, readDraft } from './limit-draft.ts'
import { limitWords } from './strings.ts'

const STARTING: GrantTerms = { period: 'day', limitMsat: fromSat(1000), maxPerRequestMsat: fromSat(100) }

/** Changes what a site may spend, in place. */
export function LimitEditor({ origin, terms, onDone }: { origin: string; terms: GrantTerms | null; onDone: () => void }) {
  const { client } = useSurroundings()
  const [draft, setDraft] = useState(() => draftOf(terms ?? STARTING))
  const act = useAct()
  const reading = readDraft(draft)
  const save = async (): Promise<void> => {
    const next = reading.terms
    if (next === null) return
    const done = await act.run(() => client.call('sites.setGrant', { origin, terms: next }))
    if (done === undefined) return
    say(limitWords.saved)
    onDone()
  }
  return (
    <form
      class="stack limit-editor"
      data-testid="limit-editor"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={(event) => event.key === 'Escape' && onDone()}
    >
      <LimitFields draft={draft} reading={reading} onChange={setDraft} />
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button kind="primary" small submit busy={act.busy} disabled={reading.terms === null} testId="limit-save">
          {limitWords.save}
        </Button>
        <Button kind="quiet" small onPress={onDone} testId="limit-cancel">
          {limitWords.cancel}
        </Button>
      </div>
    </form>
  )
}
