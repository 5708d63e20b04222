import { FlaskConical, ListTree, SquareCode } from 'lucide-preact'
import { CopyField } from '../../parts/CopyField.tsx'
import { hash, roomOf } from '../../parts/hash.ts'
import { type Tab, Tabs } from '../../parts/Tabs.tsx'
import { DryRun } from './DryRun.tsx'
import { Requests } from './Requests.tsx'
import { developerWords, SAMPLE } from './strings.ts'

type Name = 'requests' | 'dry-run' | 'sample'

const TABS: readonly Tab<Name>[] = [
  { name: 'requests', title: 'Requests', icon: ListTree },
  { name: 'dry-run', title: 'Dry run', icon: FlaskConical },
  { name: 'sample', title: 'Code sample', icon: SquareCode },
]

/** What somebody who writes a page needs; which of it is shown stands in the address. */
export function ForPages() {
  const asked = roomOf(hash.value).query.get('tab')
  const chosen = TABS.find(({ name }) => name === asked)?.name ?? 'requests'
  return (
    <section class="card stack for-pages" aria-label={developerWords.forPages}>
      <h2>{developerWords.forPages}</h2>
      <Tabs label={developerWords.forPages} tabs={TABS} chosen={chosen} onChoose={(name) => location.replace(`#/developer?tab=${name}`)}>
        <Content name={chosen} />
      </Tabs>
    </section>
  )
}

function Content({ name }: { name: Name }) {
  switch (name) {
    case 'requests':
      return <Requests />
    case 'dry-run':
      return <DryRun />
    case 'sample':
      return (
        <>
          <p class="lead">{developerWords.sampleHint}</p>
          <CopyField text={SAMPLE} label="Code sample" rows={5} />
        </>
      )
    default:
      return name satisfies never
  }
}
