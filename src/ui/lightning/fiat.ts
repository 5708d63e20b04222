/** Amounts in dollars, as an impression: from the providers' price lists, never for counting. */

/** `≈ $1.23`, `≈ $0.004`, `≈ $1 240`; null when the rate is not known. */
export function fiatText(msat: number, msatPerUsd: number | null): string | null {
  if (msatPerUsd === null || !(msatPerUsd > 0)) return null
  const dollars = msat / msatPerUsd
  if (dollars === 0) return '≈ $0'
  if (dollars < 0.001) return 'less than $0.001'
  const decimals = dollars < 0.1 ? 3 : dollars < 1000 ? 2 : 0
  const [whole = '0', rest] = dollars.toFixed(decimals).split('.')
  return `≈ $${whole.replace(/\B(?=(\d{3})+$)/g, '\u2009')}${rest === undefined ? '' : `.${rest}`}`
}
