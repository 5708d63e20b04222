/** Which offers are worth a paid probe (`probing.ts`), best first, by what the user's own requests say of the next ones. Pure. */
import type { Offer, PriceSheet } from '../domain/offer.ts'
import type { Receipt } from '../domain/receipt.ts'
import { PROBES } from '../domain/site.ts'
import { acceptedNames } from '../protocol/catalogue.ts'
import { canDo } from '../routing/recommend.ts'

export interface Worth {
  /** The model as requests name it: audits are kept by that name. */
  readonly name: string
  readonly offer: Offer
}

interface Sold {
  readonly name: string
  readonly offers: readonly Offer[]
}

/** Names of the models that were used, as they were asked for, newest first. */
export function namesUsed(receipts: readonly Receipt[]): readonly string[] {
  return [...new Set(receipts.filter(isUse).map(({ modelAsked }) => modelAsked))]
}

/**
 * @param receipts of the last weeks: what was used, and how dear that was
 * @param lastDay of the last 24 hours: who answered or was probed within them is left out
 * @param wanted models that were used, or are named in a rule of the user @param onSale everything; of it, what is no dearer than what was used
 * @param favourites ids of providers
 */
export function worthProbing(facts: {
  readonly receipts: readonly Receipt[]
  readonly lastDay: readonly Receipt[]
  readonly wanted: readonly Sold[]
  readonly onSale: readonly Sold[]
  readonly favourites: readonly string[]
}): readonly Worth[] {
  const heard = heardIn(facts.lastDay)
  const range = rangeOf(facts.receipts)
  const inRange = facts.onSale.map(({ name, offers }) => ({ name, offers: offers.filter(({ model }) => isWithin(model.price, range)) }))
  const seen = new Set<string>()
  return [facts.wanted, inRange].flatMap((sold) =>
    sold
      .flatMap(({ name, offers }) => offers.map((offer): Worth => ({ name, offer })))
      .filter(({ name, offer }) => {
        const key = `${offer.providerId} ${offer.model.id}`
        if (seen.has(key) || offer.model.price === null || !canDo(offer.model, 'chat')) return false
        seen.add(key)
        return ![name, offer.model.id, ...acceptedNames(offer.model)].some((called) => heard.has(keyOf(offer.providerUrl, called)))
      })
      .sort((a, b) => likedFirst(a, b, facts.favourites) || (a.offer.model.price?.completionSat ?? 0) - (b.offer.model.price?.completionSat ?? 0)),
  )
}

/** A request that was paid for and answered, of somebody else than us. */
function isUse({ origin, state, price }: Receipt): boolean {
  return origin !== PROBES && state === 'completed' && price !== null
}

function heardIn(receipts: readonly Receipt[]): ReadonlySet<string> {
  const known = receipts.filter(({ origin, state }) => origin === PROBES || state === 'completed')
  return new Set(known.flatMap(({ providerUrl, modelAsked }) => (providerUrl === null ? [] : [keyOf(providerUrl, modelAsked)])))
}

function keyOf(url: string, model: string): string {
  return `${url} ${model.toLowerCase()}`
}

type Range = Pick<PriceSheet, 'promptSat' | 'completionSat'>

/** null: nothing was used. */
function rangeOf(receipts: readonly Receipt[]): Range | null {
  return receipts.filter(isUse).reduce<Range | null>((most, { price }) => {
    if (price === null) return most
    return { promptSat: Math.max(most?.promptSat ?? 0, price.promptSat), completionSat: Math.max(most?.completionSat ?? 0, price.completionSat) }
  }, null)
}

function isWithin(price: PriceSheet | null, range: Range | null): boolean {
  return price !== null && range !== null && price.promptSat <= range.promptSat && price.completionSat <= range.completionSat
}

function likedFirst(a: Worth, b: Worth, favourites: readonly string[]): number {
  return Number(favourites.includes(b.offer.providerId)) - Number(favourites.includes(a.offer.providerId))
}
