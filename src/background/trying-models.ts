/** Probes put together: what redeeming takes is asked of the mints' connections, whose keys are in the database. */
import { createProbing, type Probing, type ProbingWorld } from '../engine/probing.ts'
import type { Connections } from '../wallet/connections.ts'
import type { Wallet } from '../wallet/wallet.ts'

export function tryingModels(world: Omit<ProbingWorld, 'highestFeePpk'> & { readonly connections: Connections; readonly wallet: Wallet }): Probing {
  return createProbing({
    ...world,
    async highestFeePpk() {
      const mints = [...(await world.wallet.readyByMint()).keys()]
      const facts = await Promise.all(mints.map(async (mint) => (await world.connections.connect({ mint, unit: 'sat' })).facts()))
      return Math.max(0, ...facts.flatMap(({ keysets }) => keysets.map(({ inputFeePpk }) => inputFeePpk)))
    },
  })
}
