/** The Nostr wallet service as a client sees it (NIP-47), in both encryptions, and what it does on order. */
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { Relay } from 'nostr-tools/relay'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLightning, type FakeLightning } from '../devnet/lightning.ts'
import { createRelay, type DevnetRelay, type RelayEvent } from '../devnet/relay/relay.ts'
import { createWalletService, type WalletService } from '../devnet/wallet-service/service.ts'
import { soon } from './patience.ts'
import { must, numberAt, textAt } from './recorded.ts'

let relay: DevnetRelay
let lightning: FakeLightning
let service: WalletService
let client: Relay
let answers: RelayEvent[]
beforeEach(async () => {
  relay = await createRelay()
  lightning = createLightning()
  service = await createWalletService({ relayUrl: relay.url, lightning })
  client = await Relay.connect(relay.url)
  answers = []
  await new Promise<void>((resolve) => {
    client.subscribe([{ kinds: [23_195] }], { onevent: (event) => answers.push(event), oneose: resolve })
  })
})
afterEach(async () => {
  client.close()
  service.stop()
  await relay.stop()
})

type Encryption = 'nip44_v2' | 'nip04'
const clientKey = (): Uint8Array => new Uint8Array(Buffer.from(new URL(service.uri).searchParams.get('secret') ?? '', 'hex'))

function request(method: string, params: object = {}, options: { encryption?: Encryption | 'rot13'; tags?: string[][]; key?: Uint8Array } = {}): RelayEvent {
  const { encryption = 'nip44_v2', tags = [], key = clientKey() } = options
  const text = JSON.stringify({ method, params })
  const content = encryption === 'nip44_v2' ? nip44.encrypt(text, nip44.getConversationKey(key, service.pubkey)) : nip04.encrypt(key, service.pubkey, text)
  const all = [['p', service.pubkey], ...(encryption === 'nip04' ? [] : [['encryption', encryption]]), ...tags]
  return finalizeEvent({ kind: 23_194, created_at: Math.floor(Date.now() / 1000), tags: all, content }, key)
}

function read(event: RelayEvent, encryption: Encryption = 'nip44_v2'): unknown {
  const text =
    encryption === 'nip04'
      ? nip04.decrypt(clientKey(), event.pubkey, event.content)
      : nip44.decrypt(event.content, nip44.getConversationKey(clientKey(), event.pubkey))
  return JSON.parse(text)
}

const answersTo = (event: RelayEvent): RelayEvent[] => answers.filter(({ tags }) => tags.some(([name, value]) => name === 'e' && value === event.id))

async function ask(method: string, params: object = {}, encryption: Encryption = 'nip44_v2'): Promise<unknown> {
  const sent = request(method, params, { encryption })
  await client.publish(sent)
  await expect.poll(() => answersTo(sent).length, soon).toBe(1)
  return read(must(answersTo(sent)[0]), encryption)
}
const invoiceOf = (amountSat: number): string => lightning.createInvoice({ amountMsat: amountSat * 1000 }).invoice

test('announces itself; the connection string is understood', () => {
  const info = must(relay.events().find(({ kind }) => kind === 13_194))
  expect(info.pubkey).toBe(service.pubkey)
  expect(info.content.split(' ')).toEqual(expect.arrayContaining(['pay_invoice', 'get_balance', 'make_invoice', 'lookup_invoice', 'get_info']))
  expect(info.tags).toEqual([['encryption', 'nip44_v2 nip04']])
  const { protocol, host, searchParams } = new URL(service.uri)
  expect([protocol, host, searchParams.get('relay')]).toEqual(['nostr+walletconnect:', service.pubkey, relay.url])
})

test.each(['nip44_v2', 'nip04'] as const)('pays, looks up, receives and tells, in %s', async (encryption) => {
  const invoice = invoiceOf(21)
  const paid = await ask('pay_invoice', { invoice }, encryption)
  expect(paid).toMatchObject({ result_type: 'pay_invoice', error: null, result: { preimage: lightning.find(invoice)?.preimage, fees_paid: 0 } })
  expect(await ask('get_balance', {}, encryption)).toMatchObject({ result: { balance: 999_979_000 } })
  expect(await ask('lookup_invoice', { invoice }, encryption)).toMatchObject({ result: { type: 'outgoing', state: 'settled', amount: 21_000 } })
  const made = await ask('make_invoice', { amount: 5000, description: 'from a friend' }, encryption)
  expect(numberAt(made, 'result', 'amount')).toBe(5000)
  const hash = textAt(made, 'result', 'payment_hash')
  expect(await ask('lookup_invoice', { payment_hash: hash }, encryption)).toMatchObject({ result: { type: 'incoming', state: 'pending' } })
  lightning.pay(textAt(made, 'result', 'invoice'))
  expect(await ask('lookup_invoice', { payment_hash: hash }, encryption)).toMatchObject({ result: { state: 'settled', settled_at: expect.any(Number) } })
  expect(service.balanceMsat).toBe(999_984_000)
  expect(await ask('get_info', {}, encryption)).toMatchObject({ result: { network: 'regtest', pubkey: service.pubkey } })
  expect(new Set(service.requests.map((entry) => entry.encryption))).toEqual(new Set([encryption]))
})

test('refuses: too little money, a paid invoice, an unknown one, an unknown method, a stranger, a strange cipher', async () => {
  service.balanceMsat = 10_000
  expect(await ask('pay_invoice', { invoice: invoiceOf(11) })).toMatchObject({ error: { code: 'INSUFFICIENT_BALANCE' }, result: null })
  const invoice = invoiceOf(3)
  await ask('pay_invoice', { invoice })
  expect(await ask('pay_invoice', { invoice })).toMatchObject({ error: { code: 'PAYMENT_FAILED', message: 'invoice is already paid' } })
  expect(service.balanceMsat).toBe(7000)
  expect(await ask('lookup_invoice', { payment_hash: '00'.repeat(32) })).toMatchObject({ error: { code: 'NOT_FOUND' } })
  expect(await ask('sign_message', { message: 'x' })).toMatchObject({ error: { code: 'NOT_IMPLEMENTED' } })
  const stranger = request('get_balance', {}, { key: generateSecretKey() })
  const strange = request('get_balance', {}, { encryption: 'rot13' })
  for (const event of [stranger, strange]) await client.publish(event)
  await expect.poll(() => [answersTo(stranger).length, answersTo(strange).length], soon).toEqual([1, 1])
  expect(read(must(answersTo(strange)[0]), 'nip04')).toMatchObject({ error: { code: 'UNSUPPORTED_ENCRYPTION' } })
})

test.each(['INSUFFICIENT_BALANCE', 'QUOTA_EXCEEDED', 'RATE_LIMITED', 'PAYMENT_FAILED'] as const)('%s on order, once, and nothing is paid', async (how) => {
  const invoice = invoiceOf(2)
  service.behave(how)
  expect(await ask('pay_invoice', { invoice })).toMatchObject({ error: { code: how } })
  expect(lightning.isPaid(invoice)).toBe(false)
  expect(await ask('pay_invoice', { invoice })).toMatchObject({ error: null })
})

test('silence, a lost answer, a double answer, a slow one, garbage, a forged one', async () => {
  const invoices = [1, 2, 3, 4, 5, 6].map((amountSat) => invoiceOf(amountSat))
  service.slowMs = 300
  for (const how of ['silent', 'loseAnswer', 'answerTwice', 'slow', 'garbage', 'forged'] as const) service.behave(how)
  const sent = invoices.map((invoice) => request('pay_invoice', { invoice }))
  for (const event of sent) await client.publish(event)
  const counts = (): number[] => sent.map((event) => answersTo(event).length)
  await expect.poll(counts, soon).toEqual([0, 0, 2, 1, 1, 2])
  expect(invoices.map((invoice) => lightning.isPaid(invoice))).toEqual([false, true, true, true, true, true])
  expect(() => read(must(answersTo(must(sent[4]))[0]))).toThrow()
  const forged = must(answersTo(must(sent[5])).find(({ pubkey }) => pubkey !== service.pubkey))
  expect(read(forged)).toMatchObject({ result: { preimage: '00'.repeat(32) } })
  expect(await ask('get_balance')).toMatchObject({ result: { balance: 1_000_000_000 - 20_000 } })
})

test('a request is served once, an expired one never', async () => {
  const invoice = invoiceOf(2)
  const sent = request('pay_invoice', { invoice })
  await client.publish(sent)
  await client.publish(sent)
  const now = Math.floor(Date.now() / 1000)
  const expired = request('pay_invoice', { invoice: invoiceOf(3) }, { tags: [['expiration', String(now - 1)]] })
  relay.inject(expired) // a relay that does not look
  await client.publish(request('get_balance', {}, { tags: [['expiration', String(now + 60)]] }))
  await expect.poll(() => service.requests.map(({ method }) => method), soon).toEqual(['pay_invoice', 'get_balance'])
  expect(service.balanceMsat).toBe(1_000_000_000 - 2000)
})

test('comes back after the relay was gone, and tells what it can read now', async () => {
  relay.down = true
  relay.clear()
  relay.down = false
  await expect.poll(() => relay.events().map(({ kind }) => kind), soon).toContain(13_194)
  service.advertise([])
  await expect.poll(() => relay.events().find(({ kind }) => kind === 13_194)?.tags, soon).toEqual([])
})
