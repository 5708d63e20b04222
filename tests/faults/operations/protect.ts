/** The wallet gets a passphrase, pays under it, and loses it again. */
import type { World } from '../../app/world.ts'
import type { Scene } from '../scene.ts'
import type { Operation } from './operation.ts'

const PASSPHRASE = 'a careful person'

export const protect: Operation = {
  name: 'protect',
  purse: [1, 4, 8],
  rare: true,
  async perform({ devnet }: Scene, world: World) {
    await world.screen.call('lock.protect', { passphrase: PASSPHRASE })
    await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 5, memo: null })
    await world.screen.call('lock.unprotect', { current: PASSPHRASE })
  },
  async again(_, world) {
    await world.screen.call('lock.unlock', { passphrase: PASSPHRASE }).catch(() => undefined)
    await world.screen.call('lock.unprotect', { current: PASSPHRASE })
  },
}
