import { useEffect, useState } from 'preact/hooks'
import './popup.css'
import { Approval } from '../approval/Approval.tsx'
import { useLive, useNow } from '../parts/live.ts'
import { Loading } from '../parts/Loading.tsx'
import { OfflineNote, Problem } from '../parts/Problem.tsx'
import { Actions } from './Actions.tsx'
import { BalanceCard } from './BalanceCard.tsx'
import { FirstSteps } from './FirstSteps.tsx'
import { Header } from './Header.tsx'
import { Panel, type PanelName } from './Panel.tsx'
import { Recent } from './Recent.tsx'
import { Running } from './Running.tsx'
import { SiteCard } from './SiteCard.tsx'

/** Status at a glance; the same questions as the approval window, on top. */
export function Popup({ activeSite }: { activeSite: () => Promise<string | null> }) {
  const [origin, setOrigin] = useState<string | null | undefined>(undefined)
  const [panel, setPanel] = useState<PanelName | null>(null)
  useEffect(() => {
    activeSite().then(setOrigin, () => setOrigin(null))
  }, [activeSite])
  const { value: overview, problem, reload } = useLive('overview.get', origin === undefined ? null : { origin })
  const now = useNow(10_000)

  if (overview === undefined) {
    return (
      <main class="popup">
        <Header paused={null} />
        <div class="popup-body">{problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />}</div>
      </main>
    )
  }
  const asking = overview.approvals[0]
  const empty = overview.balanceMsat === 0 && overview.pendingMsat === 0 && overview.onDepositMsat === 0 && overview.receipts.length === 0
  return (
    <main class="popup">
      <Header paused={overview.paused} />
      {panel !== null ? (
        <Panel name={panel} onBack={() => setPanel(null)} />
      ) : (
        <>
          {asking !== undefined && <Approval key={asking} id={asking} ownWindow={false} />}
          <div class="popup-body">
            <OfflineNote />
            <Problem facts={problem} onRetry={reload} />
            {empty ? (
              <FirstSteps />
            ) : (
              <>
                <BalanceCard overview={overview} />
                <Actions onDeposit={overview.onDepositMsat > 0} canSend={overview.balanceMsat > 0} onOpen={setPanel} />
              </>
            )}
            <SiteCard origin={origin ?? null} site={overview.site} now={now} />
            <Running running={overview.running} />
            {!empty && <Recent receipts={overview.receipts} now={now} />}
          </div>
        </>
      )}
    </main>
  )
}
