/** One line of the history, its amounts and its foreign text. */
import type { Movement } from '../domain/movement.ts'
import { worthMsat } from '../domain/units.ts'

/** `token`: where the memo stands, for lines that somebody looks at. */
export type HistoryLine = Movement & { readonly token?: string }

export function money(amount: number, unit: string, fee: number): Pick<HistoryLine, 'amount' | 'unit' | 'amountMsat' | 'fee' | 'feeMsat'> {
  return { amount, unit, amountMsat: worthMsat(amount, unit), fee, feeMsat: worthMsat(fee, unit) }
}

const LONGEST_TEXT = 300
const SECRETS = /cashu[AB][\w+/=-]{8,}|sk-[0-9a-f]{16,}|nsec1[a-z0-9]{8,}|nostr\+walletconnect:\S+/gi

/** Foreign text, short, and without what opens a purse: memos and messages of strangers may quote tokens. */
export function told(text: string | null): string | null {
  const short = text?.replace(SECRETS, '[secret]').trim().slice(0, LONGEST_TEXT) ?? ''
  return short === '' ? null : short
}
