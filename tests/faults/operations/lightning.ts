/** Money over Lightning: in, out, and from one own mint to the other. */
import type { World } from '../../app/world.ts'
import type { Scene } from '../scene.ts'
import type { Operation } from './operation.ts'

/** Friends pay every invoice that was shown and is not paid yet. */
async function payAll({ devnet }: Scene, world: World): Promise<void> {
  for (const { invoice, payer } of (await world.screen.call('lightning.get', {})).topUps) if (payer === 'anybody') devnet.lightning.pay(invoice)
  await world.app.wake()
}

export const topUp: Operation = {
  name: 'top-up',
  purse: [],
  async perform(scene, world) {
    await world.screen.call('topups.create', { mint: scene.devnet.mint.url, amountSat: 21 })
    await payAll(scene, world)
  },
  again: payAll,
}

const invoice = ({ devnet }: Scene): string => devnet.lightning.createInvoice({ amountMsat: 40_000 }).invoice

async function withdrawOnce(scene: Scene, world: World): Promise<void> {
  const { id } = await world.screen.call('withdrawals.quote', { text: invoice(scene), amountSat: null, mint: scene.devnet.mint.url })
  await world.screen.call('withdrawals.pay', { id })
}

export const withdraw: Operation = {
  name: 'withdraw',
  purse: [64, 8, 2],
  perform: withdrawOnce,
}

/** The payment hangs somewhere on its way, and arrives or fails in the end. */
export const withdrawSlowly: Operation = {
  name: 'withdraw-slowly',
  purse: [64, 8, 2],
  async furnish({ devnet }) {
    devnet.mint.quotes.holdMelts = true
  },
  perform: withdrawOnce,
  async again({ devnet, random, readRows }) {
    devnet.mint.quotes.holdMelts = false
    for (const { quoteId, state } of await readRows(({ withdrawals }) => withdrawals.toArray())) {
      if (state !== 'quoted') settle(() => devnet.mint.settleMelt(quoteId, random.chance(1 / 2) ? 'paid' : 'failed'))
    }
  },
}

/** It may never have reached the mint. */
function settle(melt: () => void): void {
  try {
    melt()
  } catch {
    // then it is not held
  }
}

export const move: Operation = {
  name: 'move',
  purse: [64, 8, 2],
  async perform({ devnet }, world) {
    const { withdrawalId } = await world.screen.call('moves.quote', { from: devnet.mint.url, to: devnet.otherMint.url, amountSat: 30 })
    await world.screen.call('moves.start', { withdrawalId })
    await world.app.wake()
  },
}

/** Each for itself: one that somebody has redeemed, or whose mint is trusted by now, keeps no other from coming over. */
async function bringOver({ devnet, hand }: Scene, world: World): Promise<void> {
  for (const token of hand) {
    await world.screen.call('tokens.receive', { token, trustMint: false }).catch(() => undefined)
    const waiting = (await world.screen.call('wallet.get', {})).incoming.find((row) => row.token === token && row.mint === devnet.otherMint.url)
    if (waiting !== undefined) await world.screen.call('moves.fromToken', { incomingId: waiting.id, to: devnet.mint.url }).catch(() => undefined)
  }
}

/** A token of a mint the user does not want: its money comes over to one he has. */
export const moveFromToken: Operation = {
  name: 'move-from-token',
  purse: [8],
  furnish: async (scene) => void (await scene.faucet([32, 16], scene.devnet.otherMint)),
  before: async ({ devnet }, world) => void (await world.screen.call('mints.distrust', { url: devnet.otherMint.url })),
  perform: bringOver,
  again: bringOver,
}
