import { Check, Copy } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** A text to take along: read-only, selected as a whole on focus, with a copy button that says what it did. */
export function CopyField({ text, label, testId, rows = 3 }: { text: string; label: string; testId?: string; rows?: number }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2500)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      field.current?.select()
      setState('failed')
    }
  }
  return (
    <div class="copy-field">
      <textarea
        ref={field}
        class="mono"
        readOnly
        rows={rows}
        aria-label={label}
        value={text}
        data-testid={testId}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="button" class="button plain" onClick={() => void copy()} data-testid="copy">
        {state === 'copied' ? <Check size={17} /> : <Copy size={17} />}
        <span aria-live="polite">{state === 'copied' ? 'Copied' : state === 'failed' ? 'Press Ctrl+C' : 'Copy'}</span>
      </button>
    </div>
  )
}
