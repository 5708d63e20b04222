import { useState } from 'preact/hooks'
import type { WordsView } from '../../../messaging/routes/words.ts'
import { PastedField } from '../../lightning/PastedField.tsx'
import { ConfirmButton } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Facts } from '../../parts/Facts.tsx'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { momentText } from '../../parts/times.ts'
import { WordItem } from './WordItem.tsx'
import './words.css'
import { signerWords, wordWords } from './word-strings.ts'

/** Everything the user has said of providers, and the signer that signs it. */
export function YourWords() {
  const { value: view, problem, reload } = useLive('words.list', {})
  const now = useNow(30_000)
  if (view === undefined) return problem === null ? <Loading rows={4} /> : <Problem facts={problem} onRetry={reload} />
  return (
    <>
      <p class="lead">{wordWords.listLead}</p>
      {view.words.length === 0 && <p class="muted">{wordWords.none}</p>}
      {view.words.map((word) => (
        <section key={`${word.pubkey} ${word.providerId}`} class="card stack">
          <h2 class="word-title">
            <a class="provider-link" href={`#/providers/${encodeURIComponent(word.providerId)}`}>
              {plainText(view.names[word.providerId] ?? word.providerId, 80)}
            </a>
          </h2>
          <WordItem word={word} waitingAt={view.waitingAt} now={now} />
        </section>
      ))}
      <SignerCard view={view} />
    </>
  )
}

function SignerCard({ view: { signer, waitingAt } }: { view: WordsView }) {
  const { client } = useSurroundings()
  const [uri, setUri] = useState('')
  const act = useAct()
  const connect = async (text: string): Promise<void> => {
    if ((await act.run(() => client.call('signer.connect', { uri: text.trim() }))) === undefined) return
    // it may hold a secret: it stays nowhere on the screen
    setUri('')
  }
  return (
    <section class="card stack" data-testid="signer" data-connected={signer !== null}>
      <h2>{signerWords.title}</h2>
      <p class="lead">{signerWords.lead}</p>
      {signer === null ? (
        <>
          <PastedField
            label={signerWords.uri}
            placeholder="bunker://…"
            hint={signerWords.uriHint}
            value={uri}
            secret
            go={signerWords.connect}
            scan={signerWords.scan}
            check={(found) => (/^bunker:/i.test(found.trim()) ? null : signerWords.notOne)}
            busy={act.busy}
            onInput={(text) => {
              setUri(text)
              act.clear()
            }}
            onGo={(text) => void connect(text)}
            testId="signer-uri"
          />
          {act.busy && <p class="notice">{wordWords.askSigner}</p>}
          {waitingAt !== null && (
            <p class="notice warn">
              <a class="link" href={waitingAt} target="_blank" rel="noreferrer noopener">
                {wordWords.waiting} {plainText(waitingAt, 120)}
              </a>
            </p>
          )}
          <p class="hint">{signerWords.extension}</p>
        </>
      ) : (
        <>
          <Facts
            rows={[
              ['Key', <span class="mono address">{signer.npub}</span>],
              ['Reached over', <span class="mono address">{signer.relays.join(', ')}</span>],
              [signerWords.connected, momentText(signer.connectedAt)],
            ]}
          />
          <div class="buttons">
            <ConfirmButton
              small
              kind="quiet"
              question={signerWords.disconnectQuestion}
              confirm={signerWords.forget}
              busy={act.busy}
              onConfirm={() => void act.run(() => client.call('signer.disconnect', {}))}
              testId="signer-forget"
            >
              {signerWords.disconnect}
            </ConfirmButton>
          </div>
        </>
      )}
      <Problem facts={act.problem} />
    </section>
  )
}
