/** What another browser of the same user holds is taken over (NIP-60). */
import type { World } from '../../app/world.ts'
import type { Operation } from './operation.ts'

const bring = (world: World) => world.screen.call('sync.bringHere', { mint: null })

export const bringHere: Operation = {
  name: 'sync',
  purse: [8],
  rare: true,
  async furnish(scene) {
    if (scene.words !== '') return
    const token = await scene.faucet([16, 8, 1])
    await scene.elsewhere(async (world) => {
      await world.screen.call('settings.set', { relays: [scene.devnet.relay.url] })
      await world.screen.call('sync.enable', { nsec: null })
      await world.screen.call('tokens.receive', { token, trustMint: true })
      await world.screen.call('sync.now', {})
      scene.words = (await world.screen.call('sync.reveal', {})).nsec
    })
  },
  async before(scene, world) {
    await world.screen.call('settings.set', { relays: [scene.devnet.relay.url] })
    await world.screen.call('sync.enable', { nsec: scene.words })
  },
  perform: (_, world) => bring(world),
  again: (_, world) => bring(world),
}
