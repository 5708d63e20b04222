import { Image } from 'lucide-preact'
import { useCallback, useEffect, useId, useRef, useState } from 'preact/hooks'
import { Button } from '../parts/Button.tsx'
import { Dialog } from '../parts/Dialog.tsx'
import { createCollector } from '../ur/collect.ts'
import { CameraTroubleNote } from './CameraTroubleNote.tsx'
import { readPicture } from './read-picture.ts'
import { scanWords } from './strings.ts'
import { type CameraState, useCamera } from './use-camera.ts'
import './scan.css'

export interface ScannerProps {
  /** Why a code is not what is wanted, as a sentence; null when it is. The scanner goes on after a reason. */
  readonly check: (text: string) => string | null
  /** Called once, with a text that passed `check`. The camera is off by then. */
  readonly onFound: (text: string) => void
  readonly onClose: () => void
}

type Said = { readonly kind: 'good' | 'bad'; readonly text: string } | null

/** Camera or picture → the text of a code, moving ones (NUT-16) collected until they are whole. */
export function Scanner({ check, onFound, onClose }: ScannerProps) {
  const [found, setFound] = useState<string | null>(null)
  const [share, setShare] = useState(0)
  const [said, setSaid] = useState<Said>(null)
  const collect = useRef(createCollector())
  const video = useRef<HTMLVideoElement>(null)
  // a new function of the parent must not start the camera anew
  const parent = useRef({ check, onFound })
  parent.current = { check, onFound }

  const take = useCallback((code: string): 'found' | 'part' | 'wrong' => {
    const collected = collect.current(code)
    if (collected.kind === 'part') {
      setShare(collected.share)
      setSaid({ kind: 'good', text: scanWords.moving })
      return 'part'
    }
    if (collected.kind === 'broken') {
      setSaid({ kind: 'bad', text: scanWords.broken })
      return 'wrong'
    }
    const text = collected.kind === 'whole' ? collected.text : code
    const why = parent.current.check(text)
    if (why !== null) {
      setShare(0)
      setSaid({ kind: 'bad', text: why })
      return 'wrong'
    }
    setFound(text)
    return 'found'
  }, [])
  const camera = useCamera(video, found === null, take)
  const pictures = usePictures(take, setSaid)

  // only after the render in which `wanted` became false the camera is off
  useEffect(() => {
    if (found !== null && camera.state.kind === 'off') parent.current.onFound(found)
  }, [found, camera.state.kind])

  return (
    <Dialog title={scanWords.title} onClose={onClose}>
      <div class="scan-view" data-state={camera.state.kind} data-testid="scan-view">
        <video
          ref={video}
          class={camera.state.kind === 'running' && camera.state.mirrored ? 'mirrored' : ''}
          muted
          playsInline
          aria-label={scanWords.video}
          data-testid="scan-video"
          hidden={camera.state.kind !== 'running'}
        />
        {camera.state.kind === 'running' && <span class="scan-frame" />}
        {camera.state.kind === 'trouble' && <CameraTroubleNote trouble={camera.state.trouble} onAgain={camera.again} />}
      </div>
      {share > 0 && (
        <div class="scan-share">
          <progress class="meter" max={1} value={share} aria-label={scanWords.progress} data-testid="scan-progress" />
          <span class="small-text">{scanWords.percent(share)}</span>
        </div>
      )}
      <p class={said?.kind === 'bad' ? 'field-error' : 'hint'} role="status" data-testid="scan-said">
        {pictures.reading ? scanWords.reading : (said?.text ?? firstWords(camera.state))}
      </p>
      {camera.state.kind === 'running' && camera.state.cameras.length > 1 && <CameraChoice state={camera.state} onChoose={camera.choose} />}
      <div class="scan-picture">
        <PictureButton onFiles={pictures.read} busy={pictures.reading} />
        <p class="hint">{scanWords.pictureHint}</p>
      </div>
    </Dialog>
  )
}

function firstWords(state: CameraState): string {
  switch (state.kind) {
    case 'asking':
      return scanWords.asking
    case 'running':
      return scanWords.aim
    case 'off':
      return scanWords.found
    case 'trouble':
      return ''
    default:
      return state satisfies never
  }
}

function CameraChoice({ state, onChoose }: { state: Extract<CameraState, { kind: 'running' }>; onChoose: (id: string) => void }) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{scanWords.camera}</label>
      <select id={id} value={state.id} data-testid="scan-camera" onChange={(event) => onChoose(event.currentTarget.value)}>
        {state.cameras.map((one, index) => (
          <option key={one.id} value={one.id}>
            {one.name || scanWords.cameraName(index + 1)}
          </option>
        ))}
      </select>
    </div>
  )
}

/** A button in front of the browser's file input, which can not be drawn. */
function PictureButton({ onFiles, busy }: { onFiles: (files: readonly File[]) => void; busy: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon={Image} busy={busy} onPress={() => input.current?.click()}>
        {scanWords.picture}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        data-testid="scan-file"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          // the same file again is a new choice
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

/** Pictures chosen, dropped or pasted while the scanner is open; pasted text is taken like a code. */
function usePictures(
  take: (code: string) => 'found' | 'part' | 'wrong',
  say: (said: Said) => void,
): { reading: boolean; read: (files: readonly File[]) => void } {
  const [reading, setReading] = useState(false)
  const closed = useRef(false)
  const read = useCallback(
    (files: readonly File[]): void => {
      const readAll = async (): Promise<void> => {
        setReading(true)
        say(null)
        for (const file of files) {
          const picture = await readPicture(file)
          if (closed.current) return
          if (picture.kind === 'nothing') say({ kind: 'bad', text: picture.why })
          else {
            const took = take(picture.code)
            if (took === 'found') break
            if (took === 'part') say({ kind: 'good', text: scanWords.pictureOfMoving })
          }
        }
        setReading(false)
      }
      if (files.length > 0) void readAll()
    },
    [take, say],
  )
  useEffect(() => {
    const gone = new AbortController()
    const over = (event: DragEvent): void => event.preventDefault()
    const received = (event: Event, data: DataTransfer | null): void => {
      event.preventDefault()
      const text = data?.getData('text/plain').trim() ?? ''
      if (data !== null && data.files.length > 0) read([...data.files])
      else if (text !== '') take(text)
    }
    document.addEventListener('dragover', over, { signal: gone.signal })
    document.addEventListener('drop', (event) => received(event, event.dataTransfer), { signal: gone.signal })
    document.addEventListener('paste', (event) => received(event, event.clipboardData), { signal: gone.signal })
    return () => gone.abort()
  }, [read, take])
  useEffect(
    () => () => {
      closed.current = true
    },
    [],
  )
  return { reading, read }
}
