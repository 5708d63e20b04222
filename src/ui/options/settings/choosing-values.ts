/** What a person types into the bounds of the choice, and what it means. Pure; undefined: not understood. */

/** Empty: null. */
export function numberOrNothing(text: string, least: number, most: number): number | null | undefined {
  const written = text.trim().replace(',', '.')
  if (written === '') return null
  const value = Number(written)
  return Number.isFinite(value) && value >= least && value <= most ? value : undefined
}

/** Empty: null. The background looks closer. */
export function npubOrNothing(text: string): string | null | undefined {
  const written = text.trim().toLowerCase()
  if (written === '') return null
  return /^npub1[0-9a-z]{58}$/.test(written) ? written : undefined
}
