import { EyeOff } from 'lucide-preact'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { useNow } from '../../parts/live.ts'
import { safetyWords } from './strings.ts'

const SHOWN_MS = 60_000

/** Not for long, and not when the page is covered. */
export function Words({ words, onHide }: { words: readonly string[]; onHide: () => void }) {
  const [until] = useState(() => Date.now() + SHOWN_MS)
  const left = Math.max(0, Math.ceil((until - useNow(1000)) / 1000))
  useEffect(() => {
    const timer = setTimeout(onHide, SHOWN_MS)
    const covered = (): void => {
      if (document.hidden) onHide()
    }
    document.addEventListener('visibilitychange', covered)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', covered)
    }
  }, [])
  return (
    <div class="stack">
      <ol class="words" data-testid="seed-words">
        {words.map((word, index) => (
          <li key={index}>
            <span class="muted">{index + 1}</span> {word}
          </li>
        ))}
      </ol>
      <div class="buttons">
        <Button small icon={EyeOff} onPress={onHide} testId="seed-hide">
          {safetyWords.hide}
        </Button>
        <span class="muted small-text">Hidden again in {left} s</span>
      </div>
    </div>
  )
}
