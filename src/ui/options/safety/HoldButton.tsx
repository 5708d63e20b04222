import { Eye } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { safetyWords } from './strings.ts'

const HOLD_MS = 900

/** Held: shows at once. Pressed shortly, by key or by a screen reader: asks once more. */
export function HoldButton({
  busy,
  onHeld,
  onPressed,
  label = safetyWords.hold,
  testId = 'seed-reveal',
}: {
  busy: boolean
  onHeld: () => void
  onPressed: () => void
  label?: string
  testId?: string
}) {
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
        data-testid={testId}
        onPointerDown={start}
        onPointerUp={stop}
        onPointerLeave={stop}
        onPointerCancel={stop}
        onClick={() => !held.current && onPressed()}
      >
        <Eye size={17} />
        <span>{label}</span>
      </button>
    </div>
  )
}
