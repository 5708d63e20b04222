/** Lists of models a page would take instead of each other: `models` in the body as OpenRouter has it, or one header. */
import { RoutstrError } from '../domain/errors.ts'

const MOST_MODELS = 8
const MOST_CHARACTERS = 256

/** @param value of the field `models`; absent: none @throws RoutstrError `invalid_request_error` */
export function readModels(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong()
  const names = value.filter((name) => typeof name === 'string')
  if (names.length !== value.length || names.some((name) => name.trim() === '' || name.length > MOST_CHARACTERS) || names.length > MOST_MODELS) throw wrong()
  return [...new Set(names)]
}

/** `x-routstr-models: owl-mini, heron-sage`, for bodies that are no JSON. */
export function readModelsHeader(text: string): readonly string[] {
  return readModels(text.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])))
}

function wrong(): RoutstrError {
  return new RoutstrError('invalid_request_error', `"models" must be a list of at most ${MOST_MODELS} names of models.`, { param: 'models' })
}
