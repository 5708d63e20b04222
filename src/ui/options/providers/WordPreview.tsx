import type { UnsignedEvent, Word, WordDraft } from '../../../domain/word.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { wordWords } from './word-strings.ts'

interface Props {
  readonly draft: WordDraft
  readonly waitingAt: string | null
  readonly onDone: (word: Word | null) => void
}

/** The exact events and where they go, and the one button that publishes them. */
export function WordPreview({ draft, waitingAt, onDone }: Props) {
  const { client } = useSurroundings()
  const act = useAct()
  const takesBack = draft.events.every(({ kind }) => kind === 5)
  const publish = async (): Promise<void> => {
    const word = await act.run(() => client.call('words.publish', { draftId: draft.id }))
    if (word === undefined) return
    say(wordWords.published)
    onDone(word)
  }
  return (
    <div class="stack word-preview" data-testid="word-preview">
      <h4>{takesBack ? wordWords.withdrawTitle : wordWords.previewTitle}</h4>
      {draft.events.map((event, index) => (
        <pre key={event.kind} class="event-text" tabIndex={0} role="region" aria-label={`Event ${index + 1}, kind ${event.kind}`} data-testid="word-event">
          {eventText(event)}
        </pre>
      ))}
      {draft.relays.length === 0 ? (
        <p class="notice warn">{wordWords.noRelay}</p>
      ) : (
        <div>
          <p class="label">{wordWords.goesTo}</p>
          <ul class="fact-list" data-testid="word-relays">
            {draft.relays.map((relay) => (
              <li key={relay} class="mono address">
                {plainText(relay, 200)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p class="hint">{takesBack ? wordWords.deletes : wordWords.forever}</p>
      {act.busy && draft.by === 'signer' && <p class="notice">{wordWords.askSigner}</p>}
      {waitingAt !== null && (
        <p class="notice warn">
          <span>
            {wordWords.waiting}{' '}
            <a class="link" href={waitingAt} target="_blank" rel="noreferrer noopener">
              {plainText(waitingAt, 120)}
            </a>
          </span>
        </p>
      )}
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button kind="primary" busy={act.busy} disabled={draft.relays.length === 0} onPress={() => void publish()} testId="word-publish">
          {wordWords.publish}
        </Button>
        <Button kind="quiet" disabled={act.busy} onPress={() => onDone(null)} testId="word-cancel">
          {wordWords.cancel}
        </Button>
      </div>
    </div>
  )
}

/** JSON, a tag in a line. */
function eventText({ tags, ...rest }: UnsignedEvent): string {
  const lines = tags.map((tag) => `    ${JSON.stringify(tag)}`).join(',\n')
  return JSON.stringify({ ...rest, tags: [] }, null, 2).replace('"tags": []', () => `"tags": [\n${lines}\n  ]`)
}
