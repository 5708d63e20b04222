import { ScanQrCode } from 'lucide-preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { ErrorFacts } from '../../domain/errors.ts'
import { errorFacts, RoutstrError } from '../../domain/errors.ts'
import type { TokenFacts } from '../../domain/wallet.ts'
import type { UiOutput } from '../../messaging/ui-contract.ts'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { hash, roomOf } from '../parts/hash.ts'
import { useAct } from '../parts/live.ts'
import { Money, moneyPhrase } from '../parts/Money.tsx'
import { Problem } from '../parts/Problem.tsx'
import { LazyScanner } from '../scan/LazyScanner.tsx'
import { closesOnQuestions, SCAN_ROOM } from '../scan/place.ts'
import { scanWords } from '../scan/strings.ts'
import { pastedTokens } from './pasted-token.ts'
import { receiveWords } from './strings.ts'
import { SwapToMint } from './SwapToMint.tsx'
import { TokenCard } from './TokenCard.tsx'
import { useEntered } from './use-entered.ts'
import './receive.css'

type Seen = { readonly token: string; readonly facts: TokenFacts } | null

/** Paste, drop or scan → see mint and amount → take in (T32: never by itself). */
export function ReceiveForm({ compact = false, onReceived }: { compact?: boolean; onReceived?: () => void }) {
  const { client, openOptions } = useSurroundings()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const { text, token, waiting, ...entered } = useEntered()
  const [file, setFile] = useState<'reading' | { readonly why: string } | null>(null)
  const [scanning, setScanning] = useState(() => roomOf(hash.value).query.has('scan'))
  const [seen, setSeen] = useState<Seen>(null)
  const [unreadable, setUnreadable] = useState<ErrorFacts | null>(null)
  const [done, setDone] = useState<UiOutput<'tokens.receive'> | 'kept' | 'swapping' | null>(null)
  const act = useAct()

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

  // `#/tokens?scan` opens the scanner once, not again when the page is loaded anew
  useEffect(() => {
    const { name, query } = roomOf(hash.value)
    if (!query.has('scan')) return
    hash.value = name
    history.replaceState(null, '', `#/${name}`)
  }, [])

  const enter = (raw: string): void => {
    entered.enter(raw)
    setFile(null)
    setDone(null)
    act.clear()
  }
  const receive = async (trustMint: boolean): Promise<void> => {
    if (seen === null) return
    const result = await act.run(() => client.call('tokens.receive', { token: seen.token, trustMint }))
    if (result === undefined) return
    setDone(result)
    entered.finish(seen.token)
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
    entered.finish(seen.token)
  }
  const takeFiles = async (files: readonly File[]): Promise<void> => {
    setFile('reading')
    const { textOfFiles } = await import('./dropped.ts')
    const dropped = await textOfFiles(files)
    if (dropped.kind === 'text') enter(dropped.text)
    else setFile({ why: dropped.why })
  }
  /** @returns whether there was something to take */
  const takeFrom = (data: DataTransfer | null): boolean => {
    const files = [...(data?.files ?? [])]
    if (files.length > 0) void takeFiles(files)
    else if (data?.types.includes('text/plain')) enter(data.getData('text/plain').trim())
    else return false
    return true
  }
  const wrong = text.trim() !== '' && token === null
  const note =
    file === 'reading'
      ? receiveWords.readingFile
      : file !== null
        ? file.why
        : wrong
          ? receiveWords.notToken
          : token !== null && seen === null && unreadable === null
            ? receiveWords.reading
            : text === '' && done === null && !compact
              ? receiveWords.drop
              : ''
  return (
    <>
      <div
        class="stack receive"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          takeFrom(event.dataTransfer)
        }}
      >
        <div class="field">
          <label for={id} class={compact ? 'only-spoken' : ''}>
            {receiveWords.label}
          </label>
          <textarea
            id={id}
            ref={field}
            class="mono"
            rows={compact ? 2 : 3}
            placeholder={receiveWords.placeholder}
            autocomplete="off"
            spellcheck={false}
            value={text}
            aria-invalid={wrong}
            aria-describedby={`${id}-note`}
            data-testid="receive-input"
            onInput={(event) => enter(event.currentTarget.value)}
            onPaste={(event) => {
              // a picture from the clipboard; text goes its usual way, into the field
              if ((event.clipboardData?.files.length ?? 0) > 0 && takeFrom(event.clipboardData)) event.preventDefault()
            }}
          />
          <p id={`${id}-note`} class={wrong || (file !== null && file !== 'reading') ? 'field-error' : 'hint'} aria-live="polite" data-testid="receive-note">
            {note}
          </p>
        </div>
        {seen !== null && <TokenCard facts={seen.facts} />}
        <Problem facts={unreadable ?? act.problem} />
        <div aria-live="polite">
          {(done === 'kept' || done === 'swapping') && (
            <p class="notice warn" data-testid="receive-kept">
              {done === 'kept' ? receiveWords.kept : receiveWords.swapping}
            </p>
          )}
          {done !== null && typeof done !== 'string' && (
            <p class="notice good" data-testid="receive-done">
              <span>
                <Money amount={done.received} unit={done.unit} /> received{done.fee > 0 ? `. The mint took a fee of ${moneyPhrase(done.fee, done.unit)}` : ''}.
              </span>
            </p>
          )}
        </div>
        {waiting.length > 0 && (
          <div class="notice" data-testid="receive-waiting">
            <p class="notice-body">{receiveWords.waiting(waiting.length)}</p>
            <Button
              small
              disabled={act.busy}
              onPress={() => {
                entered.showNext()
                act.clear()
              }}
              testId="receive-next"
            >
              {receiveWords.next}
            </Button>
          </div>
        )}
        <div class="buttons">
          {seen !== null && !seen.facts.mintTrusted ? (
            <>
              <Button kind="primary" busy={act.busy} disabled={seen === null} onPress={() => void receive(true)} testId="trust-and-receive">
                {receiveWords.trustAndReceive}
              </Button>
              {seen.facts.unit === 'sat' && (
                <SwapToMint
                  token={seen.token}
                  act={act}
                  onStarted={() => {
                    setDone('swapping')
                    entered.finish(seen.token)
                  }}
                />
              )}
              <Button kind="quiet" disabled={act.busy} onPress={() => void keep()} testId="keep-token">
                {receiveWords.keep}
              </Button>
            </>
          ) : (
            <Button kind="primary" busy={act.busy} disabled={seen === null} onPress={() => void receive(false)} testId="receive-submit">
              {seen === null ? 'Receive' : `Receive ${moneyPhrase(seen.facts.amount, seen.facts.unit)}`}
            </Button>
          )}
          <Button
            icon={ScanQrCode}
            label={scanWords.open}
            onPress={() => (closesOnQuestions() ? openOptions(SCAN_ROOM) : setScanning(true))}
            disabled={act.busy}
            testId="scan-open"
          >
            {receiveWords.scan}
          </Button>
        </div>
      </div>
      {scanning && (
        <LazyScanner
          check={(found) => (pastedTokens(found).length > 0 ? null : receiveWords.scannedOther)}
          onFound={(found) => {
            setScanning(false)
            enter(found)
            field.current?.focus()
          }}
          onClose={() => setScanning(false)}
        />
      )}
    </>
  )
}
