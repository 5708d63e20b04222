/** Pixels → the text of the QR code in them. The decoder is loaded when the first picture comes: opening the popup does not pay for it. */

export interface Pixels {
  readonly width: number
  readonly height: number
  /** RGBA. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** Nothing that a QR code can hold is longer (version 40, digits). */
const LONGEST = 7_089

/**
 * @param patienceMs for the less likely ways to look; the likely ones are always tried
 * @returns null when there is no readable code
 */
export async function readCode({ width, height, data }: Pixels, patienceMs: number): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js')
  try {
    const text = decodeQR({ width, height, data }, { format: 'RGBA', effort: 16, timeLimit: patienceMs })
    return text.length <= LONGEST ? text : null
  } catch {
    // the decoder says "nothing found" and "broken code" by throwing; for us both are a picture without a code
    return null
  }
}
