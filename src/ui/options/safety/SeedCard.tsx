import { CircleCheck, ShieldAlert } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { HoldButton } from './HoldButton.tsx'
import { Quiz } from './Quiz.tsx'
import { safetyWords } from './strings.ts'
import { Words } from './Words.tsx'

/** The twelve words: never by accident, never for long; and whether they were written down. */
export function SeedCard({ confirmedAt, remind }: { confirmedAt: number | null; remind: boolean }) {
  const { client } = useSurroundings()
  const [words, setWords] = useState<readonly string[] | null>(null)
  const [step, setStep] = useState<'idle' | 'asking' | 'quiz'>('idle')
  const act = useAct()
  const reveal = async (): Promise<void> => {
    setStep('idle')
    const seed = await act.run(() => client.call('seed.reveal', {}))
    if (seed !== undefined) setWords(seed.words)
  }
  const startQuiz = (): void => {
    // what is asked for must not stand beside the question
    setWords(null)
    setStep('quiz')
  }
  return (
    <section class="card stack" data-testid="seed-card">
      <h2>{safetyWords.words}</h2>
      <p class="lead">{safetyWords.wordsText}</p>
      {confirmedAt !== null && (
        <p class="confirmed" data-testid="seed-confirmed">
          <CircleCheck size={17} /> {safetyWords.confirmed}
        </p>
      )}
      {confirmedAt === null && remind && (
        <div class="notice warn" data-testid="seed-remind">
          <ShieldAlert size={18} />
          <p class="notice-body">{safetyWords.notConfirmed}</p>
        </div>
      )}
      {words !== null && <Words words={words} onHide={() => setWords(null)} />}
      {step === 'quiz' && <Quiz onEnd={() => setStep('idle')} />}
      {step === 'asking' && (
        <div class="buttons" role="group" aria-label={safetyWords.confirmShow}>
          <span>{safetyWords.confirmShow}</span>
          <Button small kind="primary" onPress={() => void reveal()} testId="seed-confirm">
            Show the words
          </Button>
          <Button small kind="quiet" onPress={() => setStep('idle')}>
            Cancel
          </Button>
        </div>
      )}
      {step === 'idle' && (
        <div class="buttons">
          {words === null && <HoldButton busy={act.busy} onHeld={() => void reveal()} onPressed={() => setStep('asking')} />}
          <Button kind={confirmedAt === null && remind ? 'primary' : 'plain'} onPress={startQuiz} testId="seed-quiz">
            {safetyWords.quiz}
          </Button>
        </div>
      )}
      <Problem facts={act.problem} />
    </section>
  )
}
