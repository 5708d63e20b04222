/** A page hears what its own requests have cost, and when its site's budget runs low (`page-api.md` §8). */
import { inBackground } from '../domain/in-background.ts'
import type { Msat } from '../domain/msat.ts'
import type { Receipt } from '../domain/receipt.ts'
import { type SiteOrigin, siteOrNull } from '../domain/site.ts'
import type { EngineStore } from '../engine/store.ts'
import type { PagePort } from '../messaging/ports.ts'
import type { PermissionStore } from '../permissions/store.ts'

export interface PageReceipts {
  /** This document made that request: nobody else hears of its receipt. @param liveCost it wants to hear what it costs while it runs */
  own(requestId: string, port: PagePort, liveCost: boolean): void
  /** What a running request costs so far, by our estimate. */
  estimated(requestId: string, costMsat: Msat): void
  /** The same store; what it saves is told. */
  watching(store: EngineStore): EngineStore
}

/** Tokens come faster than anybody reads a number. */
const COST_STEP_MS = 200
/** Requests that may still get a receipt, over all documents. */
const MOST_OWNED = 2_000
/** Less than this part of the limit is left: time to ask for more. */
const LOW = 1 / 5

export function createPageReceipts(world: {
  readonly pages: ReadonlySet<PagePort>
  readonly permissions: PermissionStore
  readonly now: () => number
}): PageReceipts {
  const owners = new Map<string, { readonly port: PagePort; readonly liveCost: boolean; toldAt: number }>()
  const watched = new WeakSet<PagePort>()
  /** Sites that know that their budget is low. */
  const warned = new Set<SiteOrigin>()

  function tell(receipt: Receipt): void {
    // written before the request leaves: nothing has happened yet
    if (receipt.state === 'interrupted' && receipt.chargedMsat === null) return
    const { id, modelAsked, insteadOf, providerName, state, chargedMsat, promptTokens, completionTokens } = receipt
    const detail = { requestId: id, model: modelAsked, ...(insteadOf === undefined ? {} : { insteadOf: insteadOf.model }), provider: providerName, state, costMsat: chargedMsat, promptTokens, completionTokens }
    const owner = owners.get(id)
    if (owner?.liveCost === true && chargedMsat !== null) owner.port.send({ t: 'event', name: 'cost', detail: { requestId: id, costMsat: chargedMsat, estimated: false } })
    owner?.port.send({ t: 'event', name: 'receipt', detail })
    if (chargedMsat !== null) owners.delete(id)
    inBackground(warnIfLow(receipt.origin))
  }

  async function warnIfLow(origin: SiteOrigin): Promise<void> {
    const budget = await world.permissions.budget(origin, world.now())
    if (budget === null || budget.remainingMsat >= budget.grant.limitMsat * LOW) return void warned.delete(origin)
    if (warned.has(origin)) return
    warned.add(origin)
    const { remainingMsat } = budget
    for (const page of world.pages) if (siteOrNull(page) === origin) page.send({ t: 'event', name: 'budgetLow', detail: { remainingMsat } })
  }

  return {
    own(requestId, port, liveCost) {
      owners.set(requestId, { port, liveCost, toldAt: 0 })
      // refused ones never get a receipt
      const [oldest] = owners.keys()
      if (owners.size > MOST_OWNED && oldest !== undefined) owners.delete(oldest)
      if (watched.has(port)) return
      watched.add(port)
      port.onClose(() => {
        for (const [id, owner] of owners) if (owner.port === port) owners.delete(id)
      })
    },
    estimated(requestId, costMsat) {
      const owner = owners.get(requestId)
      if (owner?.liveCost !== true || world.now() - owner.toldAt < COST_STEP_MS) return
      owner.toldAt = world.now()
      owner.port.send({ t: 'event', name: 'cost', detail: { requestId, costMsat, estimated: true } })
    },
    watching: (store) => ({
      ...store,
      async saveReceipt(receipt) {
        await store.saveReceipt(receipt)
        tell(receipt)
      },
      async changeReceipt(id, change) {
        await store.changeReceipt(id, change)
        // only a cost that was not known before is news
        const receipt = owners.has(id) ? await store.receipt(id) : undefined
        if (receipt !== undefined && receipt.chargedMsat !== null) tell(receipt)
      },
    }),
  }
}
