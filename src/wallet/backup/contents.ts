/**
 * What lies inside a backup file: everything money and limits need, nothing that is running. Open swaps are not in it: their
 * inputs are, and what they made is found with the seed; replayed months later they would bring back notes spent long ago.
 */
import * as v from 'valibot'
import { choosingSchema, PROFILES } from '../../domain/choosing.ts'
import { fallbackSchema } from '../../domain/fallback.ts'
import type { Grant, Hold, SiteRule } from '../../domain/grant.ts'
import { isMsat, msat } from '../../domain/msat.ts'
import { isSafeAddress } from '../../domain/network-address.ts'
import { PROBE_BUDGET_SAT } from '../../domain/probes.ts'
import { type Attempt, DEBT_KINDS, SESSION_LIVES, type Session } from '../../domain/session.ts'
import type { Settings } from '../../domain/settings.ts'
import { PROBES, siteOrigin } from '../../domain/site.ts'
import type { IncomingToken } from '../../domain/wallet.ts'
import type { SendOperation } from '../journal.ts'
import type { Note } from '../notes.ts'

/** Names, reasons, memos: often foreign. What is too long is cut; it is no reason to refuse a file. */
const text = v.pipe(
  v.string(),
  v.transform((value) => value.slice(0, 2_000)),
)
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(400))
/** Loopback is checked again when it is used: it needs the developer switch. */
const address = v.pipe(
  id,
  v.check((url) => isSafeAddress(url, { allowLoopback: true }), 'not a public address'),
)
const token = v.pipe(v.string(), v.maxLength(400_000))
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const signed = v.pipe(v.number(), v.safeInteger())
const time = v.pipe(v.number(), v.finite(), v.minValue(0))
const money = v.pipe(v.number(), v.check(isMsat, 'not an amount'), v.transform(msat))
const origin = v.pipe(
  text,
  v.check((value) => value === PROBES || isOrigin(value), 'not a site'),
  v.transform((value) => (value === PROBES ? PROBES : siteOrigin(value))),
)
/** One row that is not understood must not keep back the others; notes among them are found with the words. */
const list = <S extends v.GenericSchema>(row: S) =>
  v.pipe(
    v.array(v.unknown()),
    v.maxLength(100_000),
    v.transform((rows) =>
      rows.flatMap((one): v.InferOutput<S>[] => {
        const parsed = v.safeParse(row, one)
        return parsed.success ? [parsed.output] : []
      }),
    ),
  )

const note = v.object({
  secret: v.pipe(v.string(), v.minLength(1), v.maxLength(4_000)),
  mint: address,
  unit: v.pipe(v.string(), v.minLength(1), v.maxLength(20)),
  keysetId: id,
  amount: v.pipe(whole, v.minValue(1)),
  C: v.pipe(v.string(), v.hexadecimal(), v.maxLength(200)),
  dleq: v.nullable(
    v.pipe(
      v.object({ e: text, s: text, r: v.optional(text) }),
      v.transform(({ e, s, r }) => (r === undefined ? { e, s } : { e, s, r })),
    ),
  ),
  state: v.picklist(['ready', 'swapping', 'sent']),
  operationId: v.nullable(id),
}) satisfies v.GenericSchema<unknown, Note>

const send = v.object({
  kind: v.literal('send'),
  id,
  mint: address,
  unit: text,
  createdAt: time,
  state: v.picklist(['sent', 'claimed', 'takenBack']),
  token,
  amount: whole,
  secrets: v.pipe(v.array(v.string()), v.maxLength(2_000)),
  purpose: v.picklist(['user', 'session']),
  memo: v.nullable(text),
}) satisfies v.GenericSchema<unknown, SendOperation>

const incoming = v.object({
  id,
  token,
  mint: address,
  unit: text,
  amount: whole,
  amountMsat: money,
  from: v.picklist(['user', 'refund', 'faucet', 'sync']),
  sessionId: v.nullable(id),
  state: v.picklist(['stored', 'redeeming', 'redeemed', 'waiting', 'refused']),
  problem: v.nullable(text),
  operationId: v.nullable(id),
  at: time,
}) satisfies v.GenericSchema<unknown, IncomingToken>

const life = v.picklist(SESSION_LIVES)

const session = v.object({
  id,
  state: v.picklist(['prepared', 'open', 'settling', 'refunded', 'lost']),
  providerId: id,
  providerUrl: address,
  providerName: text,
  origin,
  life: v.optional(life, 'site'),
  isXCashu: v.exactOptional(v.literal(true)),
  invoice: v.exactOptional(v.object({ id, text: v.pipe(v.string(), v.maxLength(4_000)), withdrawalId: id, feeMsat: money })),
  mint: address,
  token: v.nullable(token),
  key: id,
  /** Empty for an invoice. */
  operationId: v.pipe(v.string(), v.maxLength(400)),
  faceMsat: money,
  arrivesMsat: money,
  limitMsat: v.exactOptional(money),
  creditedMsat: v.nullable(money),
  refundedMsat: v.nullable(money),
  forfeitedMsat: money,
  unexplainedMsat: signed,
  createdAt: time,
  lastUsedAt: time,
  nextTryAt: time,
  tries: whole,
  problem: v.nullable(text),
  debt: v.optional(v.nullable(v.object({ kind: v.picklist(DEBT_KINDS), since: time })), null),
}) satisfies v.GenericSchema<unknown, Session>

const attempt = v.object({
  id,
  requestId: id,
  sessionId: id,
  origin,
  state: v.picklist(['open', 'ended', 'settled']),
  requiredMsat: money,
  chargedMsat: money,
  feeMsat: v.exactOptional(money),
  at: time,
}) satisfies v.GenericSchema<unknown, Attempt>

const grant = v.object({
  id,
  origin,
  period: v.picklist(['day', 'week', 'month']),
  limitMsat: money,
  maxPerRequestMsat: money,
  requestId: v.null(),
  createdAt: time,
  expiresAt: time,
  revokedAt: v.nullable(time),
}) satisfies v.GenericSchema<unknown, Grant>

/** What was spent, so that limits go on where they were. */
const hold = v.object({
  requestId: id,
  origin,
  grantId: v.pipe(v.string(), v.maxLength(400)),
  once: v.boolean(),
  amountMsat: money,
  chargedMsat: money,
  state: v.literal('charged'),
  at: time,
}) satisfies v.GenericSchema<unknown, Hold>

const site = v.object({ origin, blocked: v.boolean(), sessionLife: v.optional(v.nullable(life), null), xCashu: v.exactOptional(v.boolean()), maxTokensCap: v.optional(v.nullable(whole)), fallback: v.optional(fallbackSchema), profile: v.optional(v.nullable(v.picklist(PROFILES)), null), lastUsedAt: time }) satisfies v.GenericSchema<unknown, SiteRule>

const settings = v.object({
  paused: v.boolean(),
  maxTokensCap: v.nullable(whole),
  sessionIdleMs: time,
  floatSat: whole,
  openAhead: v.boolean(),
  sessionLife: life,
  firstDepositSat: whole,
  fuseSatPerMinute: whole,
  choosing: choosingSchema,
  fallback: fallbackSchema,
  favourites: v.pipe(v.array(text), v.maxLength(500), v.readonly()),
  npub: v.nullable(text),
  hedge: v.boolean(),
  probeSatPerDay: v.nullable(v.pipe(whole, v.maxValue(PROBE_BUDGET_SAT.most))),
  relays: v.pipe(v.array(id), v.maxLength(20), v.readonly()),
  developer: v.boolean(),
})

/**
 * An invoice that was or may be paid. Without the request for its notes, if there was one: when the mint has answered that, the
 * seed finds them.
 */
const topUp = v.object({
  id,
  mint: address,
  amountSat: whole,
  invoice: v.pipe(v.string(), v.maxLength(5_000)),
  payer: v.picklist(['anybody', 'connected wallet', 'own mint']),
  createdAt: time,
  expiresAt: v.nullable(time),
  quoteId: id,
  lockIndex: v.nullable(whole),
})

export type OpenTopUp = v.InferOutput<typeof topUp>

export const contentsSchema = v.object({
  madeAt: time,
  words: v.pipe(v.string(), v.maxLength(400)),
  seedConfirmedAt: v.nullable(time),
  mints: list(v.object({ url: address, name: text, addedAt: time, trusted: v.boolean() })),
  counters: list(v.object({ keysetId: id, next: whole })),
  notes: list(note),
  topUps: list(topUp),
  sends: list(send),
  incoming: list(incoming),
  sessions: list(session),
  attempts: list(attempt),
  grants: list(grant),
  holds: list(hold),
  sites: list(site),
  settings: v.partial(settings) satisfies v.GenericSchema<unknown, { [K in keyof Settings]?: Settings[K] | undefined }>,
})

export type Contents = v.InferOutput<typeof contentsSchema>

function isOrigin(value: string): boolean {
  try {
    return siteOrigin(value) === value
  } catch {
    return false
  }
}
