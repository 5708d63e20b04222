/** A switch. The label is its name for screen readers; the state is also said in words. */
export function Toggle({
  on,
  label,
  onChange,
  disabled = false,
  testId,
}: {
  on: boolean
  label: string
  onChange: (on: boolean) => void
  disabled?: boolean
  testId?: string
}) {
  return (
    <button
      type="button"
      role="switch"
      class="toggle"
      aria-checked={on}
      aria-label={label}
      disabled={disabled}
      data-testid={testId}
      onClick={() => onChange(!on)}
    >
      <span class="toggle-knob" />
    </button>
  )
}
