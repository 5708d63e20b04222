/** What answers when the model that was asked for is gone, too dear or failing everywhere. Never silently: the answer and the receipt say so. */
import * as v from 'valibot'

/** `none`: the request is refused. `recommended`: one of the recommended for the same kind of request, no dearer than what was asked for. */
export type FallbackRule = { readonly use: 'none' } | { readonly use: 'recommended' } | { readonly use: 'model'; readonly model: string }

export const NO_FALLBACK: FallbackRule = { use: 'none' }

export const fallbackSchema = v.variant('use', [
  v.object({ use: v.literal('none') }),
  v.object({ use: v.literal('recommended') }),
  v.object({ use: v.literal('model'), model: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(256)) }),
]) satisfies v.GenericSchema<unknown, FallbackRule>

/** Another model was asked than the page had named. */
export interface Substitution {
  /** As the page wrote it; `auto`: it left the choice to us. */
  readonly model: string
  /** One line for people. */
  readonly why: string
}

/** The name under which a page leaves the choice of the model to us. No provider's model can take it. */
export const AUTO = 'auto'
