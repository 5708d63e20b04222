import { TriangleAlert } from 'lucide-preact'
import { partsOf } from '../../domain/site.ts'
import { siteName } from './site-name.ts'

const WARNINGS = {
  mixed: 'This address mixes alphabets. It may imitate another site.',
  lookalike: 'These letters look Latin and are not. It may imitate another site.',
} as const

/** The origin as the browser has it; what an international name reads as is below. Of a frame, the page around it as well (T7). */
export function Site({ origin: site, big = false, testId }: { origin: string; big?: boolean; testId?: string }) {
  const { origin, embedder } = partsOf(site)
  return (
    <span class={big ? 'site big' : 'site'}>
      <Origin origin={origin} testId={testId} />
      {embedder !== null && (
        <span class="site-embedder">
          in a frame of <Origin origin={embedder} testId={testId && `${testId}-embedder`} />
        </span>
      )}
    </span>
  )
}

function Origin({ origin, testId }: { origin: string; testId: string | undefined }) {
  const name = siteName(origin)
  return (
    <>
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
    </>
  )
}
