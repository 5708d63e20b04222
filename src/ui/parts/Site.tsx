import { TriangleAlert } from 'lucide-preact'
import { siteName } from './site-name.ts'

const WARNINGS = {
  mixed: 'This address mixes alphabets. It may imitate another site.',
  lookalike: 'These letters look Latin and are not. It may imitate another site.',
} as const

/** The origin as the browser has it; what an international name reads as is below. */
export function Site({ origin, big = false, testId }: { origin: string; big?: boolean; testId?: string }) {
  const name = siteName(origin)
  return (
    <span class={big ? 'site big' : 'site'}>
      <bdi class="site-headline" title={origin} data-testid={testId}>
        {name.headline}
      </bdi>
      {name.readsAs !== null && (
        <span class="site-reads">
          reads as <bdi>{name.readsAs}</bdi>
        </span>
      )}
      {name.warning !== null && (
        <span class="site-warning">
          <TriangleAlert size={15} /> {WARNINGS[name.warning]}
        </span>
      )}
    </span>
  )
}
