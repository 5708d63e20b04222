/** A camera that sees what a test films: codes, drawn or looked up on a screen, as an uncompressed video that Chromium plays in a loop. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { playwrightPage } from './chromium.ts'
import type { Browser, Page } from './driver.ts'
import type { QrDrawing } from '../../../src/ui/parts/qr-drawing.ts'

const WIDTH = 640
const HEIGHT = 480
const GREY = 96
const PAPER = 235
const INK = 16

export interface Film {
  /** For `BrowserOptions.flags`: a camera with this film, and a user who allows it. */
  readonly flags: readonly string[]
  remove(): Promise<void>
}

/** @param perSecond codes a second; the film begins again after the last one */
export function film(codes: readonly QrDrawing[], perSecond = 4): Film {
  const folder = mkdtempSync(join(tmpdir(), 'routstr-film-'))
  const file = join(folder, 'film.y4m')
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  const frames = codes.flatMap((code) => [Buffer.from('FRAME\n'), picture(code), colourless])
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${perSecond}:1 Ip A1:1 C420jpeg\n`), ...frames]))
  return { flags: [...ALLOWED, `--use-file-for-fake-video-capture=${file}`], remove: () => rm(folder, { recursive: true }) }
}

/** A camera, and a user who allows it. */
const ALLOWED = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
/** Without a film: a green wall. */
export const TWO_CAMERAS = ['--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream']

/** On a grey wall, a little off the middle, as a sheet of paper with the code on it. */
function picture({ size, runs }: QrDrawing): Buffer {
  const scale = Math.floor((HEIGHT - 20) / size)
  const left = ((WIDTH - size * scale) >> 1) + 17
  const top = (HEIGHT - size * scale) >> 1
  const luma = Buffer.alloc(WIDTH * HEIGHT, GREY)
  const box = (x: number, y: number, width: number, height: number, level: number): void => {
    for (let row = y; row < y + height; row++) luma.fill(level, row * WIDTH + x, row * WIDTH + x + width)
  }
  box(left, top, size * scale, size * scale, PAPER)
  for (const { x, y, width } of runs) {
    box(left + x * scale, top + y * scale, width * scale, scale, INK)
  }
  return luma
}

/** Looks at the pixels of the code that a screen shows, until that many different ones were seen. */
export async function watchCodes(page: Page, count: number): Promise<QrDrawing[]> {
  const codes = await page.evaluate(async (wanted) => {
    const seen = new Set<string>()
    while (seen.size < wanted) {
      const code = document.querySelector('canvas.qr')
      const size = Number(code?.getAttribute('data-modules'))
      const context = code instanceof HTMLCanvasElement ? code.getContext('2d') : null
      if (context !== null) {
        const scale = context.canvas.width / size
        const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height)
        const isDark = (index: number): boolean => {
          const [x, y] = [((index % size) + 0.5) * scale, (Math.floor(index / size) + 0.5) * scale]
          return (data[(Math.floor(y) * context.canvas.width + Math.floor(x)) * 4] ?? 255) < 128
        }
        seen.add(Array.from({ length: size * size }, (_, index) => (isDark(index) ? '#' : '.')).join(''))
      }
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    return [...seen]
  }, count)
  return codes.map((modules) => {
    const size = Math.sqrt(modules.length)
    return { size, runs: [...modules].flatMap((module, index) => (module === '#' ? [{ x: index % size, y: Math.floor(index / size), width: 1 }] : [])) }
  })
}

/** Notes every picture stream the page is given, from its next load on. */
export async function watchCameras(browser: Browser, on: Page): Promise<() => Promise<readonly string[]>> {
  const page = playwrightPage(browser, on)
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = []
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints)
      tracks.push(...stream.getTracks())
      return stream
    }
    window.cameraTracks = tracks
  })
  await page.reload()
  return () => page.evaluate(() => window.cameraTracks.map(({ readyState }) => readyState))
}

declare global {
  interface Window {
    /** Set by `watchCameras`. */
    cameraTracks: MediaStreamTrack[]
  }
}
