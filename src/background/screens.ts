/** The answers to our screens, topic by topic. */
import { approvalScreens } from './screens/approvals.ts'
import { backupScreens } from './screens/backup.ts'
import { developerScreens } from './screens/developer.ts'
import { historyScreens } from './screens/history.ts'
import { lightningScreens } from './screens/lightning.ts'
import { nwcScreens } from './screens/nwc.ts'
import { lockScreens } from './screens/lock.ts'
import { overviewScreens } from './screens/overview.ts'
import { providerScreens } from './screens/providers.ts'
import { sessionScreens } from './screens/sessions.ts'
import { settingScreens } from './screens/settings.ts'
import { syncScreens } from './screens/sync.ts'
import { spendingScreens } from './screens/spending.ts'
import { siteScreens } from './screens/sites.ts'
import { tokenScreens } from './screens/tokens.ts'
import { wordScreens } from './screens/words.ts'
import { type ScreenWorld, screenTools } from './screens/world.ts'
import type { UiHandlers } from './ui-handlers.ts'

export function createScreens(world: ScreenWorld): UiHandlers {
  const tools = screenTools(world)
  return {
    ...overviewScreens(world),
    ...sessionScreens(world, tools),
    ...approvalScreens(world, tools),
    ...siteScreens(world, tools),
    ...spendingScreens(world, tools),
    ...tokenScreens(world, tools),
    ...backupScreens(world, tools),
    ...developerScreens(world, tools),
    ...historyScreens(world),
    ...lightningScreens(world, tools),
    ...nwcScreens(world, tools),
    ...syncScreens(world, tools),
    ...providerScreens(world, tools),
    ...wordScreens(world, tools),
    ...settingScreens(world, tools),
    ...lockScreens(world, tools),
  }
}
