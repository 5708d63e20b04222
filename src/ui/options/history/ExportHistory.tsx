import { Download } from 'lucide-preact'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { download } from '../../parts/download.ts'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { say } from '../../parts/toasts.ts'
import { historyWords } from './words.ts'

const TYPES = { csv: 'text/csv', json: 'application/json' } as const

export function ExportHistory() {
  const { client } = useSurroundings()
  const act = useAct()
  const save = async (format: 'csv' | 'json'): Promise<void> => {
    const file = await act.run(() => client.call('history.export', { format }))
    if (file === undefined) return
    download(file.fileName, file.text, TYPES[format])
    say(historyWords.saved)
  }
  return (
    <section class="card stack">
      <h2>{historyWords.export}</h2>
      <p class="lead">{historyWords.exportText}</p>
      <div class="buttons">
        {(['csv', 'json'] as const).map((format) => (
          <Button key={format} icon={Download} busy={act.busy} onPress={() => void save(format)} testId={`history-export-${format}`}>
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      <Problem facts={act.problem} />
    </section>
  )
}
