/** After the first run nothing waits for discovery: with every relay, every probe and every mint hanging, a request goes out at once. */
import { afterEach, expect, test } from 'vitest'
import { ask, collect, openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
afterEach(() => stage.stop())

test('a request after a restart is answered while no relay and no probe answers', async () => {
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  await collect(await stage.world.page().routstr.chat.completions.create({ ...ask(), stream: true }))
  stage.devnet.relay.down = true
  let hanging = 0
  stage.world.bend((url) => {
    if (!/\/v1\/(info|models)$/.test(url)) return null
    hanging++
    return new Promise<Response>(() => undefined)
  })
  const world = await stage.restart()
  // prices are due: they are asked for, and nobody waits for the answer
  world.clock.skewMs += 3_600_000
  world.traffic.length = 0
  const text = await collect(await world.page().routstr.chat.completions.create({ ...ask('And at night?'), stream: true }))
  expect(text.length).toBeGreaterThan(0)
  expect(hanging).toBeGreaterThan(0)
  expect(world.traffic.filter((line) => line.endsWith('/chat/completions'))).toHaveLength(1)
  const [relay] = await world.screen.call('relays.list', {})
  expect(relay?.state).not.toBe('connected')
})
