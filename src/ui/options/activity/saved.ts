/** "Saved 12 sat (40 %) against the median offer". Pure. */
import { lessMsat, type Msat } from '../../../domain/msat.ts'
import { amountPhrase } from '../../parts/amounts.ts'

export function savedPhrase(chargedMsat: Msat, elsewhereMsat: Msat, than: string): string {
  if (elsewhereMsat === chargedMsat) return `Paid as much as ${than}.`
  const dearer = chargedMsat > elsewhereMsat
  const share = Math.round((Math.abs(elsewhereMsat - chargedMsat) / Math.max(1, elsewhereMsat)) * 100)
  const difference = dearer ? lessMsat(chargedMsat, elsewhereMsat) : lessMsat(elsewhereMsat, chargedMsat)
  return dearer ? `Paid ${amountPhrase(difference)} (${share} %) more than ${than}.` : `Saved ${amountPhrase(difference)} (${share} %) against ${than}.`
}
