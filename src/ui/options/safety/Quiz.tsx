import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { safetyWords } from './strings.ts'

/** Three of the words, chosen anew each time. */
export function Quiz({ onEnd }: { onEnd: () => void }) {
  const { client } = useSurroundings()
  const [positions, setPositions] = useState<readonly number[]>([])
  const [answers, setAnswers] = useState<Readonly<Record<number, string>>>({})
  const act = useAct()
  const ask = async (): Promise<void> => {
    const quiz = await client.call('seed.quiz', {}).catch(() => null)
    if (quiz !== null) setPositions(quiz.positions)
  }
  useEffect(() => void ask(), [])
  const complete = positions.length > 0 && positions.every((position) => (answers[position] ?? '').trim() !== '')
  const check = async (): Promise<void> => {
    const given = positions.map((position) => ({ position, word: answers[position] ?? '' }))
    if ((await act.run(() => client.call('seed.confirm', { answers: given }))) === undefined) return
    say(safetyWords.quizDone)
    onEnd()
  }
  return (
    <form
      class="stack sub"
      onSubmit={(event) => {
        event.preventDefault()
        if (complete) void check()
      }}
    >
      <p class="hint">{safetyWords.quizText}</p>
      <div class="quiz">
        {positions.map((position) => (
          <Field
            key={position}
            label={`Word ${position}`}
            value={answers[position] ?? ''}
            maxLength={20}
            testId={`quiz-${position}`}
            onInput={(value) => setAnswers({ ...answers, [position]: value })}
          />
        ))}
      </div>
      <Problem facts={act.problem} />
      <div class="buttons">
        <Button submit kind="primary" busy={act.busy} disabled={!complete} testId="quiz-check">
          Check
        </Button>
        <Button kind="quiet" onPress={onEnd}>
          Later
        </Button>
      </div>
    </form>
  )
}
