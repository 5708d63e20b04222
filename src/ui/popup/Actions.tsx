import { ArrowDownLeft, ArrowUpRight, House, Zap } from 'lucide-preact'
import { BringHome } from '../parts/BringHome.tsx'
import { Button } from '../parts/Button.tsx'
import { useSurroundings } from '../parts/context.ts'
import type { PanelName } from './Panel.tsx'
import { popupWords } from './strings.ts'

export function Actions({ onDeposit, canSend, onOpen }: { onDeposit: boolean; canSend: boolean; onOpen: (panel: PanelName) => void }) {
  const { openOptions } = useSurroundings()
  return (
    <div class="actions">
      <Button icon={ArrowDownLeft} onPress={() => onOpen('receive')} testId="open-receive">
        {popupWords.receive}
      </Button>
      <Button icon={ArrowUpRight} disabled={!canSend} onPress={() => onOpen('send')} testId="open-send">
        {popupWords.send}
      </Button>
      <Button icon={Zap} onPress={() => openOptions('#/tokens?tab=top-up')} testId="open-top-up">
        {popupWords.topUp}
      </Button>
      <div class="actions-wide">
        <BringHome icon={House} disabled={!onDeposit} />
      </div>
    </div>
  )
}
