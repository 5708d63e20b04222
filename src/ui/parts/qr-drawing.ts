/** A text as the dark squares of a QR code. Pure. */
import { encodeQR } from 'qr'

export interface QrDrawing {
  /** Modules along a side, with the quiet zone. */
  readonly size: number
  /** Runs of dark modules in a row. */
  readonly runs: readonly Run[]
}

export interface Run {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Modules of white around the code: scanners look for it. */
const QUIET = 3

/** @throws Error when no QR code can hold the text (2953 bytes) */
export function drawQr(text: string): QrDrawing {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: QUIET })
  return { size: modules.length, runs: modules.flatMap(runsOf) }
}

function runsOf(row: readonly boolean[], y: number): Run[] {
  const runs: Run[] = []
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue
    const from = x
    while (row[x + 1] === true) x++
    runs.push({ x: from, y, width: x + 1 - from })
  }
  return runs
}
