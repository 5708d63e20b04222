import { LoaderCircle, type LucideIcon } from 'lucide-preact'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

export interface ButtonProps {
  readonly children: ComponentChildren
  readonly onPress?: () => void
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  readonly icon?: LucideIcon
  readonly busy?: boolean
  readonly disabled?: boolean
  readonly submit?: boolean
  readonly small?: boolean
  readonly testId?: string | undefined
  readonly label?: string
}

export function Button({
  children,
  onPress,
  kind = 'plain',
  icon: Icon,
  busy = false,
  disabled = false,
  submit = false,
  small = false,
  testId,
  label,
}: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={`button ${kind}${small ? ' small' : ''}`}
      disabled={disabled}
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-label={label}
      data-testid={testId}
      onClick={busy ? undefined : onPress}
    >
      {busy ? <LoaderCircle class="spin" size={small ? 15 : 17} /> : Icon !== undefined ? <Icon size={small ? 15 : 17} /> : null}
      <span>{children}</span>
    </button>
  )
}

interface ConfirmProps extends Omit<ButtonProps, 'onPress' | 'submit'> {
  /** What happens, as a question. */
  readonly question: string
  readonly confirm: string
  readonly onConfirm: () => void
}

/** Asks once more in place, without a window over the page. */
export function ConfirmButton({ question, confirm, onConfirm, ...button }: ConfirmProps) {
  const [asking, setAsking] = useState(false)
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asking) cancel.current?.focus()
  }, [asking])
  if (!asking) return <Button {...button} onPress={() => setAsking(true)} />
  const answer = (yes: boolean) => () => {
    setAsking(false)
    if (yes) onConfirm()
  }
  return (
    <span class="confirm" role="group" aria-label={question} onKeyDown={(event) => event.key === 'Escape' && setAsking(false)}>
      <span class="confirm-question">{question}</span>
      <Button small kind="danger" onPress={answer(true)} testId={button.testId === undefined ? undefined : `${button.testId}-confirm`}>
        {confirm}
      </Button>
      <button type="button" class="button plain small" ref={cancel} onClick={answer(false)}>
        <span>Cancel</span>
      </button>
    </span>
  )
}
