/**
 * A Nostr wallet service (NIP-47) on the devnet's relay: announces itself (kind 13194), answers requests of its one client
 * (23194 → 23195) in NIP-44 or NIP-04, and misbehaves on order.
 */
import { createHash } from 'node:crypto'
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import * as v from 'valibot'
import { wait } from '../http.ts'
import { parseJson } from '../json.ts'
import type { FakeLightning } from '../lightning.ts'
import { isExpired, type RelayEvent } from '../relay/filters.ts'
import { connectToRelay } from './connection.ts'
import { createMethods, METHODS, NwcError, type Purse } from './methods.ts'

export const BEHAVIOURS = [
  'honest',
  'INSUFFICIENT_BALANCE',
  'QUOTA_EXCEEDED',
  'RATE_LIMITED',
  'PAYMENT_FAILED',
  /** does nothing and says nothing */
  'silent',
  /** does it, and says nothing: paid, but the answer is lost */
  'loseAnswer',
  /** does it at once, answers after `slowMs` */
  'slow',
  'answerTwice',
  /** does it, and answers what nobody can read */
  'garbage',
  /** somebody else answers first, with a made-up result */
  'forged',
] as const
export type Behaviour = (typeof BEHAVIOURS)[number]

type Encryption = 'nip44_v2' | 'nip04'

export interface WalletServiceRequest {
  method: string
  encryption: Encryption
  /** what it was planned to do about it */
  behaviour: Behaviour
}

export interface WalletService extends Purse {
  /** nostr+walletconnect://…; holds the client's secret */
  readonly uri: string
  readonly pubkey: string
  readonly clientPubkey: string
  /** every request it could read and did not ignore, in order */
  readonly requests: WalletServiceRequest[]
  slowMs: number
  /** how it treats the next requests, in the order planned; then it is honest again */
  behave(how: Behaviour, times?: number): void
  /** forgets what was planned */
  behaveAgain(): void
  /** what it says it can read; an older service knows only nip04 and has no tag at all */
  advertise(encryptions: readonly Encryption[]): void
  stop(): void
}

const REQUEST_KIND = 23_194
const RESPONSE_KIND = 23_195
const INFO_KIND = 13_194
const START_BALANCE_MSAT = 1_000_000_000
const requestSchema = v.object({ method: v.string(), params: v.optional(v.unknown(), {}) })

export async function createWalletService(options: { relayUrl: string; lightning: FakeLightning; seed?: string }): Promise<WalletService> {
  const keyFrom = (name: string): Uint8Array =>
    options.seed === undefined ? generateSecretKey() : new Uint8Array(createHash('sha256').update(`${options.seed}/nwc/${name}`).digest())
  const secretKey = keyFrom('service')
  const clientKey = keyFrom('client')
  const pubkey = getPublicKey(secretKey)
  const clientPubkey = getPublicKey(clientKey)
  const purse: Purse = { balanceMsat: START_BALANCE_MSAT, feeMsat: 0 }
  const answerTo = createMethods(options.lightning, purse, pubkey)
  const requests: WalletServiceRequest[] = []
  const seen = new Set<string>()
  const stopping = new AbortController()
  let plans: { how: Behaviour; times: number }[] = []
  let slowMs = 1000
  let announcedAt = 0
  let advertised: readonly Encryption[] = ['nip44_v2', 'nip04']

  const sign = (kind: number, tags: string[][], content: string, key = secretKey, createdAt = Math.floor(Date.now() / 1000)): RelayEvent => {
    const { id, pubkey: author, created_at, sig } = finalizeEvent({ kind, created_at: createdAt, tags, content }, key)
    return { id, pubkey: author, created_at, sig, kind, tags, content }
  }
  /** Replaceable: of two in one second a relay keeps the one with the lower id, so each is a second younger than the last. */
  function info(): RelayEvent {
    announcedAt = Math.max(Math.floor(Date.now() / 1000), announcedAt + 1)
    return sign(INFO_KIND, advertised.length === 0 ? [] : [['encryption', advertised.join(' ')]], METHODS.join(' '), secretKey, announcedAt)
  }

  function encrypt(text: string, to: string, encryption: Encryption, key = secretKey): string {
    return encryption === 'nip04' ? nip04.encrypt(key, to, text) : nip44.encrypt(text, nip44.getConversationKey(key, to))
  }
  function decrypt({ content, pubkey: author }: RelayEvent, encryption: Encryption): unknown {
    try {
      return parseJson(encryption === 'nip04' ? nip04.decrypt(secretKey, author, content) : nip44.decrypt(content, nip44.getConversationKey(secretKey, author)))
    } catch {
      return undefined
    }
  }

  function nextBehaviour(): Behaviour {
    const plan = plans.find(({ times }) => times > 0)
    if (plan) plan.times -= 1
    return plan?.how ?? 'honest'
  }

  function perform(method: string, params: unknown, behaviour: Behaviour): object {
    try {
      switch (behaviour) {
        case 'INSUFFICIENT_BALANCE':
        case 'QUOTA_EXCEEDED':
        case 'RATE_LIMITED':
        case 'PAYMENT_FAILED':
          throw new NwcError(behaviour, 'the devnet was told to refuse')
        default:
          return { result_type: method, error: null, result: answerTo(method, params) }
      }
    } catch (error) {
      const code = error instanceof NwcError ? error.code : 'OTHER'
      return { result_type: method, error: { code, message: error instanceof Error ? error.message : 'failed' }, result: null }
    }
  }

  async function onRequest(request: RelayEvent): Promise<void> {
    if (seen.has(request.id) || isExpired(request) || !verifyEvent({ ...request })) return
    seen.add(request.id)
    const encryption = encryptionOf(request)
    const respond = (answer: object, key = secretKey): void => {
      const content = encrypt(JSON.stringify(answer), request.pubkey, encryption ?? 'nip04', key)
      connection.publish(
        sign(
          RESPONSE_KIND,
          [
            ['p', request.pubkey],
            ['e', request.id],
          ],
          content,
          key,
        ),
      )
    }
    const refuse = (code: NwcError['code'], message: string): void => respond({ result_type: 'error', error: { code, message }, result: null })
    if (request.pubkey !== clientPubkey) return refuse('UNAUTHORIZED', 'this public key has no wallet here')
    if (encryption === undefined) return refuse('UNSUPPORTED_ENCRYPTION', 'nip44_v2 or nip04, please')
    const parsed = v.safeParse(requestSchema, decrypt(request, encryption))
    if (!parsed.success) return refuse('OTHER', 'the request could not be read')
    const { method, params } = parsed.output
    const behaviour = nextBehaviour()
    requests.push({ method, encryption, behaviour })
    if (behaviour === 'silent') return
    if (behaviour === 'forged')
      respond({ result_type: method, error: null, result: { preimage: '00'.repeat(32), balance: 1, fees_paid: 0 } }, generateSecretKey())
    const answer = perform(method, params, behaviour)
    if (behaviour === 'loseAnswer') return
    if (behaviour === 'garbage')
      return connection.publish(
        sign(
          RESPONSE_KIND,
          [
            ['p', request.pubkey],
            ['e', request.id],
          ],
          'no cipher text',
        ),
      )
    if (behaviour === 'slow') await wait(slowMs, stopping.signal)
    if (stopping.signal.aborted) return
    respond(answer)
    if (behaviour === 'answerTwice') respond(answer)
  }

  const connection = await connectToRelay(
    options.relayUrl,
    { kinds: [REQUEST_KIND], '#p': [pubkey], since: Math.floor(Date.now() / 1000) - 10 },
    { hello: info, onEvent: (event) => void onRequest(event) },
  )

  return {
    uri: `nostr+walletconnect://${pubkey}?relay=${encodeURIComponent(options.relayUrl)}&secret=${Buffer.from(clientKey).toString('hex')}`,
    pubkey,
    clientPubkey,
    requests,
    get balanceMsat() {
      return purse.balanceMsat
    },
    set balanceMsat(value: number) {
      purse.balanceMsat = value
    },
    get feeMsat() {
      return purse.feeMsat
    },
    set feeMsat(value: number) {
      purse.feeMsat = value
    },
    get slowMs() {
      return slowMs
    },
    set slowMs(value: number) {
      slowMs = value
    },
    behave(how, times = 1) {
      plans.push({ how, times })
    },
    behaveAgain() {
      plans = []
    },
    advertise(encryptions) {
      advertised = encryptions
      connection.publish(info())
    },
    stop() {
      stopping.abort()
      connection.stop()
    },
  }
}

/** NIP-47: no tag means nip04; undefined for what we cannot read. */
function encryptionOf(request: RelayEvent): Encryption | undefined {
  const wanted = request.tags.find(([name]) => name === 'encryption')?.[1] ?? 'nip04'
  return wanted === 'nip04' || wanted === 'nip44_v2' ? wanted : undefined
}
