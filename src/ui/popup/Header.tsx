import { Settings } from 'lucide-preact'
import { useSurroundings } from '../parts/context.ts'
import { useAct } from '../parts/live.ts'
import { Mark } from '../parts/Mark.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Toggle } from '../parts/Toggle.tsx'
import { popupWords } from './strings.ts'

/** @param paused null: not known yet */
export function Header({ paused, fuseTripped = false }: { paused: boolean | null; fuseTripped?: boolean }) {
  const { client, openOptions } = useSurroundings()
  const act = useAct()
  return (
    <>
      <header class="popup-head">
        <Mark size={26} />
        <h1 class="popup-name">Routstr</h1>
        {paused !== null && (
          <span class="power">
            <span class={paused ? 'power-word off' : 'power-word'} aria-live="polite">
              {paused ? 'Paused' : 'On'}
            </span>
            <Toggle
              on={!paused}
              label={popupWords.pauseName}
              testId="pause"
              disabled={act.busy}
              onChange={(on) => void act.run(() => client.call('paused.set', { paused: !on }))}
            />
          </span>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={popupWords.settings}
          title={popupWords.settings}
          data-testid="open-settings"
          onClick={() => openOptions()}
        >
          <Settings size={18} />
        </button>
      </header>
      {paused === true && (
        <p class="paused-note" data-testid="paused-note">
          {fuseTripped ? popupWords.fuseTripped : popupWords.pauseOn}
        </p>
      )}
      <Problem facts={act.problem} />
    </>
  )
}
