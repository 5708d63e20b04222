import { useEffect, useState } from 'preact/hooks'
import './popup.css'
import { ZERO_MSAT } from '../../domain/msat.ts'
import { Approval } from '../approval/Approval.tsx'
import { LockedScreen } from '../lock/LockedScreen.tsx'
import { useLive, useNow } from '../parts/live.ts'
import { Loading } from '../parts/Loading.tsx'
import { OfflineNote, Problem } from '../parts/Problem.tsx'
import { Actions } from './Actions.tsx'
import { BudgetAlerts } from './BudgetAlerts.tsx'
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
  const lock = useLive('lock.get', {}).value
  const elsewhereMsat = useLive('sync.get', {}).value?.elsewhereMsat ?? ZERO_MSAT
  const now = useNow(10_000)

  if (lock?.locked === true) {
    return (
      <main class="popup">
        <Header paused={null} />
        <div class="popup-body">
          <OfflineNote />
          <LockedScreen small />
        </div>
      </main>
    )
  }

  if (overview === undefined) {
    return (
      <main class="popup">
        <Header paused={null} />
        <div class="popup-body">{problem === null ? <Loading rows={6} /> : <Problem facts={problem} onRetry={reload} />}</div>
      </main>
    )
  }
  const asking = overview.approvals[0]
  const held = [overview.balanceMsat, overview.pendingMsat, overview.onDepositMsat, elsewhereMsat]
  const empty = held.every((msat) => msat === 0) && overview.receipts.length === 0
  return (
    <main class="popup">
      <Header paused={overview.paused} fuseTripped={overview.fuseTrippedAt !== null} />
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
                <BalanceCard overview={overview} elsewhereMsat={elsewhereMsat} />
                <Actions onDeposit={overview.onDepositMsat > 0} canSend={overview.balanceMsat > 0} onOpen={setPanel} />
              </>
            )}
            <BudgetAlerts alerts={overview.alerts} now={now} />
            <SiteCard origin={origin ?? null} site={overview.site} now={now} />
            <Running running={overview.running} />
            {!empty && <Recent receipts={overview.receipts} now={now} />}
          </div>
        </>
      )}
    </main>
  )
}
