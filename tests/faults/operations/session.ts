/** A page asks, an account is funded and charged, the change comes home. */
import { ask } from '../../app/stage.ts'
import type { World } from '../../app/world.ts'
import type { Operation } from './operation.ts'

const chat = (world: World) => world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 60 })

export const session: Operation = {
  name: 'session',
  purse: [1, 2, 2, 4, 8, 16, 32, 64],
  async perform(_, world) {
    await chat(world)
    await world.screen.call('sessions.bringHome', {})
  },
}

export const sessionSplit: Operation = {
  name: 'session-split',
  purse: [128, 64],
  perform: (_, world) => chat(world),
}

export const bringHome: Operation = {
  name: 'bring-home',
  purse: [1, 2, 2, 4, 8, 16, 32, 64],
  before: async (_, world) => void (await chat(world)),
  perform: (_, world) => world.screen.call('sessions.bringHome', {}),
}
