import { AnimatedQr } from '../parts/AnimatedQr.tsx'
import { CopyField } from '../parts/CopyField.tsx'
import { fitsQr, Qr } from '../parts/Qr.tsx'
import { sendWords } from './strings.ts'

/** A token as QR code (a moving one when it is long) and as text. Used right after sending, and to show a sent one again. */
export function TokenToGive({ token }: { token: string }) {
  return (
    <div class="stack">
      {fitsQr(token) ? <Qr text={token} label={sendWords.qr} /> : <AnimatedQr text={token} label={sendWords.movingQr} />}
      <CopyField text={token} label="Token" testId="send-token" />
    </div>
  )
}
