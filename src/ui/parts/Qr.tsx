import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { drawQr, type QrDrawing } from './qr-drawing.ts'

/** Phones stop reading reliably at about version 25; above it the code has to move (AnimatedQr), or the text is only copied. */
const LONGEST = 1200

export function fitsQr(text: string): boolean {
  return text.length <= LONGEST
}

/** One static code. */
export function Qr({ text, label }: { text: string; label: string }) {
  const drawing = useMemo(() => (fitsQr(text) ? drawQr(text) : null), [text])
  return drawing === null ? null : <QrPicture drawing={drawing} label={label} />
}

/** Device pixels along a side, about: sharp on fine screens, and large enough when the picture is saved. */
const SIDE = 560

/**
 * Always dark on white: scanners want it so. A canvas and not an SVG: it can be copied and saved as a picture with the browser's own menu, and
 * a moving code is drawn anew several times a second.
 * @param dim it stands still and tells nobody anything
 */
export function QrPicture({ drawing, label, dim = false }: { drawing: QrDrawing; label: string; dim?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const scale = Math.ceil(SIDE / drawing.size)
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false })
    if (!context) return
    context.fillStyle = '#fff'
    context.fillRect(0, 0, drawing.size * scale, drawing.size * scale)
    context.fillStyle = '#000'
    for (const { x, y, width } of drawing.runs) context.fillRect(x * scale, y * scale, width * scale, scale)
  }, [drawing, scale])
  return (
    <canvas
      ref={canvas}
      class={dim ? 'qr dim' : 'qr'}
      width={drawing.size * scale}
      height={drawing.size * scale}
      role="img"
      aria-label={label}
      data-modules={drawing.size}
      data-testid="qr"
    />
  )
}
