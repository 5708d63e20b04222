/** The list of mints on the relays (NUT-27): off by itself, readable with the words only, and enough to find the mints again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mintListEvent, newestList } from '../../src/wallet/backup/mint-list.ts'
import { seedBytes } from '../../src/wallet/seed.ts'
import { openFresh, restored, wordsOf } from './restoring.ts'
import { openStage, type Stage, until } from './stage.ts'
import type { World } from './world.ts'

let stage: Stage
let fresh: World
beforeEach(async () => {
  stage = await openStage()
  fresh = await openFresh()
  await fresh.screen.call('settings.set', { relays: [stage.devnet.relay.url] })
})
afterEach(async () => {
  await fresh.kill()
  await stage.stop()
})

const lists = () => stage.devnet.relay.events().filter(({ kind }) => kind === 30078)
const find = async () => fresh.screen.call('restore.findMints', { words: await wordsOf(stage.world) })
const view = async () => (await stage.world.screen.call('backup.get', {})).mintList

describe('the list of mints', () => {
  it('is nowhere until the user wants it, and leaves with the wish', async () => {
    await stage.world.app.wake()
    expect(lists()).toEqual([])
    await stage.world.screen.call('mintList.set', { on: true })
    expect(lists()).toHaveLength(1)
    expect(JSON.stringify(lists())).not.toContain('127.0.0.1')
    expect(await find()).toEqual([stage.devnet.mint.url])
    await stage.world.screen.call('mintList.set', { on: false })
    expect(await find()).toEqual([])
  })

  it('follows a change by itself, also when no relay could be reached at first', async () => {
    const { world, devnet } = stage
    await world.screen.call('mintList.set', { on: true })
    devnet.relay.down = true
    await world.screen.call('mints.add', { url: devnet.otherMint.url })
    await until(async () => (await view()).problem !== null, 'the problem is seen')
    devnet.relay.down = false
    await until(async () => {
      world.clock.skewMs += 60_000
      await world.app.wake()
      return (await view()).problem === null
    }, 'the new list is out')
    expect((await find()).toSorted()).toEqual([devnet.mint.url, devnet.otherMint.url].toSorted())
  })

  it('is enough, with the words, to bring back the money', async () => {
    await stage.world.screen.call('mintList.set', { on: true })
    const words = await wordsOf(stage.world)
    const { balanceMsat } = await stage.world.screen.call('overview.get', { origin: null })
    await stage.world.kill()
    await restored(fresh, words, await fresh.screen.call('restore.findMints', { words }))
    expect((await fresh.screen.call('overview.get', { origin: null })).balanceMsat).toBe(balanceMsat)
  })

  it('no relay answers: says so', async () => {
    stage.devnet.relay.down = true
    await expect(find()).rejects.toMatchObject({ code: 'mint_unreachable' })
  })

  it('what others put there is not believed', async () => {
    const ours = await seedBytes(await wordsOf(stage.world))
    const theirs = await seedBytes(await wordsOf(fresh))
    const forged = { ...mintListEvent(theirs, ['https://evil.example.com'], 2_000_000_000), pubkey: mintListEvent(ours, [], 1).pubkey }
    const old = mintListEvent(ours, ['https://old.example.com'], 1_000)
    const now = mintListEvent(ours, ['https://mint.example.com/', 'https://mint.example.com'], 2_000)
    expect(newestList(ours, [forged, old, now, 'nonsense', null, mintListEvent(theirs, ['https://evil.example.com'], 3_000)])).toEqual([
      'https://mint.example.com',
    ])
    for (const event of [forged, mintListEvent(ours, ['http://192.168.1.1', 'http://10.0.0.1'], 4_000)])
      stage.devnet.relay.inject(JSON.parse(JSON.stringify(event)))
    expect(await find()).toEqual([])
  })
})
