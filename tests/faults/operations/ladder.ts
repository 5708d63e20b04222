/** In idle time a large note becomes small ones. */
import type { Operation } from './operation.ts'

export const ladder: Operation = {
  name: 'ladder',
  atStart: true,
  purse: [256, 16, 8],
  perform: (_, world) => world.app.wake(),
}
