/** A picture file → the text of the QR code in it. */
import { type Pixels, readCode } from './read-code.ts'
import { scanWords } from './strings.ts'

export type PictureCode = { readonly kind: 'code'; readonly code: string } | { readonly kind: 'nothing'; readonly why: string }

const LARGEST_BYTES = 30_000_000
/** Longest sides to look at: a code that fills the picture is found in a small one, a small code in a large photo needs its pixels. */
const SIDES = [1200, 2400, 600, 4000, 300] as const
const PATIENCE_MS = 300

/** Never throws: the reason is a sentence for the user. */
export async function readPicture(file: Blob): Promise<PictureCode> {
  if (file.size > LARGEST_BYTES) return { kind: 'nothing', why: scanWords.tooLarge }
  const bitmap = await createImageBitmap(file).catch(() => null)
  if (bitmap === null) return { kind: 'nothing', why: scanWords.notPicture }
  try {
    const natural = Math.max(bitmap.width, bitmap.height)
    // a larger drawing than the picture itself shows nothing more, but a tiny one is easier to read enlarged
    const sides = natural < 300 ? [natural, natural * 3] : [...new Set(SIDES.map((side) => Math.min(side, natural)))]
    for (const side of sides) {
      const code = await readCode(draw(bitmap, side / natural), PATIENCE_MS)
      if (code !== null) return { kind: 'code', code }
    }
    return { kind: 'nothing', why: scanWords.noCode }
  } finally {
    bitmap.close()
  }
}

/** On white: the dark modules of a transparent picture would vanish on black. Enlarged without blur. */
function draw(bitmap: ImageBitmap, scale: number): Pixels {
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true })
  if (context === null) return { width: 1, height: 1, data: new Uint8ClampedArray(4) }
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingEnabled = scale < 1
  context.drawImage(bitmap, 0, 0, width, height)
  return context.getImageData(0, 0, width, height)
}

/** Whether a file says of itself that it is a picture. */
export function isPicture(file: Blob): boolean {
  return file.type.startsWith('image/')
}
