import type { UiInput } from '../../../messaging/ui-contract.ts'
import { useSurroundings } from '../../parts/context.ts'
import { useAct, useLive } from '../../parts/live.ts'
import { LifeChoice } from '../../lives/LifeChoice.tsx'
import { lifeWords } from '../../lives/strings.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { Toggle } from '../../parts/Toggle.tsx'
import { FallbackChoice } from '../../choosing/FallbackChoice.tsx'
import { fallbackWords } from '../../choosing/strings.ts'
import { ChoosingCard } from './ChoosingCard.tsx'
import { Setting } from '../../parts/Setting.tsx'
import { ProbesCard } from './ProbesCard.tsx'
import { Relays } from './Relays.tsx'
import './settings.css'
import { WhereItRuns } from './WhereItRuns.tsx'
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
        {settings.paused && <p class="notice bad">{settings.fuse.trippedAt === null ? settingWords.paused : settingWords.fuseTripped(settings.fuseSatPerMinute)}</p>}
      </section>
      <WhereItRuns />
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
          <Setting
            numeric
            label={settingWords.capNumber}
            unit="tokens"
            value={String(settings.maxTokensCap)}
            read={(text) => wholeBetween(text, 16, 1_000_000) ?? undefined}
            wrong={settingWords.capError}
            onSave={(maxTokensCap) => save({ maxTokensCap })}
            testId="cap-input"
          />
        )}
      </section>
      <section class="card setting">
        <h2>{lifeWords.title}</h2>
        <p class="lead">{lifeWords.hint}</p>
        <LifeChoice value={settings.sessionLife} busy={act.busy} onChoose={(sessionLife) => void save({ sessionLife })} />
      </section>
      <section class="card setting">
        <h2>{settingWords.idle}</h2>
        <p class="lead">{settingWords.idleHint}</p>
        <Setting
          numeric
          label={settingWords.idle}
          hiddenLabel
          unit="minutes"
          value={idleText(settings.sessionIdleMs)}
          read={(text) => idleMs(text) ?? undefined}
          wrong={settingWords.idleError}
          onSave={(sessionIdleMs) => save({ sessionIdleMs })}
          testId="idle-input"
        />
      </section>
      <section class="card setting">
        <h2>{settingWords.float}</h2>
        <p class="lead">{settingWords.floatHint}</p>
        <Setting
          numeric
          label={settingWords.float}
          hiddenLabel
          unit="sat"
          value={String(settings.floatSat)}
          read={(text) => wholeBetween(text, 0, 1_000_000) ?? undefined}
          wrong={settingWords.floatError}
          onSave={(floatSat) => save({ floatSat })}
          testId="float-input"
        />
        <div class="spread">
          <h3>{settingWords.ahead}</h3>
          <Toggle
            on={settings.openAhead}
            label={settingWords.ahead}
            testId="ahead"
            disabled={act.busy}
            onChange={(openAhead) => void save({ openAhead })}
          />
        </div>
        <p class="lead">{settingWords.aheadHint}</p>
      </section>
      <section class="card setting">
        <h2>{settingWords.first}</h2>
        <p class="lead">{settingWords.firstHint}</p>
        <Setting
          numeric
          label={settingWords.first}
          hiddenLabel
          unit="sat"
          value={String(settings.firstDepositSat)}
          read={(text) => wholeBetween(text, 1, 1_000_000) ?? undefined}
          wrong={settingWords.firstError}
          onSave={(firstDepositSat) => save({ firstDepositSat })}
          testId="first-input"
        />
      </section>
      <section class="card setting">
        <h2>{settingWords.fuse}</h2>
        <p class="lead">{settingWords.fuseHint}</p>
        <Setting
          numeric
          label={settingWords.fuse}
          hiddenLabel
          unit="sat a minute"
          value={String(settings.fuseSatPerMinute)}
          read={(text) => wholeBetween(text, 10, 10_000_000) ?? undefined}
          wrong={settingWords.fuseError}
          onSave={(fuseSatPerMinute) => save({ fuseSatPerMinute })}
          testId="fuse-input"
        />
      </section>
      <section class="card setting">
        <div class="spread">
          <h2>{settingWords.hedge}</h2>
          <Toggle on={settings.hedge} label={settingWords.hedge} testId="hedge" disabled={act.busy} onChange={(hedge) => void save({ hedge })} />
        </div>
        <p class="lead">{settingWords.hedgeHint}</p>
      </section>
      <ProbesCard satPerDay={settings.probeSatPerDay} busy={act.busy} onSave={(probeSatPerDay) => save({ probeSatPerDay })} />
      <ChoosingCard choosing={settings.choosing} busy={act.busy} onSave={(choosing) => save({ choosing: { ...choosing } })} npub={settings.npub} onSaveNpub={(npub) => save({ npub })} />
      <section class="card setting">
        <FallbackChoice value={settings.fallback} busy={act.busy} onSave={async (fallback) => fallback !== 'global' && (await save({ fallback }))} testId="fallback" />
        <p class="hint">{fallbackWords.hint}</p>
      </section>
      <Relays relays={settings.relays} developer={settings.developer} busy={act.busy} onSave={(relays) => save({ relays: [...relays] })} />
    </>
  )
}
