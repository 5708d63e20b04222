import { encodeQR } from 'qr'
import { useMemo } from 'preact/hooks'

/** Phones stop reading reliably at about version 25; above it the text is only copied. */
const LONGEST = 1200

export function fitsQr(text: string): boolean {
  return text.length <= LONGEST
}

/** One static code, always dark on white: scanners want it so. */
export function Qr({ text, label }: { text: string; label: string }) {
  const drawn = useMemo(() => draw(text), [text])
  if (drawn === null) return null
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${drawn.size} ${drawn.size}`} shape-rendering="crispEdges" data-testid="qr">
      <rect width={drawn.size} height={drawn.size} fill="#fff" />
      <path d={drawn.path} fill="#000" />
    </svg>
  )
}

function draw(text: string): { size: number; path: string } | null {
  if (!fitsQr(text)) return null
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: 3 })
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { size: modules.length, path }
}
