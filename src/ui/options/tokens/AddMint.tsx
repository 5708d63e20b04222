import { ShieldCheck } from 'lucide-preact'
import { useEffect, useState } from 'preact/hooks'
import type { MintPreview, UiOutput } from '../../../messaging/ui-contract.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct } from '../../parts/live.ts'
import { MintFacts } from '../../parts/MintFacts.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { mintWords } from './mint-words.ts'
import '../../receive/receive.css'

/** Address (typed, or of a mint that providers take) → who the mint says it is → trust. @param own how many are trusted */
export function AddMint({ own }: { own: number }) {
  const { client } = useSurroundings()
  const [url, setUrl] = useState('')
  const [preview, setPreview] = useState<MintPreview | null>(null)
  const asking = useAct()
  const trusting = useAct()
  const suggestions = useSuggestions(own)
  const ask = async (asked: string): Promise<void> => {
    setPreview(null)
    trusting.clear()
    const found = await asking.run(() => client.call('mints.preview', { url: asked }))
    if (found !== undefined) setPreview(found)
  }
  const trust = async (mint: string): Promise<void> => {
    if ((await trusting.run(() => client.call('mints.add', { url: mint }))) === undefined) return
    setPreview(null)
    setUrl('')
    say(mintWords.trustedNow)
  }
  return (
    <div class="stack sub">
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          void ask(url.trim())
        }}
      >
        <Field
          label={mintWords.add}
          value={url}
          onInput={(value) => {
            setUrl(value)
            setPreview(null)
          }}
          placeholder="https://mint.example.com"
          maxLength={512}
          testId="mint-url"
        />
        <Button submit busy={asking.busy} disabled={url.trim() === ''} testId="mint-ask">
          {mintWords.ask}
        </Button>
      </form>
      {preview === null && asking.problem === null && <p class="hint">{mintWords.addHint}</p>}
      <Problem facts={asking.problem ?? trusting.problem} />
      {preview !== null && (
        <div class="token-card" data-testid="mint-found">
          <p class="mono muted token-mint">{plainText(preview.url, 512)}</p>
          <MintFacts preview={preview} />
          {preview.trusted ? (
            <p class="chip good">
              <ShieldCheck size={14} /> {mintWords.alreadyTrusted}
            </p>
          ) : (
            <>
              <p class="small-text muted">{mintWords.trustText}</p>
              <Button kind="primary" busy={trusting.busy} onPress={() => void trust(preview.url)} testId="mint-trust">
                {mintWords.trust}
              </Button>
            </>
          )}
        </div>
      )}
      {suggestions.length > 0 && (
        <div class="stack" data-testid="mint-suggestions">
          <h3>{mintWords.suggestions}</h3>
          <p class="hint">{mintWords.suggestionsText}</p>
          <ul class="rows">
            {suggestions.map(({ url: suggested, providers }) => (
              <li key={suggested} class="line wordy" data-testid="mint-suggestion">
                <span class="grow mono token-mint">{plainText(suggested, 200)}</span>
                <span class="muted small-text">{mintWords.takenBy(providers)}</span>
                <Button
                  small
                  disabled={asking.busy}
                  label={`${mintWords.look}: ${plainText(suggested, 200)}`}
                  onPress={() => {
                    setUrl(suggested)
                    void ask(suggested)
                  }}
                  testId="mint-look"
                >
                  {mintWords.look}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** Read when the list of mints has changed, not after every change of anything: reading it counts as being used. */
function useSuggestions(own: number): UiOutput<'mints.suggestions'> {
  const { client } = useSurroundings()
  const [found, setFound] = useState<UiOutput<'mints.suggestions'>>([])
  useEffect(() => {
    let gone = false
    client.call('mints.suggestions', {}).then(
      (suggestions) => !gone && setFound(suggestions),
      // without suggestions an address can be typed all the same
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [client, own])
  return found
}
