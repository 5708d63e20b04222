import { useEffect, useId, useState } from 'preact/hooks'
import type { ErrorFacts } from '../../domain/errors.ts'
import { errorFacts, RoutstrError } from '../../domain/errors.ts'
import type { TokenFacts } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Amount } from '../parts/Amount.tsx'
import { amountPhrase } from '../parts/amounts.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Problem } from '../parts/Problem.tsx'
import { pastedToken } from './pasted-token.ts'
import { receiveWords } from './strings.ts'
import { TokenCard } from './TokenCard.tsx'
import './receive.css'

type Seen = { readonly token: string; readonly facts: TokenFacts } | null

/** Paste or drop → see mint and amount → take in (T32: never by itself). */
export function ReceiveForm({ compact = false, onReceived }: { compact?: boolean; onReceived?: () => void }) {
  const { client } = useSurroundings()
  const id = useId()
  const [text, setText] = useState('')
  const [seen, setSeen] = useState<Seen>(null)
  const [unreadable, setUnreadable] = useState<ErrorFacts | null>(null)
  const [done, setDone] = useState<UiOutput<'tokens.receive'> | 'kept' | null>(null)
  const act = useAct()
  const token = pastedToken(text)

  useEffect(() => {
    setSeen(null)
    setUnreadable(null)
    if (token === null) return
    let gone = false
    client.call('tokens.inspect', { token }).then(
      (facts) => !gone && setSeen({ token, facts }),
      (error: unknown) => !gone && setUnreadable(errorFacts(error)),
    )
    return () => {
      gone = true
    }
  }, [client, token])

  const receive = async (trustMint: boolean): Promise<void> => {
    if (seen === null) return
    const result = await act.run(() => client.call('tokens.receive', { token: seen.token, trustMint }))
    if (result === undefined) return
    setDone(result)
    setText('')
    onReceived?.()
  }
  /** Without trust the background keeps the token and says `unknown_mint`: here that is the wanted end. */
  const keep = async (): Promise<void> => {
    if (seen === null) return
    const result = await act.run(async () => {
      try {
        return await client.call('tokens.receive', { token: seen.token, trustMint: false })
      } catch (error) {
        if (error instanceof RoutstrError && error.code === 'unknown_mint') return 'kept' as const
        throw error
      }
    })
    if (result === undefined) return
    setDone(result)
    setText('')
  }
  const dropped = async (event: DragEvent): Promise<void> => {
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    const content = file !== undefined ? (file.size <= 200_000 ? await file.text() : '') : (event.dataTransfer?.getData('text/plain') ?? '')
    setText(content.trim())
  }
  const wrong = text.trim() !== '' && token === null
  const usable = seen !== null && seen.facts.unit === 'sat'
  return (
    <div class="stack receive" onDragOver={(event) => event.preventDefault()} onDrop={(event) => void dropped(event)}>
      <div class="field">
        <label for={id} class={compact ? 'only-spoken' : ''}>
          {receiveWords.label}
        </label>
        <textarea
          id={id}
          class="mono"
          rows={compact ? 2 : 3}
          placeholder={receiveWords.placeholder}
          autocomplete="off"
          spellcheck={false}
          value={text}
          aria-invalid={wrong}
          aria-describedby={`${id}-note`}
          data-testid="receive-input"
          onInput={(event) => {
            setText(event.currentTarget.value)
            setDone(null)
            act.clear()
          }}
        />
        <p id={`${id}-note`} class={wrong ? 'field-error' : 'hint'} aria-live="polite">
          {wrong
            ? receiveWords.notToken
            : token !== null && seen === null && unreadable === null
              ? receiveWords.reading
              : text === '' && done === null && !compact
                ? receiveWords.drop
                : ''}
        </p>
      </div>
      {seen !== null && <TokenCard facts={seen.facts} />}
      <Problem facts={unreadable ?? act.problem} />
      <div aria-live="polite">
        {done === 'kept' && (
          <p class="notice warn" data-testid="receive-kept">
            {receiveWords.kept}
          </p>
        )}
        {done !== null && done !== 'kept' && (
          <p class="notice good" data-testid="receive-done">
            <span>
              <Amount msat={done.receivedMsat} /> received{done.feeMsat > 0 ? `. The mint took a fee of ${amountPhrase(done.feeMsat)}` : ''}.
            </span>
          </p>
        )}
      </div>
      {seen !== null && !seen.facts.mintTrusted ? (
        <div class="buttons">
          <Button kind="primary" busy={act.busy} disabled={!usable} onPress={() => void receive(true)} testId="trust-and-receive">
            {receiveWords.trustAndReceive}
          </Button>
          <Button kind="quiet" disabled={act.busy} onPress={() => void keep()} testId="keep-token">
            {receiveWords.keep}
          </Button>
        </div>
      ) : (
        <Button kind="primary" busy={act.busy} disabled={!usable} onPress={() => void receive(false)} testId="receive-submit">
          {usable ? `Receive ${amountPhrase(seen.facts.amountMsat)}` : 'Receive'}
        </Button>
      )}
    </div>
  )
}
