/** Routes of our own screens for the wallet: mints, tokens in and out, the seed. */
import * as v from 'valibot'
import type { Msat } from '../../domain/msat.ts'
import type { Session } from '../../domain/session.ts'
import type { IncomingToken, MintBalance, MintFacts, MintHealth, SentToken, TokenFacts } from '../../domain/wallet.ts'

const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const nothing = v.object({})

export const tokenInputs = {
  'wallet.get': nothing,
  /** Asks the mint who it is, before trust. */
  'mints.preview': v.object({ url: text(512) }),
  'mints.add': v.object({ url: text(512) }),
  /** Only when empty. */
  'mints.remove': v.object({ url: text(512) }),
  /** Its notes stay, can be sent away, and pay for nothing. */
  'mints.distrust': v.object({ url: text(512) }),
  /** Asks the mint how it is; a sick mint is an answer, no error. */
  'mints.check': v.object({ url: text(512) }),
  /** Never added by themselves. */
  'mints.suggestions': nothing,
  /** Tokens locked to this key are ours (NUT-11). */
  'tokens.lockKey': nothing,
  'tokens.inspect': v.object({ token: text(200_000) }),
  /** @throws invalid_token, unknown_mint (the token is kept, `trustMint` decides), token_already_spent, mint_unreachable (kept, retried). */
  'tokens.receive': v.object({ token: text(200_000), trustMint: v.boolean() }),
  'tokens.send': v.object({
    mint: text(512),
    unit: v.optional(text(20), 'sat'),
    amount: v.pipe(amount, v.minValue(1)),
    memo: v.nullable(v.pipe(v.string(), v.maxLength(120))),
  }),
  'tokens.takeBack': v.object({ operationId: text(64) }),
  'incoming.retry': v.object({ id: text(64), trustMint: v.boolean() }),
  /** Shows the twelve words. Only on a deliberate press. */
  'seed.reveal': nothing,
} as const

/** A session and what is left of it as far as we know. */
export interface SessionView {
  readonly session: Session
  readonly leftMsat: Msat
  /** It should have come back by now, or came back short. */
  readonly owing: boolean
}

export interface WalletView {
  readonly mints: readonly MintBalance[]
  readonly sessions: readonly SessionView[]
  readonly incoming: readonly IncomingToken[]
  readonly sent: readonly SentToken[]
}

export interface MintPreview extends MintFacts {
  readonly url: string
  readonly trusted: boolean
}

/** What a swap brought, whole units; the worth of other units than bitcoin is 0. */
export interface ReceivedMoney {
  readonly unit: string
  readonly received: number
  readonly fee: number
  readonly receivedMsat: Msat
  readonly feeMsat: Msat
}

export interface TokenOutputs {
  'wallet.get': WalletView
  'mints.preview': MintPreview
  'mints.add': null
  'mints.remove': null
  'mints.distrust': null
  'mints.check': MintHealth
  'mints.suggestions': readonly { readonly url: string; readonly providers: number }[]
  'tokens.lockKey': { readonly publicKey: string }
  'tokens.inspect': TokenFacts
  'tokens.receive': ReceivedMoney
  'tokens.send': { readonly operationId: string; readonly token: string; readonly unit: string; readonly amount: number; readonly amountMsat: Msat }
  'tokens.takeBack': ReceivedMoney
  'incoming.retry': ReceivedMoney
  'seed.reveal': { readonly words: readonly string[] }
}
