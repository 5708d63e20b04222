/** What a user or a page can do with money, as the generator knows it. */
import type { World } from '../../app/world.ts'
import type { Scene } from '../scene.ts'

export interface Operation {
  readonly name: string
  /** Denominations of the notes that are in the wallet before, sat. */
  readonly purse: readonly number[]
  /** Before any worker runs. */
  furnish?(scene: Scene): Promise<void>
  /** What the same worker did before; it does not die there. */
  before?(scene: Scene, world: World): Promise<void>
  /** It takes long: drawn half as often as others. */
  readonly rare?: boolean
  /** It happens while a worker starts, so that is where it dies. */
  readonly atStart?: boolean
  /** The operation itself. It may fail, and it may be cut off. */
  perform(scene: Scene, world: World): Promise<unknown>
  /** What a patient user does when all is well again. It may fail; it is done twice at most. */
  again?(scene: Scene, world: World): Promise<unknown>
}
