/** The camera of this computer: asked for only while a scanner is open, always given back. */
import type { CameraTrouble } from './strings.ts'

export interface Camera {
  readonly id: string
  /** Empty when the browser does not tell. */
  readonly name: string
}

export interface Running {
  readonly stream: MediaStream
  readonly id: string
  readonly cameras: readonly Camera[]
  /** It looks at the user, like a mirror. A camera that does not tell is mostly that of a laptop. */
  readonly mirrored: boolean
}

/**
 * Asks the user when needed. @param id null: the one at the back, if there is one
 * @throws DOMException of the browser; `troubleOf` says what it means
 */
export async function startCamera(id: string | null, signal: AbortSignal): Promise<Running> {
  const which = id === null ? { facingMode: { ideal: 'environment' } } : { deviceId: { exact: id } }
  // undefined in pages that may never use a camera
  if (!('mediaDevices' in navigator)) throw new DOMException('no cameras here', 'NotFoundError')
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, width: { ideal: 1280 }, height: { ideal: 960 } } })
  try {
    // the names of cameras are told only after the permission
    const devices = await navigator.mediaDevices.enumerateDevices()
    signal.throwIfAborted()
    const cameras = devices.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, name: label }))
    const settings = stream.getVideoTracks()[0]?.getSettings()
    return { stream, id: settings?.deviceId ?? '', cameras, mirrored: settings?.facingMode !== 'environment' }
  } catch (error) {
    stopCamera(stream)
    throw error
  }
}

export function stopCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** The names are those of the Media Capture standard. */
export function troubleOf(error: unknown): CameraTrouble {
  switch (error instanceof DOMException || error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none'
    default:
      return 'busy'
  }
}
