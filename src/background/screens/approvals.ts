/** The approval window. */
import { lessMsat, sumMsat, ZERO_MSAT } from '../../domain/msat.ts'
import type { ApprovalView } from '../../messaging/ui-contract.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import { amount } from './sites.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function approvalScreens(world: ScreenWorld, tools: ScreenTools) {
  const { wallet, permissions, approvals, now } = world
  const { done, stopSite } = tools

  async function approvalView(id: string): Promise<ApprovalView | null> {
    const found = await approvals.get(id)
    if (found === null) return null
    const { approval } = found
    const locked = world.lock.isLocked()
    const walletMsat = locked ? ZERO_MSAT : sumMsat((await wallet.readyByMint()).values())
    return {
      ...found,
      budget: await permissions.budget(approval.origin, now()),
      walletMsat,
      shortMsat: locked ? ZERO_MSAT : lessMsat(approval.worstMsat, walletMsat),
      locked,
      firstTime: ((await permissions.site(approval.origin))?.lastUsedAt ?? 0) === 0,
    }
  }

  return {
    'approvals.get': ({ id }) => approvalView(id),
    'approvals.decide': async ({ id, decision }) => {
      if (decision.kind === 'approve') world.lock.requireOpen()
      const found = await approvals.get(id)
      const terms =
        decision.kind === 'approve'
          ? { ...decision.terms, limitMsat: amount(decision.terms.limitMsat), maxPerRequestMsat: amount(decision.terms.maxPerRequestMsat) }
          : null
      await approvals.decide(
        id,
        decision.kind === 'approve' && terms !== null ? { kind: 'approve', terms } : decision.kind === 'block' ? { kind: 'block' } : { kind: 'reject' },
      )
      if (found !== null && decision.kind === 'block') await stopSite(found.approval.origin)
      else if (found !== null) world.grantChanged(found.approval.origin)
      return done(Promise.resolve())
    },

  } satisfies Partial<UiHandlers>
}
