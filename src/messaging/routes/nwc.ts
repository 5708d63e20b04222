/** Routes of our own screens for the connected wallet (NIP-47) and for the price of a sat. */
import * as v from 'valibot'
import type { ConnectedWallet } from '../../domain/lightning.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const sat = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(100_000_000))
const nothing = v.object({})

export const nwcInputs = {
  'nwc.get': nothing,
  /** `nostr+walletconnect://…`. The wallet is asked first. @throws invalid_request_error, unsafe_address, connected_wallet_failed (why) */
  'nwc.connect': v.object({ uri: text(4_000) }),
  /** Forgets the secret and the refill; top-ups that are on their way are followed all the same. */
  'nwc.disconnect': nothing,
  /** Asks the connected wallet to pay the invoice of a top-up. @throws not_found, invoice_expired, connected_wallet_failed */
  'nwc.pay': v.object({ topUpId: text(64) }),
  /** null switches the automatic refill off. @throws unknown_mint, invalid_request_error */
  'nwc.refill': v.object({ refill: v.nullable(v.object({ mint: text(512), thresholdSat: sat, amountSat: sat, dailyCapSat: sat })) }),
  /** What a dollar is worth, as the providers' price lists say. */
  'rate.get': nothing,
} as const

export interface NwcOutputs {
  'nwc.get': ConnectedWallet | null
  'nwc.connect': ConnectedWallet
  'nwc.disconnect': null
  /** `asked`: no answer yet; the mint's word about the invoice decides, and is followed by itself. */
  'nwc.pay': { readonly outcome: 'paid' | 'asked' }
  'nwc.refill': null
  /** `at`: ms, when the youngest of the lists was read. null: unknown, no fiat is shown. */
  'rate.get': { readonly msatPerUsd: number | null; readonly at: number | null }
}
