import type { UiInput } from '../../../messaging/ui-contract.ts'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { Toggle } from '../../parts/Toggle.tsx'
import { NumberSetting } from './NumberSetting.tsx'
import { Relays } from './Relays.tsx'
import './settings.css'
import { idleMs, idleText, wholeBetween } from './setting-values.ts'
import { settingWords } from './strings.ts'

const CAP_AGAIN = 4096

export function SettingsRoom() {
  const { client } = useSurroundings()
  const { value: settings, problem, reload } = useLive('settings.get', {})
  const act = useAct()
  if (settings === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const save = async (change: UiInput<'settings.set'>): Promise<boolean> => {
    const done = await act.run(() => client.call('settings.set', change))
    if (done === undefined) return false
    say(settingWords.saved)
    return true
  }
  return (
    <>
      <Problem facts={problem} onRetry={reload} />
      <Problem facts={act.problem} />
      <section class="card setting">
        <div class="spread">
          <h2>{settingWords.pause}</h2>
          <Toggle
            on={!settings.paused}
            label={settingWords.pause}
            testId="pause"
            disabled={act.busy}
            onChange={(on) => void act.run(() => client.call('paused.set', { paused: !on }))}
          />
        </div>
        <p class="lead">{settingWords.pauseHint}</p>
        {settings.paused && <p class="notice bad">Paused: every request is refused.</p>}
      </section>
      <section class="card setting">
        <div class="spread">
          <h2>{settingWords.cap}</h2>
          <Toggle
            on={settings.maxTokensCap !== null}
            label={settingWords.cap}
            testId="cap-switch"
            disabled={act.busy}
            onChange={(on) => void save({ maxTokensCap: on ? CAP_AGAIN : null })}
          />
        </div>
        <p class="lead">{settingWords.capHint}</p>
        {settings.maxTokensCap !== null && (
          <NumberSetting
            label={settingWords.capNumber}
            unit="tokens"
            value={String(settings.maxTokensCap)}
            read={(text) => wholeBetween(text, 16, 1_000_000)}
            wrong={settingWords.capError}
            onSave={(maxTokensCap) => save({ maxTokensCap })}
            testId="cap-input"
          />
        )}
      </section>
      <section class="card setting">
        <h2>{settingWords.idle}</h2>
        <p class="lead">{settingWords.idleHint}</p>
        <NumberSetting
          label={settingWords.idle}
          hiddenLabel
          unit="minutes"
          value={idleText(settings.sessionIdleMs)}
          read={idleMs}
          wrong={settingWords.idleError}
          onSave={(sessionIdleMs) => save({ sessionIdleMs })}
          testId="idle-input"
        />
      </section>
      <section class="card setting">
        <h2>{settingWords.float}</h2>
        <p class="lead">{settingWords.floatHint}</p>
        <NumberSetting
          label={settingWords.float}
          hiddenLabel
          unit="sat"
          value={String(settings.floatSat)}
          read={(text) => wholeBetween(text, 0, 1_000_000)}
          wrong={settingWords.floatError}
          onSave={(floatSat) => save({ floatSat })}
          testId="float-input"
        />
      </section>
      <Relays relays={settings.relays} developer={settings.developer} busy={act.busy} onSave={(relays) => save({ relays: [...relays] })} />
    </>
  )
}
