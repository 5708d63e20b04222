import { ScanQrCode } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { Button } from '../parts/Button.tsx'
import { Field } from '../parts/Field.tsx'
import { LazyScanner } from '../scan/LazyScanner.tsx'

interface Props {
  readonly label: string
  readonly placeholder: string
  readonly hint: string
  readonly value: string
  /** Shown as dots. */
  readonly secret?: boolean
  readonly go: string
  readonly scan: string
  /** What a code must be; null: it is good, else what is wrong with it. */
  readonly check: (found: string) => string | null
  readonly busy: boolean
  readonly onInput: (text: string) => void
  /** Entered, or scanned. */
  readonly onGo: (text: string) => void
  readonly testId: string
}

/** A text that is pasted or scanned, and a button that goes on with it. */
export function PastedField({ label, placeholder, hint, value, secret = false, go, scan, check, busy, onInput, onGo, testId }: Props) {
  const [scanning, setScanning] = useState(false)
  return (
    <>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (value.trim() !== '') onGo(value)
        }}
      >
        <Field label={label} value={value} onInput={onInput} placeholder={placeholder} hint={hint} secret={secret} maxLength={4000} testId={testId} />
        <div class="buttons">
          <Button kind="primary" submit busy={busy} disabled={value.trim() === ''} testId={`${testId}-go`}>
            {go}
          </Button>
          <Button icon={ScanQrCode} disabled={busy} onPress={() => setScanning(true)} testId={`${testId}-scan`}>
            {scan}
          </Button>
        </div>
      </form>
      {scanning && (
        <LazyScanner
          check={check}
          onFound={(found) => {
            setScanning(false)
            onInput(found)
            onGo(found)
          }}
          onClose={() => setScanning(false)}
        />
      )}
    </>
  )
}
