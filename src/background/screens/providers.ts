/** Who sells what. */
import { ZERO_MSAT } from '../../domain/msat.ts'
import type { Provider } from '../../domain/offer.ts'
import { recommendations } from '../../engine/model-list.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

const RECEIPTS_SHOWN = 50
const RECOMMENDED_SHOWN = 3

/** Announced ones that never answered yet are many, and of little use to a person. */
const STRANGERS_SHOWN = 50

export function providerScreens(world: ScreenWorld, tools: ScreenTools) {
  const { wallet, registry, standings } = world
  const { done } = tools

  return {
    'providers.list': async () => {
      const balances = await wallet.readyByMint()
      const scoreOf = await world.judging.scores()
      return Promise.all(
        listed(registry.providers()).map(async (provider) => {
          const may = await standings.mayFund(provider.id)
          return {
            provider,
            models: registry.modelsOf(provider.id),
            payable: provider.mints.some((mint) => (balances.get(mint) ?? ZERO_MSAT) > 0),
            trust: scoreOf(provider),
            notFunded: may.ok ? null : may.why,
            mismatches: await standings.wrong(provider.id),
          }
        }),
      )
    },
    'providers.add': ({ url }) => done(registry.addProvider(url, 'user')),
    'providers.remove': ({ id }) => done(registry.removeProvider(id)),
    'providers.setBlocked': ({ id, blocked }) => done(registry.setBlocked(id, blocked)),
    'providers.forgive': ({ id }) => done(standings.forgive(id)),
    'providers.refresh': () => done(registry.refresh()),
    'relays.list': async () => registry.relays(),
    'providers.get': async ({ id }) => {
      const record = registry.record(id)
      if (record === null) return null
      const scoreOf = await world.judging.scores()
      const [prices, sessions, receipts, may, mismatches] = await Promise.all([
        registry.pricesOf(id),
        world.sessions.list(),
        world.store.receiptsOf(record.provider.url, RECEIPTS_SHOWN),
        standings.mayFund(id),
        standings.wrong(id),
      ])
      const open = sessions.filter(({ session }) => session.providerId === id && session.state !== 'closed' && session.state !== 'cancelled')
      const notFunded = may.ok ? null : may.why
      return { ...record, prices, spokenAs: registry.spokenOf(id), trust: scoreOf(record.provider), notFunded, mismatches, sessions: open, receipts: receipts.filter((receipt) => !world.running.has(receipt.id)) }
    },
    'models.recommended': async ({ task }) => (await world.recommend(task, true)).slice(0, RECOMMENDED_SHOWN),
    'models.list': async () => {
      const recommendedFor = await recommendations(world.recommend, true)
      return registry.models().map(({ id, offers }) => ({
        id,
        recommendedFor: recommendedFor.get(id) ?? [],
        offers: offers.map(({ providerId, providerName, model, at }) => ({
          providerId,
          providerName,
          calledId: model.id,
          because: registry.relation(model, id),
          price: model.price,
          at,
        })),
      }))
    },
  } satisfies Partial<UiHandlers>
}

function listed(providers: readonly Provider[]): readonly Provider[] {
  const isStranger = ({ source, seenAt, blocked }: Provider): boolean => source === 'nostr' && seenAt === null && !blocked
  return [...providers.filter((provider) => !isStranger(provider)), ...providers.filter(isStranger).slice(0, STRANGERS_SHOWN)]
}
