import { useState } from 'preact/hooks'
import type { RestoreProgress } from '../../../domain/backup.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct, useLive } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { RestoreState } from './RestoreState.tsx'
import { safetyWords } from './strings.ts'

/** The words and the mints to ask; then how far it is. */
export function Restore({ progress }: { progress: RestoreProgress | null }) {
  const open = progress !== null && (progress.state === 'running' || progress.state === 'failed')
  return (
    <section class="card stack" data-testid="restore-card">
      <h2>{safetyWords.restore}</h2>
      <p class="lead">{safetyWords.restoreText}</p>
      {progress?.from === 'words' && <RestoreState progress={progress} />}
      {open ? progress.from === 'file' && <p class="hint">{safetyWords.fileFirst}</p> : <RestoreForm />}
    </section>
  )
}

function RestoreForm() {
  const { client } = useSurroundings()
  const { value: wallet } = useLive('wallet.get', {})
  const [words, setWords] = useState('')
  const [typed, setTyped] = useState('')
  const [more, setMore] = useState<readonly string[]>([])
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [none, setNone] = useState(false)
  const finding = useAct()
  const starting = useAct()
  const known = [...new Set([...(wallet?.mints.map(({ mint }) => mint.url) ?? []), ...more])]
  const extra = typed.trim().replace(/\/+$/, '')
  const chosen = [...known.filter((url) => !left.has(url)), ...(extra !== '' && !known.includes(extra) ? [extra] : [])]

  const find = async (): Promise<void> => {
    const found = await finding.run(() => client.call('restore.findMints', { words }))
    if (found === undefined) return
    setNone(found.length === 0)
    setMore([...new Set([...more, ...found])])
  }
  const start = async (): Promise<void> => {
    if ((await starting.run(() => client.call('restore.start', { words, mints: chosen }))) === undefined) return
    setWords('')
    setTyped('')
  }
  return (
    <form
      class="stack sub"
      onSubmit={(event) => {
        event.preventDefault()
        if (words.trim() !== '' && chosen.length > 0) void start()
      }}
    >
      <div class="field">
        <label for="restore-words">{safetyWords.restoreWords}</label>
        <textarea
          id="restore-words"
          rows={3}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={400}
          value={words}
          data-testid="restore-words"
          aria-describedby="restore-words-hint"
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <p id="restore-words-hint" class="hint">
          {safetyWords.restoreWordsHint}
        </p>
      </div>
      <fieldset class="mint-choice">
        <legend>{safetyWords.restoreMints}</legend>
        {known.map((url) => (
          <label key={url}>
            <input
              type="checkbox"
              checked={!left.has(url)}
              onChange={(event) => setLeft(new Set(event.currentTarget.checked ? [...left].filter((other) => other !== url) : [...left, url]))}
            />
            <span class="cut">{url}</span>
          </label>
        ))}
        <Field
          label={safetyWords.addMint}
          value={typed}
          onInput={setTyped}
          placeholder="https://mint.example.com"
          maxLength={512}
          testId="restore-mint"
          hint={safetyWords.restoreMintsHint}
        />
        <div class="buttons">
          <Button small busy={finding.busy} disabled={words.trim() === ''} onPress={() => void find()} testId="restore-find">
            {safetyWords.findMints}
          </Button>
        </div>
        <div aria-live="polite">{none && <p class="hint">{safetyWords.foundNone}</p>}</div>
      </fieldset>
      <p class="hint">{safetyWords.restoreForeign}</p>
      <Problem facts={starting.problem ?? finding.problem} />
      <div class="buttons">
        <Button submit kind="primary" busy={starting.busy} disabled={words.trim() === '' || chosen.length === 0} testId="restore-start">
          {safetyWords.start}
        </Button>
      </div>
    </form>
  )
}
