/** Receipts → sums per day, site, model and provider, and what the same would have cost elsewhere. Pure. */
import { type Msat, sumMsat, ZERO_MSAT } from '../domain/msat.ts'
import type { PriceSheet } from '../domain/offer.ts'
import type { MarketPrice, Receipt } from '../domain/receipt.ts'
import type { Spending, SpendingPart } from '../domain/spending.ts'
import { chargeMsat } from '../protocol/price.ts'
import type { PricedOffer } from '../routing/plan.ts'

/** Midnight of that day in the user's time zone. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** @param count days, the last one is that of `now` */
export function daysUntil(now: number, count: number): readonly number[] {
  const date = new Date(dayOf(now))
  // by the calendar: a day may have 23 or 25 hours
  return Array.from({ length: count }, (_, index) => new Date(date.getFullYear(), date.getMonth(), date.getDate() - (count - 1 - index)).getTime())
}

export function spendingOf(receipts: readonly Receipt[], days: readonly number[]): Spending {
  const known = receipts.flatMap((receipt) => (receipt.chargedMsat === null ? [] : [{ ...receipt, chargedMsat: receipt.chargedMsat }]))
  const paid = known.filter(({ chargedMsat }) => chargedMsat > 0)
  const compared = known.flatMap(({ market, chargedMsat }) =>
    market?.median.wouldCostMsat == null || market.dearest.wouldCostMsat == null ? [] : [{ chargedMsat, median: market.median.wouldCostMsat, dearest: market.dearest.wouldCostMsat }],
  )
  const byDay = Map.groupBy(known, ({ finishedAt }) => dayOf(finishedAt))
  return {
    days: days.map((at) => ({ at, chargedMsat: sumMsat((byDay.get(at) ?? []).map((receipt) => receipt.chargedMsat)), requests: byDay.get(at)?.length ?? 0 })),
    chargedMsat: sumMsat(known.map((receipt) => receipt.chargedMsat)),
    requests: receipts.length,
    open: receipts.length - known.length,
    sites: parts(paid, ({ origin }) => origin),
    models: parts(paid, ({ modelAsked }) => modelAsked),
    providers: parts(paid, ({ providerName }) => providerName ?? ''),
    compared: {
      requests: compared.length,
      chargedMsat: sumMsat(compared.map((receipt) => receipt.chargedMsat)),
      atMedianMsat: sumMsat(compared.map(({ median }) => median)),
      atDearestMsat: sumMsat(compared.map(({ dearest }) => dearest)),
    },
  }
}

type Paid = Receipt & { readonly chargedMsat: Msat }

function parts(receipts: readonly Paid[], nameOf: (receipt: Paid) => string): readonly SpendingPart[] {
  return [...Map.groupBy(receipts, nameOf)]
    .map(([name, own]) => ({ name, chargedMsat: sumMsat(own.map((receipt) => receipt.chargedMsat)), requests: own.length }))
    .sort((a, b) => b.chargedMsat - a.chargedMsat || a.name.localeCompare(b.name))
}

/** What others wanted for the same model when a request left: the middle one by price (of two the cheaper) and the dearest. null: nobody else sells it. */
export function marketOf(priced: readonly PricedOffer[]): NonNullable<Receipt['market']> | null {
  const sorted = priced.toSorted((a, b) => a.expectedMsat - b.expectedMsat)
  const [median, dearest] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
  if (sorted.length < 2 || median === undefined || dearest === undefined) return null
  const price = ({ offer }: PricedOffer): MarketPrice | null => (offer.model.price === null ? null : { providerName: offer.providerName, price: offer.model.price, wouldCostMsat: null })
  const [atMedian, atDearest] = [price(median), price(dearest)]
  return atMedian === null || atDearest === null ? null : { offers: sorted.length, median: atMedian, dearest: atDearest }
}

/** With the tokens that were really used. A sheet with a rate of zero tells nothing. */
export function withUsage(market: NonNullable<Receipt['market']>, usage: { readonly promptTokens: number | null; readonly completionTokens: number | null }): NonNullable<Receipt['market']> {
  const { promptTokens, completionTokens } = usage
  if (promptTokens === null || completionTokens === null) return market
  const cost = (price: PriceSheet): Msat | null => chargeMsat(price, { promptTokens, completionTokens })
  const at = (there: MarketPrice): MarketPrice => ({ ...there, wouldCostMsat: cost(there.price) })
  return { ...market, median: at(market.median), dearest: at(market.dearest) }
}

/** Lines for a spreadsheet: one per day, site, model and provider. */
export interface SpendingLine {
  readonly day: number
  readonly site: string
  readonly model: string
  readonly provider: string
  readonly requests: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly chargedMsat: Msat
  readonly atMedianMsat: Msat
  readonly atDearestMsat: Msat
}

export function spendingLines(receipts: readonly Receipt[]): readonly SpendingLine[] {
  const groups = Map.groupBy(receipts, ({ finishedAt, origin, modelAsked, providerName }) => JSON.stringify([dayOf(finishedAt), origin, modelAsked, providerName]))
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const sum = (pick: (receipt: Receipt) => number | null | undefined): number => own.reduce((total, receipt) => total + (pick(receipt) ?? 0), 0)
    const money = (pick: (receipt: Receipt) => Msat | null | undefined): Msat => sumMsat(own.map((receipt) => pick(receipt) ?? ZERO_MSAT))
    return [
      {
        day: dayOf(first.finishedAt),
        site: first.origin,
        model: first.modelAsked,
        provider: first.providerName ?? '',
        requests: own.length,
        promptTokens: sum(({ promptTokens }) => promptTokens),
        completionTokens: sum(({ completionTokens }) => completionTokens),
        chargedMsat: money(({ chargedMsat }) => chargedMsat),
        atMedianMsat: money(({ market }) => market?.median.wouldCostMsat),
        atDearestMsat: money(({ market }) => market?.dearest.wouldCostMsat),
      },
    ]
  })
}
