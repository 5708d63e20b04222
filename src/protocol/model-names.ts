/**
 * The many names of one model. A node accepts the listed id, the id with and without vendor prefix and date, the
 * canonical slug and every alias, all without regard to case (`routstr-node.md` §2.4 alias resolution).
 */
import type { Model } from '../domain/offer.ts'
import { type ModelMapping, NO_MAPPING } from './model-mapping.ts'

/** Every name the node would resolve to this model, lower case. */
export function acceptedNames(model: Model): ReadonlySet<string> {
  const { full, undated } = namesOf(model)
  return new Set([...full, ...undated])
}

/**
 * Is `asked` another way to say this model? Without regard to case; prefix and date may be missing on either side, but two
 * different dates never meet: `gpt-4o-2024-05-13` is not `gpt-4o-2024-08-06`.
 */
export function sameModel(model: Model, asked: string): boolean {
  return closeness(model, asked) !== null
}

/** How a provider's name for a model and the one asked for belong together, the closest first. */
export type NameRelation = 'listed' | 'spelling' | 'alias' | 'date' | 'mapping'

/**
 * The one model of a catalogue that `asked` means, or null: the exact listed id first, then the closer name, then the
 * lower price (the node's own order: alias strength, then price). What only the mapping brings together comes last, so that
 * it can never stand in front of a model that bears the name itself.
 */
export function resolveModel(models: readonly Model[], asked: string, mapping: ModelMapping = NO_MAPPING): Model | null {
  const found = byOwnNames(models, asked)
  if (found !== null) return found
  for (const name of mappedNames(asked, mapping)) {
    const model = byOwnNames(models, name)
    if (model !== null) return model
  }
  return null
}

/** null: they do not belong together. */
export function nameRelation(model: Model, asked: string, mapping: ModelMapping = NO_MAPPING): NameRelation | null {
  const near = closeness(model, asked)
  if (near !== null) return (['listed', 'spelling', 'alias', 'date', 'date'] as const)[near] ?? 'date'
  return mappedNames(asked, mapping).some((name) => closeness(model, name) !== null) ? 'mapping' : null
}

function mappedNames(asked: string, mapping: ModelMapping): readonly string[] {
  return formsOf(asked).exact.flatMap((form) => [mapping.canonicalOf(form) ?? [], mapping.variantsOf(form)].flat())
}

function byOwnNames(models: readonly Model[], asked: string): Model | null {
  let best: { model: Model; closeness: number } | null = null
  for (const model of candidates(models, asked)) {
    const near = closeness(model, asked)
    if (near === null) continue
    const isBetter = best === null || near < best.closeness || (near === best.closeness && rate(model) < rate(best.model))
    if (isBetter) best = { model, closeness: near }
  }
  return best?.model ?? null
}

/** The name under which the same model of several providers is listed once: no vendor prefix, as written. */
export function plainName(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}

/** `owl-2026-05-01` → `owl`; null when there is no date at the end. */
export function withoutDate(name: string): string | null {
  const stripped = name.replace(/-\d{4}-\d{2}-\d{2}$/, '')
  return stripped === name || stripped === '' ? null : stripped
}

/** For `Model.aliases`: what the node accepts besides the listed id. */
export function aliasesOf(id: string, others: readonly string[]): readonly string[] {
  const { full, undated } = expand([id, ...others])
  return [...new Set([...full, ...undated])].filter((name) => name !== id.toLowerCase())
}

/** Only those that share a name with one of the forms of `asked`; in the catalogue's order per form. */
function candidates(models: readonly Model[], asked: string): ReadonlySet<Model> {
  const index = indexOf(models)
  const forms = formsOf(asked)
  return new Set([...forms.exact, ...forms.undated].flatMap((form) => index.get(form) ?? []))
}

const indexes = new WeakMap<readonly Model[], ReadonlyMap<string, readonly Model[]>>()

function indexOf(models: readonly Model[]): ReadonlyMap<string, readonly Model[]> {
  const remembered = indexes.get(models)
  if (remembered !== undefined) return remembered
  const index = new Map<string, Model[]>()
  for (const model of models) {
    for (const name of acceptedNames(model)) {
      const sharing = index.get(name)
      if (sharing === undefined) index.set(name, [model])
      else sharing.push(model)
    }
  }
  indexes.set(models, index)
  return index
}

function formsOf(asked: string): { exact: readonly string[]; undated: readonly string[] } {
  const wanted = asked.trim().toLowerCase()
  const exact = [wanted, plainName(wanted)]
  return { exact, undated: exact.flatMap((form) => withoutDate(form) ?? withoutCompactDate(form) ?? []) }
}

/** 0 the listed id itself, 1 in other case, 2 a full name, 3 the model has a date and `asked` has none, 4 the reverse. */
function closeness(model: Model, asked: string): number | null {
  if (model.id === asked) return 0
  const forms = formsOf(asked)
  if (forms.exact[0] === model.id.toLowerCase()) return 1
  const { full, undated } = namesOf(model)
  if (forms.exact.some((form) => full.has(form))) return 2
  if (forms.exact.some((form) => undated.has(form))) return 3
  return forms.undated.some((form) => full.has(form)) ? 4 : null
}

const known = new WeakMap<Model, { full: ReadonlySet<string>; undated: ReadonlySet<string> }>()

/** Remembered per catalogue entry: a picker asks for every name of every provider. */
function namesOf(model: Model): { full: ReadonlySet<string>; undated: ReadonlySet<string> } {
  const remembered = known.get(model)
  if (remembered !== undefined) return remembered
  const { full: expanded, undated } = expand([model.id, ...model.aliases])
  // `aliases` already holds undated forms; a name that is only the undated form of a dated one is not a full name,
  // or else two dates of one model would meet
  const full = new Set([...expanded].filter((name) => !undated.has(name)))
  const names = { full, undated }
  known.set(model, names)
  return names
}

function expand(names: readonly string[]): { full: ReadonlySet<string>; undated: ReadonlySet<string> } {
  const full = new Set(names.map((name) => name.trim().toLowerCase()).flatMap((name) => [name, plainName(name)]))
  full.delete('')
  const undated = new Set([...full].flatMap((name) => withoutDate(name) ?? []))
  return { full, undated }
}

/** A trailing `-YYYYMMDD` is the node's last try. */
function withoutCompactDate(name: string): string | null {
  const stripped = name.replace(/-\d{8}$/, '')
  return stripped === name || stripped === '' ? null : stripped
}

function rate(model: Model): number {
  return model.price === null ? Number.POSITIVE_INFINITY : model.price.promptSat + model.price.completionSat
}
