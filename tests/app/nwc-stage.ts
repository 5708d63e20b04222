/** What the tests of the connected wallet share: a network whose invoices nobody pays by itself, and a wallet that is connected. */
import type { TopUp } from '../../src/domain/lightning.ts'
import type { WalletPayment } from '../../src/wallet/nwc/store.ts'
import { openStage, type Stage, until } from './stage.ts'

export interface NwcStage extends Stage {
  readonly mint: string
  topUp(id: string): Promise<TopUp | undefined>
  payments(): Promise<readonly WalletPayment[]>
  /** The wallet was asked to pay so many times. */
  asked(): number
  /** An alarm of the browser: everything open is looked at. @param later ms by which the clock has moved */
  alarm(later?: number): Promise<void>
}

export async function openNwcStage(options: { readonly connected?: boolean } = {}): Promise<NwcStage> {
  const stage = await openStage({ devnet: { autoPayMs: null } })
  if (options.connected !== false) await stage.world.screen.call('nwc.connect', { uri: stage.devnet.walletService.uri })
  return Object.assign(stage, {
    mint: stage.devnet.mint.url,
    topUp: async (id: string) => (await stage.world.screen.call('lightning.get', {})).topUps.find((row) => row.id === id),
    async payments() {
      const row = await stage.world.database.values.get('nwc payments')
      return (row?.value ?? []) as readonly WalletPayment[]
    },
    asked: () => stage.devnet.walletService.requests.filter(({ method }) => method === 'pay_invoice').length,
    async alarm(later = 0) {
      stage.world.clock.skewMs += later
      await stage.world.app.wake()
    },
  })
}

export async function arrived(stage: NwcStage, id: string): Promise<void> {
  await until(async () => (await stage.topUp(id))?.state === 'done', 'the top-up is in the wallet')
}
