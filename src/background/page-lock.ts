/** A page asks while the wallet is locked: the user unlocks it in the approval window, or the page is told so. */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { type SiteOrigin, siteOf } from '../domain/site.ts'
import { siteQuestion } from '../engine/asking.ts'
import type { Approvals } from '../permissions/approvals.ts'
import type { PermissionStore } from '../permissions/store.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { Lock } from './lock.ts'

export interface LockedPageWorld {
  readonly lock: Lock
  readonly permissions: PermissionStore
  readonly approvals: Approvals
  readonly paused: () => boolean
  readonly now: () => number
}

/**
 * Returns when the wallet is open, or when the request is refused anyway: then nobody has to type a passphrase for it.
 * @throws RoutstrError `wallet_locked`, and what a question is answered with (`page-api.md` §7)
 */
export async function untilUnlocked(
  { lock, permissions, approvals, paused, now }: LockedPageWorld,
  request: { readonly id: string; readonly origin: SiteOrigin; readonly prompt: 'auto' | 'none'; readonly userActive: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { id, origin, prompt, userActive, signal } = request
  while (lock.isLocked()) {
    if (paused() || (await permissions.site(origin))?.blocked === true) return
    if (prompt === 'none') {
      // a site without a limit learns nothing about the wallet, not even this
      if ((await permissions.budget(origin, now())) === null) return
      throw lockedError()
    }
    await approvals.ask({ ...siteQuestion({ origin, requestId: id, userActive }, {}, null), reason: 'locked' }, signal).catch((error: unknown) => {
      const isNo = error instanceof RoutstrError && (error.code === 'user_rejected' || error.code === 'prompt_timeout')
      if (!isNo) throw error
      if (lock.isLocked()) throw lockedError()
    })
  }
}

/** Only pages whose site may spend: the others have nothing to lose, and nothing to know. */
export function tellPagesLocked(pages: ReadonlySet<PagePort>, permissions: PermissionStore, now: number): void {
  const tell = async (page: PagePort): Promise<void> => {
    if ((await permissions.budget(siteOf(page), now)) !== null) page.send({ t: 'event', name: 'disconnect', detail: { reason: 'locked' } })
  }
  for (const page of pages) inBackground(tell(page))
}

function lockedError(): RoutstrError {
  return new RoutstrError('wallet_locked', 'The wallet is locked and was not unlocked. Nothing was spent.')
}
