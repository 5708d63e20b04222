/** Which prices are others than before. Pure. */
import type { Model } from '../domain/offer.ts'
import type { PricePoint } from '../domain/provider-record.ts'

/** Models of one provider whose history is kept. */
const MAX_MODELS = 500

/** A first reading is a change too, from nothing. @param at ms */
export function priceChanges(before: readonly Model[], after: readonly Model[], at: number): readonly { readonly modelId: string; readonly point: PricePoint }[] {
  const known = new Map(before.map((model) => [model.id, model.price]))
  return after.slice(0, MAX_MODELS).flatMap(({ id, price }) => {
    const old = known.get(id)
    if (price === null || (old?.promptSat === price.promptSat && old.completionSat === price.completionSat)) return []
    return [{ modelId: id, point: { at, promptSat: price.promptSat, completionSat: price.completionSat } }]
  })
}
