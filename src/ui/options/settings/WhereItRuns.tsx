import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { useSiteAccess } from '../../parts/site-access.ts'
import { settingWords } from './strings.ts'

/** On every site, or only where the user has enabled it: shown here, switched in the browser. */
export function WhereItRuns() {
  const { siteAccess } = useSurroundings()
  const access = useSiteAccess()
  if (access === undefined) return null
  return (
    <section class="card setting" data-testid="where-it-runs" data-everywhere={access.everywhere}>
      <div class="spread">
        <h2>{settingWords.where}</h2>
        <span class={access.everywhere ? 'chip' : 'chip accent'}>{access.everywhere ? settingWords.everywhere : settingWords.enabledOnly}</span>
      </div>
      <p class="lead">{access.everywhere ? settingWords.everywhereHint : settingWords.enabledOnlyHint}</p>
      {!access.everywhere && access.sites.length > 0 && (
        <ul class="enabled-sites">
          {access.sites.map((pattern) => (
            <li key={pattern}>
              <bdi>{pattern.replace(/^https:\/\/|\/\*$/g, '')}</bdi>
            </li>
          ))}
        </ul>
      )}
      <div class="buttons">
        <Button small onPress={() => void siteAccess.openSwitch()} testId="open-site-access">
          {settingWords.whereSwitch}
        </Button>
      </div>
    </section>
  )
}
