/** Another worker that only looks after what is unfinished, while others are still at it. */
import type { Operation } from './operation.ts'

export const bystander: Operation = {
  name: 'bystander',
  purse: [],
  rare: true,
  async perform(_, world) {
    for (let time = 0; time < 30; time++) await world.app.wake()
  },
}
