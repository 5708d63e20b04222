/** Tokens of others become ours. */
import type { World } from '../../app/world.ts'
import type { Operation } from './operation.ts'

const paste = (world: World, token: string) => world.screen.call('tokens.receive', { token, trustMint: false })

/** The user pastes a token, and pastes it again when it did not seem to work. */
export const receive: Operation = {
  name: 'receive',
  purse: [8],
  furnish: async (scene) => void (await scene.faucet([1, 4, 16])),
  // two workers receive the same one, or not
  perform: (scene, world) => paste(world, scene.random.pick(scene.hand)),
  async again(scene, world) {
    for (const token of scene.hand) await paste(world, token).catch(() => undefined)
  },
}

/** Three tokens were kept while the mint did not answer; they are redeemed in one swap. */
export const receiveSeveral: Operation = {
  name: 'receive-several',
  purse: [],
  atStart: true,
  async furnish(scene) {
    for (const denominations of [[4, 8], [16], [1, 2]]) await scene.stored(await scene.faucet(denominations))
  },
  perform: (_, world) => world.app.wake(),
}

/** Several at once in one worker: they want the same counters. */
export const receiveAtOnce: Operation = {
  name: 'receive-at-once',
  purse: [],
  async furnish(scene) {
    for (const amount of [2, 4, 8, 16]) await scene.faucet([amount])
  },
  perform: (scene, world) => Promise.allSettled(scene.hand.map((token) => paste(world, token))),
  async again(scene, world) {
    for (const token of scene.hand) await paste(world, token).catch(() => undefined)
  },
}
