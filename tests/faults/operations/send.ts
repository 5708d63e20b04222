/** A token for somebody else. */
import type { World } from '../../app/world.ts'
import type { Scene } from '../scene.ts'
import type { Operation } from './operation.ts'

const send = (scene: Scene, world: World, amount: number) => world.screen.call('tokens.send', { mint: scene.devnet.mint.url, unit: 'sat', amount, memo: null })

/** The notes fit: no mint is asked. */
export const sendExact: Operation = {
  name: 'send-exact',
  purse: [1, 2, 4, 8, 16],
  perform: (scene, world) => send(scene, world, 13),
}

/** They do not: one is split first. */
export const sendSplit: Operation = {
  name: 'send-split',
  purse: [64, 8],
  perform: (scene, world) => send(scene, world, 13),
}

/** The receiver did not want it. */
export const takeBack: Operation = {
  name: 'take-back',
  purse: [1, 4, 8, 32],
  before: async (scene, world) => void (await send(scene, world, 13)),
  async perform(_, world) {
    const [sent] = (await world.screen.call('wallet.get', {})).sent
    return world.screen.call('tokens.takeBack', { operationId: sent?.operationId ?? '' })
  },
  async again(_, world) {
    const pending = (await world.screen.call('wallet.get', {})).sent.filter(({ state }) => state !== 'claimed' && state !== 'taken back')
    for (const { operationId } of pending) await world.screen.call('tokens.takeBack', { operationId })
  },
}
