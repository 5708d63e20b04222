import { ArrowLeft } from 'lucide-preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLive } from '../parts/live.ts'
import { Loading } from '../parts/Loading.tsx'
import { Problem } from '../parts/Problem.tsx'
import { ReceiveForm } from '../receive/ReceiveForm.tsx'
import { receiveWords } from '../receive/strings.ts'
import { SendForm } from '../send/SendForm.tsx'
import { sendWords } from '../send/strings.ts'

export type PanelName = 'receive' | 'send'

/** Receive and send without leaving the popup. */
export function Panel({ name, onBack }: { name: PanelName; onBack: () => void }) {
  const back = useRef<HTMLButtonElement>(null)
  useEffect(() => back.current?.focus(), [])
  return (
    <div class="popup-body" data-testid={`panel-${name}`}>
      <div class="row">
        <button ref={back} type="button" class="icon-button" aria-label="Back" data-testid="panel-back" onClick={onBack}>
          <ArrowLeft size={18} />
        </button>
        <h2>{name === 'receive' ? receiveWords.title : sendWords.title}</h2>
      </div>
      {name === 'receive' ? <ReceiveForm /> : <Sending />}
    </div>
  )
}

function Sending() {
  const { value, problem, reload } = useLive('wallet.get', {})
  if (value === undefined) return problem === null ? <Loading /> : <Problem facts={problem} onRetry={reload} />
  return <SendForm mints={value.mints} />
}
