import { Terminal, Zap } from 'lucide-preact'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import { ReceiveForm } from '../receive/ReceiveForm.tsx'

/** An empty wallet: what to do first. */
export function FirstSteps() {
  const { openOptions } = useSurroundings()
  return (
    <section class="card stack first-steps" data-testid="first-steps">
      <div>
        <h2>Your wallet is empty</h2>
        <p class="muted">Receive an ecash token. Sites then pay their AI by the sat from it, within the limits you set.</p>
      </div>
      <ReceiveForm compact />
      <div class="or">
        <span>or</span>
      </div>
      <div class="stack">
        <Button icon={Zap} onPress={() => openOptions('#/tokens?tab=top-up')} testId="open-top-up">
          Top up over Lightning
        </Button>
        <Button icon={Terminal} onPress={() => openOptions('#/developer')} testId="go-devnet">
          Connect to the development network
        </Button>
        <p class="hint">Play money from this computer, to try everything without a sat.</p>
      </div>
    </section>
  )
}
