import { ArrowDownLeft, ArrowUpRight, House } from 'lucide-preact'
import { BringHome } from '../parts/BringHome.tsx'
import { Button } from '../parts/Button.tsx'
import type { PanelName } from './Panel.tsx'
import { popupWords } from './strings.ts'

export function Actions({ onDeposit, canSend, onOpen }: { onDeposit: boolean; canSend: boolean; onOpen: (panel: PanelName) => void }) {
  return (
    <div class="actions">
      <Button icon={ArrowDownLeft} onPress={() => onOpen('receive')} testId="open-receive">
        {popupWords.receive}
      </Button>
      <Button icon={ArrowUpRight} disabled={!canSend} onPress={() => onOpen('send')} testId="open-send">
        {popupWords.send}
      </Button>
      <div class="actions-wide">
        <BringHome icon={House} disabled={!onDeposit} />
      </div>
    </div>
  )
}
