/** What stands between a page and its first token when money is at the provider already: counted, not timed (times: `npm run bench:page`). */
import { expect, it, onTestFinished } from 'vitest'
import { WatchedIndexedDb } from './dying-stores.ts'
import { ask, collect, openStage } from './stage.ts'
import { PER_DAY } from './world.ts'

it('a warm request writes once before it leaves, its hold, its receipt and its place together, and is one request on the network', async () => {
  const disk = new WatchedIndexedDb()
  const stage = await openStage({ world: { factory: disk } })
  onTestFinished(() => stage.stop())
  const { world } = stage
  world.answerWith(PER_DAY)
  const { routstr } = world.page()
  const stream = async () => collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
  await stream()
  // what the first one has opened and learned is put away
  await world.app.wake()
  const written = disk.record()
  const before: string[][] = []
  world.bend((url) => {
    if (url.endsWith('/chat/completions')) before.push(...written.map((stores) => stores.split(' ').sort()))
    return null
  })
  const sent = world.traffic.length
  await stream()
  expect(before).toEqual([['attempts', 'grants', 'holds', 'receipts', 'sessions', 'sites']])
  expect(world.traffic.slice(sent)).toHaveLength(1)
})
