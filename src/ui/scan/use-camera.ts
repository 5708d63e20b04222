/** The life of a camera on a screen: asks, runs, and lets go when the screen goes or is hidden. */
import type { RefObject } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Camera, startCamera, stopCamera, troubleOf } from './camera.ts'
import { readCode } from './read-code.ts'
import type { CameraTrouble } from './strings.ts'

export type CameraState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'running'; readonly id: string; readonly cameras: readonly Camera[]; readonly mirrored: boolean }
  | { readonly kind: 'trouble'; readonly trouble: CameraTrouble }
  /** Nothing more is wanted. */
  | { readonly kind: 'off' }

/** At most ten pictures a second: enough for the fastest animated code, and the computer stays cool. */
const EVERY_MS = 100
/** For the unlikely ways to find a code in a picture; the next picture comes at once anyway. */
const PATIENCE_MS = 25
/** More pixels do not help with a code that fills a third of the picture. */
const LONGEST_SIDE = 1280

export interface CameraControl {
  readonly state: CameraState
  choose(id: string): void
  again(): void
}

/**
 * @param wanted false: the camera is off
 * @param onCode each readable code, also the same one again
 */
export function useCamera(video: RefObject<HTMLVideoElement>, wanted: boolean, onCode: (code: string) => void): CameraControl {
  const [state, setState] = useState<CameraState>({ kind: 'asking' })
  const [attempt, setAttempt] = useState<{ readonly id: string | null }>({ id: null })
  const visible = useVisible()

  useEffect(() => {
    if (!wanted || !visible) {
      setState({ kind: wanted ? 'asking' : 'off' })
      return
    }
    const gone = new AbortController()
    setState({ kind: 'asking' })
    run(attempt.id, video, gone.signal, setState, onCode).catch((error: unknown) => {
      if (!gone.signal.aborted) setState({ kind: 'trouble', trouble: troubleOf(error) })
    })
    return () => gone.abort()
  }, [attempt, wanted, visible, onCode])

  return {
    state,
    choose: useCallback((id: string) => setAttempt({ id }), []),
    again: useCallback(() => setAttempt({ id: null }), []),
  }
}

async function run(
  id: string | null,
  video: RefObject<HTMLVideoElement>,
  signal: AbortSignal,
  say: (state: CameraState) => void,
  onCode: (code: string) => void,
): Promise<void> {
  const { stream, id: running, cameras, mirrored } = await startCamera(id, signal)
  const element = video.current
  signal.addEventListener('abort', () => release(stream, element))
  if (signal.aborted || element === null) return release(stream, element)
  for (const track of stream.getVideoTracks()) {
    // only the browser ends a track like this; our own `stop` fires no event
    track.addEventListener('ended', () => {
      release(stream, element)
      if (!signal.aborted) say({ kind: 'trouble', trouble: 'lost' })
    })
  }
  element.srcObject = stream
  await element.play()
  if (signal.aborted) return
  say({ kind: 'running', id: running, cameras, mirrored })
  const look = createLook(element)
  while (!signal.aborted && stream.active) {
    const began = performance.now()
    const code = await look()
    if (code !== null && !signal.aborted) onCode(code)
    await new Promise((resolve) => setTimeout(resolve, Math.max(10, EVERY_MS - (performance.now() - began))))
  }
}

function release(stream: MediaStream, element: HTMLVideoElement | null): void {
  stopCamera(stream)
  if (element !== null && element.srcObject === stream) element.srcObject = null
}

/** @returns a function that reads the code in the present picture of the video */
function createLook(video: HTMLVideoElement): () => Promise<string | null> {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false })
  return async () => {
    if (context === null || video.videoWidth === 0) return null
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight))
    const width = Math.round(video.videoWidth * scale)
    const height = Math.round(video.videoHeight * scale)
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    context.drawImage(video, 0, 0, width, height)
    return readCode(context.getImageData(0, 0, width, height), PATIENCE_MS)
  }
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible')
  useEffect(() => {
    const look = (): void => setVisible(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return visible
}
