import type { SiteView } from '../../../messaging/ui-contract.ts'
import { useSurroundings } from '../../parts/context.ts'
import { useLive } from '../../parts/live.ts'
import { Toggle } from '../../parts/Toggle.tsx'
import { siteWords } from './strings.ts'

const CHEAPEST = ''

/** Whether pages of the site get `LanguageModel` and `window.ai`, and with which model. Frames of other sites never do. */
export function StandInRule({ site, busy, onChange }: { site: SiteView; busy: boolean; onChange: (standIn: SiteView['standIn']) => void }) {
  const { siteAccess } = useSurroundings()
  const { value: models } = useLive('models.list', {})
  const { standIn } = site
  const chosen = standIn?.model ?? CHEAPEST
  const names = [...new Set([...(chosen === CHEAPEST ? [] : [chosen]), ...(models ?? []).map(({ id }) => id)])]
  // first the browser's leave for this one site, straight out of the click: only with it does it run a script that not all sites get
  const switchOn = (): void => void siteAccess.enable(site.origin).then((yes) => yes && onChange({ model: null }))
  return (
    <>
      <div class="spread">
        <span>{siteWords.standIn}</span>
        <Toggle on={standIn !== null} label={siteWords.standIn} testId="site-stand-in" disabled={busy} onChange={(on) => (on ? switchOn() : onChange(null))} />
      </div>
      <p class="hint">{siteWords.standInHint}</p>
      {standIn !== null && (
        <label class="spread">
          <span>{siteWords.standInModel}</span>
          <select data-testid="site-stand-in-model" value={chosen} disabled={busy} onChange={(event) => onChange({ model: event.currentTarget.value || null })}>
            <option value={CHEAPEST}>{siteWords.standInCheapest}</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
