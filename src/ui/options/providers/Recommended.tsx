import { useState } from 'preact/hooks'
import { TASKS, type Task } from '../../../domain/task.ts'
import { useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { plainText } from '../../parts/page-text.ts'
import { Problem } from '../../parts/Problem.tsx'
import { recommendedWords, taskWords } from './recommended-strings.ts'

/** Models for a kind of request, with the reasons: what `auto` would take. */
export function Recommended() {
  const [task, setTask] = useState<Task>('chat')
  const { value: list, problem, reload } = useLive('models.recommended', { task })
  return (
    <section class="card stack" data-testid="recommended">
      <div class="spread">
        <h2>{recommendedWords.title}</h2>
        <select
          aria-label={recommendedWords.task}
          value={task}
          data-testid="recommended-task"
          onChange={(event) => setTask(TASKS.find((name) => name === event.currentTarget.value) ?? 'chat')}
        >
          {TASKS.map((name) => (
            <option key={name} value={name}>
              {taskWords[name]}
            </option>
          ))}
        </select>
      </div>
      <p class="hint">{recommendedWords.hint}</p>
      <Problem facts={problem} onRetry={reload} />
      {list === undefined ? (
        problem === null && <Loading rows={3} />
      ) : list.length === 0 ? (
        <p class="muted">{recommendedWords.none}</p>
      ) : (
        <ol class="recommended">
          {list.map(({ model, providers, reasons }) => (
            <li key={model} data-testid="recommended-model">
              <strong>{plainText(model, 120)}</strong> <span class="muted small-text">{providers === 1 ? '1 provider' : `${providers} providers`}</span>
              <p class="muted small-text">{reasons.map((reason) => plainText(reason, 120)).join(' · ')}</p>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
