import { Play } from 'lucide-preact'
import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import type { Animation } from '../ur/encode.ts'
import { Button } from './Button.tsx'
import { QrPicture } from './Qr.tsx'
import { drawQr } from './qr-drawing.ts'
import './animated-qr.css'

/** Milliseconds a frame is shown, and bytes in a frame: the choices of cashu.me, which other wallets are tried with. */
const SPEEDS = { slow: 500, normal: 250, fast: 150 } as const
const SIZES = { small: 50, medium: 100, large: 150 } as const
const SPEED_WORDS = { slow: 'Slow', normal: 'Normal', fast: 'Fast' } as const
const SIZE_WORDS = { small: 'Small', medium: 'Medium', large: 'Large' } as const

/**
 * A text too long for one code, as a moving one (NUT-16). Whoever asked the browser for less motion gets it standing still,
 * with a button that starts it.
 */
export function AnimatedQr({ text, label }: { text: string; label: string }) {
  const [speed, setSpeed] = useState<keyof typeof SPEEDS>('normal')
  const [size, setSize] = useState<keyof typeof SIZES>('medium')
  const [moving, setMoving] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches)
  const [frame, setFrame] = useState(1)
  const animation = useAnimation(text, SIZES[size])
  const drawn = useMemo(() => (animation === null ? null : drawQr(animation.frame(frame))), [animation, frame])

  useEffect(() => setFrame(1), [animation])
  useEffect(() => {
    if (!moving || animation === null) return
    const timer = setInterval(() => setFrame((last) => last + 1), SPEEDS[speed])
    return () => clearInterval(timer)
  }, [moving, speed, animation])

  return (
    <div class="animated-qr" data-testid="animated-qr" data-frame={frame} data-parts={animation?.count}>
      {drawn === null ? <div class="qr animated-qr-empty" /> : <QrPicture drawing={drawn} label={label} dim={!moving} />}
      <p class="hint">A moving code: hold the scanner of the other wallet on it until that one says it is complete.</p>
      <div class="animated-qr-controls">
        <Button small kind={moving ? 'plain' : 'primary'} {...(moving ? {} : { icon: Play })} onPress={() => setMoving(!moving)} testId="animated-qr-pause">
          {moving ? 'Pause' : 'Play'}
        </Button>
        <Choice label="Speed" words={SPEED_WORDS} value={speed} onChange={setSpeed} testId="animated-qr-speed" />
        <Choice label="Size" words={SIZE_WORDS} value={size} onChange={setSize} testId="animated-qr-size" />
      </div>
    </div>
  )
}

/** The encoder is loaded here, not with the screen: few tokens are that long. */
function useAnimation(text: string, bytes: number): Animation | null {
  const [animation, setAnimation] = useState<Animation | null>(null)
  useEffect(() => {
    let gone = false
    void import('../ur/encode.ts').then(({ animate }) => !gone && setAnimation(animate(text, bytes)))
    return () => {
      gone = true
    }
  }, [text, bytes])
  return animation
}

interface ChoiceProps<Name extends string> {
  readonly label: string
  readonly words: Readonly<Record<Name, string>>
  readonly value: Name
  readonly onChange: (name: Name) => void
  readonly testId: string
}

function Choice<Name extends string>({ label, words, value, onChange, testId }: ChoiceProps<Name>) {
  const id = useId()
  const names = Object.keys(words).filter((name): name is Name => name in words)
  return (
    <span class="animated-qr-choice">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        data-testid={testId}
        onChange={({ currentTarget }) => {
          const chosen = names.find((name) => name === currentTarget.value)
          if (chosen !== undefined) onChange(chosen)
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {words[name]}
          </option>
        ))}
      </select>
    </span>
  )
}
