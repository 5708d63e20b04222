import { Eye, EyeOff } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useNow } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { tokenWords } from './strings.ts'

const HOLD_MS = 900
const SHOWN_MS = 60_000

/** The twelve words: never by accident, never for long, never when the page is left. */
export function Backup() {
  const { client } = useSurroundings()
  const [words, setWords] = useState<readonly string[] | null>(null)
  const [asking, setAsking] = useState(false)
  const act = useAct()
  const reveal = async (): Promise<void> => {
    setAsking(false)
    const seed = await act.run(() => client.call('seed.reveal', {}))
    if (seed !== undefined) setWords(seed.words)
  }
  return (
    <section class="card stack">
      <h2>{tokenWords.backup}</h2>
      <p class="lead">{tokenWords.backupText}</p>
      {words !== null ? (
        <Words words={words} onHide={() => setWords(null)} />
      ) : asking ? (
        <div class="buttons" role="group" aria-label={tokenWords.confirmShow}>
          <span>{tokenWords.confirmShow}</span>
          <Button small kind="primary" onPress={() => void reveal()} testId="seed-confirm">
            Show the words
          </Button>
          <Button small kind="quiet" onPress={() => setAsking(false)}>
            Cancel
          </Button>
        </div>
      ) : (
        <HoldButton busy={act.busy} onHeld={() => void reveal()} onPressed={() => setAsking(true)} />
      )}
      <Problem facts={act.problem} />
    </section>
  )
}

/** Held: shows at once. Pressed shortly, by key or by a screen reader: asks once more. */
function HoldButton({ busy, onHeld, onPressed }: { busy: boolean; onHeld: () => void; onPressed: () => void }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const held = useRef(false)
  const [holding, setHolding] = useState(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  const stop = (): void => {
    clearTimeout(timer.current)
    setHolding(false)
  }
  const start = (): void => {
    held.current = false
    setHolding(true)
    timer.current = setTimeout(() => {
      held.current = true
      setHolding(false)
      onHeld()
    }, HOLD_MS)
  }
  return (
    <div>
      <button
        type="button"
        class={`button plain hold${holding ? ' holding' : ''}`}
        aria-busy={busy}
        data-testid="seed-reveal"
        onPointerDown={start}
        onPointerUp={stop}
        onPointerLeave={stop}
        onPointerCancel={stop}
        onClick={() => !held.current && onPressed()}
      >
        <Eye size={17} />
        <span>{tokenWords.hold}</span>
      </button>
    </div>
  )
}

function Words({ words, onHide }: { words: readonly string[]; onHide: () => void }) {
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
          {tokenWords.hide}
        </Button>
        <span class="muted small-text">Hidden again in {left} s</span>
      </div>
    </div>
  )
}
