import { PROBE_BUDGET_SAT } from '../../../domain/probes.ts'
import { useLive } from '../../parts/live.ts'
import { Setting } from '../../parts/Setting.tsx'
import { Toggle } from '../../parts/Toggle.tsx'
import { wholeBetween } from './setting-values.ts'
import { probesToday, probeWords } from './probe-strings.ts'

interface Props {
  /** null: off. */
  readonly satPerDay: number | null
  readonly busy: boolean
  readonly onSave: (satPerDay: number | null) => Promise<boolean>
}

/** Models are tried before they are needed, within a budget of its own. */
export function ProbesCard({ satPerDay, busy, onSave }: Props) {
  const { value: today } = useLive('probes.get', {})
  return (
    <section class="card setting" data-testid="probes">
      <div class="spread">
        <h2>{probeWords.title}</h2>
        <Toggle
          on={satPerDay !== null}
          label={probeWords.title}
          testId="probes-switch"
          disabled={busy}
          onChange={(on) => void onSave(on ? PROBE_BUDGET_SAT.usual : null)}
        />
      </div>
      <p class="lead">{probeWords.hint}</p>
      {satPerDay !== null && (
        <Setting
          numeric
          label={probeWords.budget}
          hiddenLabel
          unit="sat a day"
          value={String(satPerDay)}
          read={(text) => wholeBetween(text, PROBE_BUDGET_SAT.least, PROBE_BUDGET_SAT.most) ?? undefined}
          wrong={probeWords.budgetError}
          onSave={onSave}
          testId="probes-input"
        />
      )}
      {today !== undefined && (satPerDay !== null || today.probes > 0) && (
        <p class="hint" data-testid="probes-today">
          {probesToday(today)}
        </p>
      )}
    </section>
  )
}
