/** The words of a wallet that is gone, in a wallet that is in use. */
import type { World } from '../../app/world.ts'
import type { Scene } from '../scene.ts'
import type { Operation } from './operation.ts'

const start = (scene: Scene, world: World) => world.screen.call('restore.start', { words: scene.words, mints: [scene.devnet.otherMint.url] })

export const restore: Operation = {
  name: 'restore',
  purse: [8],
  rare: true,
  async furnish(scene) {
    // two workers restore the same wallet
    if (scene.words !== '') return
    const token = await scene.faucet([16, 8, 1], scene.devnet.otherMint)
    scene.words = await scene.elsewhere(async (world) => void (await world.screen.call('tokens.receive', { token, trustMint: true })))
  },
  async perform(scene, world) {
    await start(scene, world)
    await ended(world)
  },
  async again(scene, world) {
    const { restore: last } = await world.screen.call('backup.get', {})
    if (last === null) await start(scene, world)
    else if (last.state !== 'done') await world.screen.call('restore.continue', {})
    await ended(world)
  },
}

/** It goes on by itself, beside everything else; on a full disk it waits for an alarm. */
async function ended(world: World): Promise<void> {
  const isRunning = async (): Promise<boolean> => (await world.screen.call('backup.get', {})).restore?.state === 'running'
  for (let look = 0; look < 400 && (await isRunning()); look++) await new Promise((resolve) => setTimeout(resolve, 5))
  await world.app.wake()
}
