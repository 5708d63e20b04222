/** What quotes of both directions share: their shapes on the wire, and what tests can set. */
import type { FakeLightning } from '../lightning.ts'
import type { Ledger } from './ledger.ts'
import type { Nut20 } from './nut20.ts'
import { MintError, type Signature } from './wire.ts'

export interface MintQuote {
  quote: string
  request: string
  amount: number
  unit: string
  state: 'UNPAID' | 'PAID' | 'ISSUED'
  expiry: number
  pubkey?: string
}

export interface MeltQuote {
  quote: string
  request: string
  amount: number
  unit: string
  fee_reserve: number
  state: 'UNPAID' | 'PENDING' | 'PAID'
  expiry: number
  payment_preimage: string | null
  change?: Signature[]
}

export interface QuoteSettings {
  /** milliseconds until a mint quote pays itself; 0 = at once; null = only by `payQuote` or by a real payment */
  autoPayMs: number | null
  /** melts stay PENDING until `settleMelt` */
  holdMelts: boolean
  /** melts fail with 20004 and release their inputs */
  failMelts: boolean
  /** what the Lightning payment really costs; the rest of the reserve comes back as change */
  routingFeeSat: number
  /** amount of an invoice that cannot be read */
  meltAmountSat: number
  /** negative: quotes are born expired */
  quoteLifetimeSeconds: number
  /** which message a locked quote must be signed with; the other one is 20008 */
  nut20: Nut20
  /** NUT-17 accepts subscriptions and then says nothing */
  silentNotifications: boolean
  /** where the change of a melt is told: everywhere, only in the answer to the melt, or nowhere (the wallet must restore) */
  meltChange: 'always' | 'answer-only' | 'never'
}

export type QuoteChanged = (kind: 'bolt11_mint_quote' | 'bolt11_melt_quote', id: string, quote: MintQuote | MeltQuote) => void

export const quoteDefaults: Omit<QuoteSettings, 'autoPayMs'> = {
  holdMelts: false,
  failMelts: false,
  routingFeeSat: 0,
  meltAmountSat: 10,
  quoteLifetimeSeconds: 3600,
  nut20: 'both',
  silentNotifications: false,
  meltChange: 'always',
}

export interface QuoteWorld {
  ledger: Ledger
  lightning: FakeLightning
  settings: QuoteSettings
  units: ReadonlySet<string>
  onChange: QuoteChanged
}

/** NUT names no code for it (cashu.md §9.1). */
export const quoteNotFound = (): MintError => new MintError(20000, 'quote not found')
export const nowSeconds = (): number => Math.floor(Date.now() / 1000)
export const sumOf = (notes: readonly { amount: number }[]): number => notes.reduce((total, note) => total + note.amount, 0)
