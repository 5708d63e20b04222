import { Boxes, Megaphone, RefreshCw, Server } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Empty } from '../../parts/Empty.tsx'
import { Field } from '../../parts/Field.tsx'
import { hash, roomOf } from '../../parts/hash.ts'
import { useAct, useLive, useNow } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { Tabs } from '../../parts/Tabs.tsx'
import { ProviderCard } from './ProviderCard.tsx'
import { ProviderPage } from './ProviderPage.tsx'
import { SoldModels } from './SoldModels.tsx'
import { YourWords } from './YourWords.tsx'
import './providers.css'
import { matching } from './provider-state.ts'
import { providerWords } from './strings.ts'
import { wordWords } from './word-strings.ts'

const WORTH_FILTERING = 3

type Tab = 'providers' | 'models' | 'words'
const TABS = [
  { name: 'providers', title: providerWords.tabProviders, icon: Server },
  { name: 'models', title: providerWords.tabModels, icon: Boxes },
  { name: 'words', title: wordWords.tab, icon: Megaphone },
] as const

/** The list, the models in it, or one of them; which one stands in the address. */
export function Providers() {
  const { name, query } = roomOf(hash.value)
  const id = pageId(name)
  if (id !== null) return <ProviderPage key={id} id={id} />
  const chosen: Tab = TABS.find((tab) => tab.name === query.get('tab'))?.name ?? 'providers'
  return (
    <Tabs label={providerWords.tabProviders} tabs={TABS} chosen={chosen} onChoose={(tab) => location.replace(`#/providers?tab=${tab}`)}>
      <div class="stack tab-room">{chosen === 'models' ? <SoldModels /> : chosen === 'words' ? <YourWords /> : <ProviderList />}</div>
    </Tabs>
  )
}

/** `providers/<id>` */
function pageId(name: string): string | null {
  const [, ...rest] = name.split('/')
  try {
    return rest.length === 0 || rest[0] === '' ? null : decodeURIComponent(rest.join('/'))
  } catch {
    return null
  }
}

function ProviderList() {
  const { client } = useSurroundings()
  const { value: providers, problem, reload } = useLive('providers.list', {})
  const [filter, setFilter] = useState('')
  const refreshing = useAct()
  const now = useNow(30_000)
  if (providers === undefined) return problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />
  const shown = matching(providers, filter)
  const answering = providers.filter(({ provider }) => !provider.blocked && provider.problem === null && provider.seenAt !== null).length
  return (
    <>
      <p class="lead">{providerWords.lead}</p>
      <Problem facts={problem} onRetry={reload} />
      <div class="spread">
        <p class="muted" aria-live="polite">
          {answering} of {providers.length} answering
        </p>
        <Button
          small
          icon={RefreshCw}
          busy={refreshing.busy}
          onPress={() => void refreshing.run(() => client.call('providers.refresh', {}))}
          testId="providers-refresh"
        >
          {providerWords.refresh}
        </Button>
      </div>
      <Problem facts={refreshing.problem} />
      {providers.length > WORTH_FILTERING && <Field label={providerWords.filter} value={filter} onInput={setFilter} testId="provider-filter" />}
      {providers.length === 0 ? (
        <section class="card">
          <Empty icon={Server} title={providerWords.empty}>
            {providerWords.emptyText}
          </Empty>
        </section>
      ) : shown.length === 0 ? (
        <p class="muted">{providerWords.noMatch}</p>
      ) : (
        <ul class="stack">
          {shown.map((view) => (
            <ProviderCard key={view.provider.id} view={view} filter={filter} now={now} />
          ))}
        </ul>
      )}
      <AddProvider />
    </>
  )
}

function AddProvider() {
  const { client } = useSurroundings()
  const [url, setUrl] = useState('')
  const act = useAct()
  const add = async (): Promise<void> => {
    if ((await act.run(() => client.call('providers.add', { url: url.trim() }))) === undefined) return
    setUrl('')
    say('The provider is added and being asked for its models.')
  }
  return (
    <section class="card stack">
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <Field label={providerWords.add} value={url} onInput={setUrl} placeholder="https://node.example.com" maxLength={512} testId="provider-url" />
        <Button submit busy={act.busy} disabled={url.trim() === ''} testId="provider-add">
          {providerWords.addButton}
        </Button>
      </form>
      <Problem facts={act.problem} />
    </section>
  )
}
