import { CameraOff } from 'lucide-preact'
import { Button } from '../parts/Button.tsx'
import { type CameraTrouble, cameraWords, scanWords } from './strings.ts'

/** In place of the picture: why there is none, and what can be done. */
export function CameraTroubleNote({ trouble, onAgain }: { trouble: CameraTrouble; onAgain: () => void }) {
  const { title, text } = cameraWords[trouble]
  return (
    <div class="scan-trouble" role="alert" data-testid="scan-trouble" data-trouble={trouble}>
      <CameraOff size={26} />
      <p class="name">{title}</p>
      <p class="small-text">{text}</p>
      <Button small onPress={onAgain} testId="scan-again">
        {scanWords.again}
      </Button>
    </div>
  )
}
