import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { openWorld, PER_DAY, type World } from './world.ts'

let devnet: Devnet
let world: World

beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())
afterEach(async () => {
  expect((await world.ledger()).differenceMsat).toBe(0)
  await world.kill()
})

describe('the main job', () => {
  it('a page asks, the user approves, a provider is paid and streams, the change comes home', async () => {
    world = await openWorld()
    const connected = await world.screen.call('developer.connect', { configUrl: devnet.configUrl })
    expect(connected).toMatchObject({ mints: 1, providers: 2 })
    world.answerWith(PER_DAY)
    const { routstr } = world.page()
    const stream = await routstr.chat.completions.create({ model: 'owl-mini', stream: true, messages: [{ role: 'user', content: 'Why is the sky blue?' }] })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text.length).toBeGreaterThan(40)
    console.log(text, await world.ledger(), await world.screen.call('overview.get', { origin: 'https://chat.example' }))
    console.log(await world.screen.call('sessions.bringHome', {}))
    console.log(await world.ledger(), world.traffic)
  })
})
