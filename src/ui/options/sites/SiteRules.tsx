import type { SiteView } from '../../../messaging/ui-contract.ts'
import { FallbackChoice } from '../../choosing/FallbackChoice.tsx'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import type { Act } from '../../parts/live.ts'
import { Toggle } from '../../parts/Toggle.tsx'
import { StandInRule } from './StandInRule.tsx'
import { Setting } from '../../parts/Setting.tsx'
import { wholeBetween } from '../settings/setting-values.ts'
import { settingWords } from '../settings/strings.ts'
import { siteWords } from './strings.ts'

type Choice = 'global' | 'none' | 'own'
const OWN_FIRST = 4096

/** What is different at this site. */
export function SiteRules({ site, act }: { site: SiteView; act: Act }) {
  const { client } = useSurroundings()
  const { origin, xCashu, maxTokensCap, cache, fallback } = site
  const choice: Choice = maxTokensCap === 'global' ? 'global' : maxTokensCap === null ? 'none' : 'own'
  const set = async (change: { xCashu?: boolean; maxTokensCap?: SiteView['maxTokensCap']; caches?: boolean; fallback?: SiteView['fallback']; standIn?: SiteView['standIn'] }): Promise<boolean> =>
    (await act.run(() => client.call('sites.setRule', { origin, ...change }))) !== undefined
  return (
    <div class="stack site-rules" data-testid="site-rules">
      <label class="spread">
        <span>{siteWords.cap}</span>
        <select
          data-testid="site-cap"
          value={choice}
          disabled={act.busy}
          onChange={(event) => {
            const next = event.currentTarget.value
            void set({ maxTokensCap: next === 'none' ? null : next === 'own' ? OWN_FIRST : 'global' })
          }}
        >
          <option value="global">{siteWords.capGlobal}</option>
          <option value="none">{siteWords.capNone}</option>
          <option value="own">{siteWords.capOwn}</option>
        </select>
      </label>
      {typeof maxTokensCap === 'number' && (
        <Setting
          numeric
          label={settingWords.capNumber}
          unit="tokens"
          value={String(maxTokensCap)}
          read={(text) => wholeBetween(text, 16, 1_000_000) ?? undefined}
          wrong={settingWords.capError}
          onSave={(cap) => set({ maxTokensCap: cap })}
          testId="site-cap-input"
        />
      )}
      <div class="spread">
        <span>{siteWords.cache}</span>
        <Toggle on={cache.on} label={siteWords.cache} testId="site-cache" disabled={act.busy} onChange={(on) => void set({ caches: on })} />
      </div>
      <p class="hint">{siteWords.cacheHint}</p>
      {cache.answers > 0 && (
        <p class="spread">
          <span class="muted small-text">{siteWords.cacheKept(cache.answers, Math.ceil(cache.kept / 1000))}</span>
          <Button small busy={act.busy} onPress={() => void act.run(() => client.call('sites.clearCache', { origin }))} testId="site-cache-clear">
            {siteWords.cacheClear}
          </Button>
        </p>
      )}
      <FallbackChoice value={fallback} optional busy={act.busy} onSave={(rule) => set({ fallback: rule })} testId="site-fallback" />
      <div class="spread">
        <span>{siteWords.xCashu}</span>
        <Toggle on={xCashu} label={siteWords.xCashu} testId="site-x-cashu" disabled={act.busy} onChange={(on) => void set({ xCashu: on })} />
      </div>
      <p class="hint">{siteWords.xCashuHint}</p>
      {URL.canParse(origin) && <StandInRule site={site} busy={act.busy} onChange={(standIn) => void set({ standIn })} />}
    </div>
  )
}
