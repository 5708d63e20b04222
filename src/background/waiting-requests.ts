/** The scheduler put together, and who is told how it goes. */
import { siteOrNull } from '../domain/site.ts'
import { createChoosing } from '../engine/choosing.ts'
import { createLegs } from '../engine/legs.ts'
import type { RecommendModels } from '../engine/recommending.ts'
import { createScheduling, type Scheduling, type SchedulingWorld } from '../engine/scheduling.ts'
import type { EngineWorld } from '../engine/world.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { Outside } from './outside.ts'
import { progressOf } from './page-batches.ts'

export function waitingRequests(
  { stores, randomId }: Pick<Outside, 'stores' | 'randomId'>,
  world: EngineWorld & Pick<SchedulingWorld, 'run' | 'busy' | 'mayRun'> & { readonly recommend: RecommendModels; readonly pages: ReadonlySet<PagePort>; readonly changed: () => void },
): Scheduling {
  return createScheduling({
    ...world,
    schedule: stores.schedule,
    randomId,
    planLegs: createLegs(world, createChoosing(world)),
    onProgress(view) {
      for (const page of world.pages) if (siteOrNull(page) === view.origin) page.send({ t: 'event', name: 'batch', detail: progressOf(view) })
      world.changed()
    },
  })
}
