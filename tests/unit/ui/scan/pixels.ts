/** QR codes as a camera would see them: grey pixels, drawn from the very squares that the screen shows. */
import { drawQr } from '../../../../src/ui/parts/qr-drawing.ts'
import type { Pixels } from '../../../../src/ui/scan/read-code.ts'

/** @param scale pixels a module @param margin white pixels around */
export function photograph(text: string, { scale = 4, margin = 20 } = {}): Pixels {
  const { size, runs } = drawQr(text)
  const side = size * scale + 2 * margin
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const { x, y, width } of runs) {
    for (let row = y * scale; row < (y + 1) * scale; row++) {
      const from = (row + margin) * side + margin + x * scale
      for (let at = from; at < from + width * scale; at++) data.fill(0, at * 4, at * 4 + 3)
    }
  }
  return { width: side, height: side, data }
}

/** Speckles over the picture. @param share 0…1 of the pixels @param random 0…1 */
export function dirty(picture: Pixels, share: number, random: () => number): Pixels {
  const data = Uint8ClampedArray.from(picture.data)
  for (let at = 0; at < data.length; at += 4) if (random() < share) data.fill(random() * 255, at, at + 3)
  return { ...picture, data }
}
