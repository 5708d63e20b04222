import { useState } from 'preact/hooks'
import type { Statement, Word, WordDraft } from '../../../domain/word.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { agoText, momentText } from '../../parts/times.ts'
import { WordPreview } from './WordPreview.tsx'
import { deliveryWords, verdictWords, wordWords } from './word-strings.ts'

/** A word that was said, what each relay did with it, and the ways on. */
export function WordItem({ word, waitingAt, now }: { word: Word; waitingAt: string | null; now: number }) {
  const { client } = useSurroundings()
  const [draft, setDraft] = useState<WordDraft | null>(null)
  const act = useAct()
  const { providerId, pubkey, said, withdrawal } = word
  const which = { providerId, pubkey }
  const at = (said[0]?.event.created_at ?? 0) * 1000
  const latest = withdrawal === null ? said : [withdrawal]
  const isWhole = latest.every(({ deliveries }) => deliveries.length > 0 && deliveries.every(({ result }) => result === 'kept'))
  const withdraw = async (): Promise<void> => {
    const found = await act.run(() => client.call('words.previewWithdrawal', which))
    if (found !== undefined) setDraft(found)
  }
  return (
    <div class="stack word" data-testid="word" data-verdict={word.verdict} data-withdrawn={withdrawal !== null}>
      <p class="spread">
        <span>
          You {verdictWords[word.verdict]} it <span title={momentText(at)}>{agoText(at, now)}</span>, with {word.by === 'signer' ? wordWords.ownKey : wordWords.throwAway}
        </span>
        {withdrawal !== null && <span class="chip">{wordWords.withdrawn}</span>}
      </p>
      {word.text !== '' && <blockquote class="word-text">{plainText(word.text, 1_000)}</blockquote>}
      {latest.map((statement) => (
        <Deliveries key={statement.event.id} statement={statement} />
      ))}
      {draft !== null ? (
        <WordPreview draft={draft} waitingAt={waitingAt} onDone={() => setDraft(null)} />
      ) : (
        <div class="buttons">
          {!isWhole && (
            <Button small busy={act.busy} onPress={() => void act.run(() => client.call('words.sendAgain', which))} testId="word-again">
              {wordWords.again}
            </Button>
          )}
          {withdrawal === null && (
            <Button small kind="quiet" busy={act.busy} onPress={() => void withdraw()} testId="word-withdraw">
              {wordWords.withdraw}
            </Button>
          )}
        </div>
      )}
      <Problem facts={act.problem} />
    </div>
  )
}

function Deliveries({ statement: { event, deliveries } }: { statement: Statement }) {
  return (
    <div>
      <p class="muted small-text mono address">
        kind {event.kind} · {event.id}
      </p>
      {deliveries.length === 0 && <p class="field-error">{wordWords.notSent}</p>}
      <ul class="rows">
        {deliveries.map(({ relay, result, why }) => (
          <li key={relay} class="line wordy" data-testid="delivery" data-result={result}>
            <span class="grow mono address">{plainText(relay, 200)}</span>
            {why !== '' && result !== 'kept' && <span class="muted small-text">{plainText(why, 120)}</span>}
            <span class={`chip ${result === 'kept' ? 'good' : 'warn'}`}>{deliveryWords[result]}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
