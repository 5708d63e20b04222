import { ShieldCheck } from 'lucide-preact'
import { useState } from 'preact/hooks'
import type { MintPreview } from '../../../messaging/ui-contract.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct } from '../../parts/live.ts'
import { MintFacts } from '../../parts/MintFacts.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { tokenWords } from './strings.ts'
import '../../receive/receive.css'

/** Address → who the mint says it is → trust. */
export function AddMint() {
  const { client } = useSurroundings()
  const [url, setUrl] = useState('')
  const [preview, setPreview] = useState<MintPreview | null>(null)
  const asking = useAct()
  const trusting = useAct()
  const ask = async (): Promise<void> => {
    setPreview(null)
    const found = await asking.run(() => client.call('mints.preview', { url: url.trim() }))
    if (found !== undefined) setPreview(found)
  }
  const trust = async (mint: string): Promise<void> => {
    if ((await trusting.run(() => client.call('mints.add', { url: mint }))) === undefined) return
    setPreview(null)
    setUrl('')
    say('The mint is trusted now.')
  }
  return (
    <div class="stack sub">
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          void ask()
        }}
      >
        <Field
          label={tokenWords.addMint}
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
          {tokenWords.ask}
        </Button>
      </form>
      {preview === null && asking.problem === null && <p class="hint">{tokenWords.addMintHint}</p>}
      <Problem facts={asking.problem ?? trusting.problem} />
      {preview !== null && (
        <div class="token-card">
          <MintFacts preview={preview} />
          {preview.trusted ? (
            <p class="chip good">
              <ShieldCheck size={14} /> {tokenWords.alreadyTrusted}
            </p>
          ) : (
            <Button kind="primary" busy={trusting.busy} onPress={() => void trust(preview.url)} testId="mint-trust">
              {tokenWords.trust}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
