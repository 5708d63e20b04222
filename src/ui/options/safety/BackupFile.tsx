import { Download, FileUp } from 'lucide-preact'
import { useState } from 'preact/hooks'
import { unitText } from '../../../domain/units.ts'
import type { ImportedFile, RestoreProgress } from '../../../domain/backup.ts'
import { Button } from '../../parts/Button.tsx'
import { useSurroundings } from '../../parts/context.ts'
import { Field } from '../../parts/Field.tsx'
import { useAct } from '../../parts/live.ts'
import { Problem } from '../../parts/Problem.tsx'
import { RestoreState } from './RestoreState.tsx'
import { safetyWords, strengthText } from './strings.ts'

const MOST_BYTES = 40_000_000

/** The encrypted file, out and in. */
export function BackupFile({ lastAt, progress }: { lastAt: number | null; progress: RestoreProgress | null }) {
  return (
    <section class="card stack" data-testid="file-card">
      <h2>{safetyWords.file}</h2>
      <p class="lead">{safetyWords.fileText}</p>
      {lastAt !== null && (
        <p class="hint" data-testid="file-last">
          Last one: {new Date(lastAt).toLocaleString()}
        </p>
      )}
      <div class="pair">
        <Export />
        <Import />
      </div>
      {progress?.from === 'file' && <RestoreState progress={progress} />}
    </section>
  )
}

function Export() {
  const { client } = useSurroundings()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [done, setDone] = useState(false)
  const act = useAct()
  const ready = passphrase.length >= 8 && passphrase === again
  const make = async (): Promise<void> => {
    const file = await act.run(() => client.call('backup.export', { passphrase }))
    if (file === undefined) return
    download(file.fileName, file.text)
    setPassphrase('')
    setAgain('')
    setDone(true)
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void make()
      }}
    >
      <h3>{safetyWords.exportTitle}</h3>
      <Field
        secret
        label={safetyWords.passphrase}
        value={passphrase}
        onInput={setPassphrase}
        hint={strengthText(passphrase)}
        maxLength={512}
        testId="export-passphrase"
      />
      <Field
        secret
        label={safetyWords.passphraseAgain}
        value={again}
        onInput={setAgain}
        error={again !== '' && !passphrase.startsWith(again) ? safetyWords.passphraseDiffers : null}
        maxLength={512}
        testId="export-again"
      />
      <Problem facts={act.problem} />
      <div aria-live="polite">{done && <p class="notice good">{safetyWords.exported}</p>}</div>
      <div class="buttons">
        <Button submit kind="primary" icon={Download} busy={act.busy} disabled={!ready} testId="export-submit">
          {safetyWords.export}
        </Button>
      </div>
    </form>
  )
}

function Import() {
  const { client } = useSurroundings()
  const [file, setFile] = useState<File | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [over, setOver] = useState(false)
  const [imported, setImported] = useState<ImportedFile | null>(null)
  const act = useAct()
  const tooLarge = file !== null && file.size > MOST_BYTES
  const ready = file !== null && !tooLarge && passphrase !== ''
  const bringIn = async (from: File): Promise<void> => {
    const found = await act.run(async () => client.call('backup.import', { text: await from.text(), passphrase }))
    if (found === undefined) return
    setImported(found)
    setFile(null)
    setPassphrase('')
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void bringIn(file)
      }}
    >
      <h3>{safetyWords.importTitle}</h3>
      <label
        class={`file-drop${over ? ' over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          setFile(event.dataTransfer?.files[0] ?? null)
        }}
      >
        <FileUp size={18} />
        <span class="cut">{file?.name ?? safetyWords.choose}</span>
        <input type="file" accept=".json,application/json" data-testid="import-file" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
      </label>
      <Field
        secret
        label={safetyWords.passphrase}
        value={passphrase}
        onInput={setPassphrase}
        hint={safetyWords.importText}
        error={tooLarge ? safetyWords.tooLarge : null}
        maxLength={512}
        testId="import-passphrase"
      />
      <Problem facts={act.problem} />
      <div aria-live="polite">{imported !== null && <Imported file={imported} />}</div>
      <div class="buttons">
        <Button submit kind="primary" busy={act.busy} disabled={!ready} testId="import-submit">
          {safetyWords.import}
        </Button>
      </div>
    </form>
  )
}

function Imported({ file }: { file: ImportedFile }) {
  return (
    <p class="notice good" data-testid="import-done">
      The backup of {new Date(file.madeAt).toLocaleString()} was opened. {file.notes} notes at {file.mints} {file.mints === 1 ? 'mint' : 'mints'} are being
      checked
      {file.addedMsat > 0 && <>; {unitText(Math.floor(file.addedMsat / 1000), 'sat')} in sent tokens and sessions are here already</>}.
    </p>
  )
}

/** Through a link to a blob: an extension page needs no permission for that. */
function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
