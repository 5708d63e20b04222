/** What stands between a page and its first token when money is at the provider already: counted, not timed (times: `npm run bench:page`). */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openStores } from '../../src/storage/stores.ts'
import { WatchedIndexedDb } from './dying-stores.ts'
import { ask, collect, openStage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

it('a warm request reads once and writes once before it leaves, its hold, its receipt and its place together, is one request on the network, and writes four times when it is over', async () => {
  const disk = new WatchedIndexedDb()
  const stage = await openStage({ world: { factory: disk } })
  onTestFinished(() => stage.stop())
  const { world } = stage
  world.answerWith(PER_DAY)
  const { routstr } = world.page()
  const stream = async () => collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
  const learned = disk.record()
  await stream()
  // what the first one has opened and learned is put away
  await world.app.wake()
  await until(() => learned.includes('audits'), 'what the first one taught is written')
  await quiet(learned)
  const written = disk.record()
  const before: string[][] = []
  const read: string[][] = []
  let alreadyRead = disk.read.length
  world.bend((url) => {
    if (!url.endsWith('/chat/completions')) return null
    if (read.length === 0) before.push(...ofRequest(written).map((stores) => stores.split(' ').sort()))
    // beside it the icon counts questions
    read.push(disk.read.slice(alreadyRead).filter((stores) => stores !== 'approvals'))
    return null
  })
  const sent = world.traffic.length
  await stream()
  expect(before).toEqual([['attempts', 'grants', 'holds', 'receipts', 'sessions', 'sites']])
  expect(world.traffic.slice(sent)).toHaveLength(1)
  // many that end at once queue for the same rows
  await until(() => ofRequest(written).length >= before.length + 4, 'it is written down')
  await quiet(written)
  expect(await world.database.holds.where('state').equals('held').count()).toBe(0)
  expect(ofRequest(written).slice(before.length).toSorted()).toEqual(['audits', 'holds', 'receipts', 'sessions attempts'])
  // whether its id has been seen; all else is remembered, and looked at again when it takes its hold. Something else may go on beside one of them
  while (read.length < 4) {
    // what the one before has left to read
    await sleep(200)
    alreadyRead = disk.read.length
    await stream()
  }
  expect(read).toContainEqual(['holds', 'attempts'])
})

/** Without what relays tell, at any moment. */
function ofRequest(written: readonly string[]): string[] {
  return written.filter((stores) => stores !== 'heard' && stores !== 'relays')
}

/** Nothing more is being written. */
async function quiet(written: readonly string[]): Promise<void> {
  for (let seen = -1; seen !== written.length; await sleep(300)) seen = written.length
}

it('T31: what is remembered of sessions to plan with holds no key and no token', async () => {
  const stage = await openStage()
  onTestFinished(() => stage.stop())
  const { world } = stage
  world.answerWith(PER_DAY)
  await collect(await world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
  const [session] = await world.database.sessions.toArray()
  expect(session).toMatchObject({ key: expect.stringMatching(/^sk-/), token: expect.stringMatching(/^cashu/) })
  const glance = await openStores(world.database).stores.sessions.glance()
  expect(glance.places).toHaveLength(1)
  expect(JSON.stringify(glance)).not.toMatch(/sk-|cashu/)
})
