import { ThumbsUp, TriangleAlert } from 'lucide-preact'
import { useId, useState } from 'preact/hooks'
import type { SignedBy, Verdict, WordDraft } from '../../../domain/word.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { WordItem } from './WordItem.tsx'
import { WordPreview } from './WordPreview.tsx'
import './words.css'
import { wordWords } from './word-strings.ts'

/** What the user says of this provider to everybody: what was said, and how to say it. */
export function YourWord({ providerId, spokenAs, now }: { providerId: string; spokenAs: string | null; now: number }) {
  const { value: view, problem, reload } = useLive('words.list', {})
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const said = (view?.words ?? []).filter((word) => word.providerId === spokenAs)
  return (
    <section class="card stack" data-testid="your-word">
      <h3>{wordWords.title}</h3>
      <p class="hint">{spokenAs === null ? wordWords.notAnnounced : wordWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      {said.map((word) => (
        <WordItem key={word.pubkey} word={word} waitingAt={view?.waitingAt ?? null} now={now} />
      ))}
      {spokenAs !== null && verdict === null && (
        <div class="buttons">
          {/* whose key signs is read first */}
          <Button icon={ThumbsUp} small disabled={view === undefined} onPress={() => setVerdict('recommend')} testId="word-recommend">
            {wordWords.recommend}
          </Button>
          <Button icon={TriangleAlert} small disabled={view === undefined} onPress={() => setVerdict('warn')} testId="word-warn">
            {wordWords.warn}
          </Button>
        </div>
      )}
      {verdict !== null && (
        <Saying
          providerId={providerId}
          verdict={verdict}
          hasSigner={view?.signer !== undefined && view.signer !== null}
          waitingAt={view?.waitingAt ?? null}
          onDone={() => setVerdict(null)}
        />
      )}
    </section>
  )
}

interface SayingProps {
  readonly providerId: string
  readonly verdict: Verdict
  readonly hasSigner: boolean
  readonly waitingAt: string | null
  readonly onDone: () => void
}

function Saying({ providerId, verdict, hasSigner, waitingAt, onDone }: SayingProps) {
  const { client } = useSurroundings()
  const id = useId()
  const [text, setText] = useState('')
  const [by, setBy] = useState<SignedBy>(hasSigner ? 'signer' : 'throw-away')
  const [audit, setAudit] = useState(false)
  const [draft, setDraft] = useState<WordDraft | null>(null)
  const act = useAct()
  const look = async (): Promise<void> => {
    const found = await act.run(() => client.call('words.preview', { providerId, verdict, text, by, audit }))
    if (found !== undefined) setDraft(found)
  }
  if (draft !== null) return <WordPreview draft={draft} waitingAt={waitingAt} onDone={(word) => (word === null ? setDraft(null) : onDone())} />
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void look()
      }}
    >
      <h4>{verdict === 'recommend' ? wordWords.recommend : wordWords.warn}</h4>
      <div class="field">
        <label for={id}>{wordWords.reason}</label>
        <textarea id={id} rows={3} maxLength={1_000} value={text} data-testid="word-text" onInput={(event) => setText(event.currentTarget.value)} />
        <p class="hint">{wordWords.reasonHint}</p>
      </div>
      <fieldset class="word-signer">
        <legend class="label">{wordWords.signedBy}</legend>
        <Signer by="throw-away" chosen={by} onChoose={setBy} title={wordWords.throwAway} hint={wordWords.throwAwayHint} />
        <Signer by="signer" chosen={by} onChoose={setBy} title={wordWords.ownKey} hint={hasSigner ? wordWords.ownKeyHint : wordWords.noSigner} disabled={!hasSigner} />
      </fieldset>
      <label class="word-choice">
        <input type="checkbox" checked={audit} data-testid="word-audit" onChange={(event) => setAudit(event.currentTarget.checked)} />
        <span>
          {wordWords.audit}
          <span class="hint word-hint">{wordWords.auditHint}</span>
        </span>
      </label>
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button kind="primary" submit busy={act.busy} testId="word-look">
          {wordWords.look}
        </Button>
        <Button kind="quiet" disabled={act.busy} onPress={onDone}>
          {wordWords.cancel}
        </Button>
      </div>
    </form>
  )
}

interface SignerProps {
  readonly by: SignedBy
  readonly chosen: SignedBy
  readonly onChoose: (by: SignedBy) => void
  readonly title: string
  readonly hint: string
  readonly disabled?: boolean
}

function Signer({ by, chosen, onChoose, title, hint, disabled = false }: SignerProps) {
  return (
    <label class="word-choice">
      <input type="radio" name="signed-by" checked={by === chosen} disabled={disabled} data-testid={`by-${by}`} onChange={() => onChoose(by)} />
      <span>
        {title}
        <span class="hint word-hint">{hint}</span>
      </span>
    </label>
  )
}
