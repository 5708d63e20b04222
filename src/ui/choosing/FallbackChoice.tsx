import type { FallbackRule } from '../../domain/fallback.ts'
import { Setting } from '../parts/Setting.tsx'
import { fallbackWords } from './strings.ts'

interface Props {
  readonly value: FallbackRule | 'global'
  /** A choice of "as in Settings" comes first. */
  readonly optional?: boolean
  readonly busy: boolean
  readonly onSave: (rule: FallbackRule | 'global') => Promise<boolean>
  readonly testId: string
}

/** What answers when the model a site asks for is gone, too dear or failing everywhere. */
export function FallbackChoice({ value, optional = false, busy, onSave, testId }: Props) {
  const use = value === 'global' ? 'global' : value.use
  const choose = (next: string): void => {
    if (next === 'global' || next === 'model') void onSave(next === 'global' ? 'global' : { use: 'model', model: 'auto' })
    else void onSave({ use: next === 'recommended' ? 'recommended' : 'none' })
  }
  return (
    <div class="stack">
      <label class="spread">
        <span>{fallbackWords.title}</span>
        <select value={use} disabled={busy} data-testid={testId} onChange={(event) => choose(event.currentTarget.value)}>
          {optional && <option value="global">{fallbackWords.global}</option>}
          <option value="none">{fallbackWords.none}</option>
          <option value="recommended">{fallbackWords.recommended}</option>
          <option value="model">{fallbackWords.model}</option>
        </select>
      </label>
      {value !== 'global' && value.use === 'model' && (
        <Setting
          label={fallbackWords.name}
          unit={fallbackWords.nameUnit}
          value={value.model}
          read={(text) => (text.trim() === '' ? undefined : text.trim())}
          wrong={fallbackWords.nameWrong}
          onSave={(model) => onSave({ use: 'model', model })}
          testId={`${testId}-model`}
        />
      )}
    </div>
  )
}
