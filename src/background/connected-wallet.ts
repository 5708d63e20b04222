/** The connected wallet among its neighbours: top-ups come from Lightning, what is held from the wallet. */
import { satDown } from '../domain/msat.ts'
import type { AddressPolicy } from '../domain/network-address.ts'
import type { Lightning } from '../wallet/lightning/lightning.ts'
import { createNwc, type Nwc } from '../wallet/nwc/connected-wallet.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { Outside } from './outside.ts'

interface Neighbours {
  readonly lightning: Lightning
  readonly wallet: Wallet
  readonly policy: () => AddressPolicy
  readonly paused: () => boolean
  readonly busy: () => () => void
  readonly onChange: () => void
}

export function connectedWallet({ stores, webSocket, now, randomId }: Outside, { lightning, wallet, ...rest }: Neighbours): Nwc {
  return createNwc({
    ...rest,
    store: stores.nwc,
    openSocket: webSocket,
    topUps: { topUp: lightning.topUp, create: (mint, amountSat) => lightning.createTopUp(mint, amountSat, 'connected wallet'), check: lightning.check },
    async heldSat(url) {
      const held = (await wallet.balances()).find(({ mint, trusted }) => trusted && mint.url === url)
      return held === undefined ? null : satDown(held.readyMsat) + satDown(held.pendingMsat)
    },
    now,
    randomId,
  })
}
