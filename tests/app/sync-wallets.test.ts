/** NIP-60: what other wallets write under the same key, and the switch: on, off, another key, the lock. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import { IDBFactory } from 'fake-indexeddb'
import { nsecEncode } from 'nostr-tools/nip19'
import { decrypt, getConversationKey } from 'nostr-tools/nip44'
import { generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rawRows } from '../unit/storage/raw-rows.ts'
import { proofsOf, secretOf, written } from './nip60.ts'
import { balanceOf, openFresh, unitBalance } from './restoring.ts'
import { until } from './stage.ts'
import { bring, elsewhereSat, expectConserved, openTwo, receive, settleSync, syncOf, tokensOn, type TwoBrowsers, useRelay } from './syncing.ts'

let two: TwoBrowsers
beforeEach(async () => {
  two = await openTwo()
})
afterEach(() => two.stop())

const mint = () => two.devnet.mint.url
const relay = () => two.devnet.relay

describe('events of other wallets under the same key', () => {
  it('dollars, locked notes, forged notes, unknown mints and garbage: only what is good can be taken', async () => {
    const before = await balanceOf(two.a())
    const good = await proofsOf(two.devnet, 50, { unit: 'usd' })
    const locked = await proofsOf(two.devnet, 30, { lockTo: `02${getPublicKey(generateSecretKey())}` })
    const [real] = await proofsOf(two.devnet, 8)
    const forged = real?.dleq === undefined ? null : { ...real, C: real.C.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) }
    const goodEvent = written(two.nsec, 7375, { mint: `${mint()}/`, unit: 'usd', proofs: good, del: [] })
    const lockedEvent = written(two.nsec, 7375, { mint: mint(), proofs: locked })
    relay().inject(goodEvent)
    relay().inject(lockedEvent)
    for (const content of [
      { mint: mint(), unit: 'sat', proofs: [forged, { id: '00', amount: -5, secret: 'x', C: '02' }, 'nonsense', null] },
      { mint: mint(), unit: 'usd', proofs: await proofsOf(two.devnet, 16) },
      { mint: 'http://10.0.0.1', unit: 'sat', proofs: good },
      { mint: 'javascript:alert(1)', unit: 'sat', proofs: good },
      { mint: 5 },
      ['direction', 'in'],
      null,
    ])
      relay().inject(written(two.nsec, 7375, content))
    relay().inject(written(two.nsec, 7375, 'not encrypted at all'))
    relay().inject(written(two.nsec, 7376, [['note', 'zz'], ['note'], ['note', 'ab'.repeat(32), '-5']]))
    relay().inject({ ...written(two.nsec, 7375, { mint: mint(), unit: 'sat', proofs: await proofsOf(two.devnet, 99) }), sig: 'ab'.repeat(64) })
    await settleSync(two.b)
    expect(await elsewhereSat(two.b)).toBe(before)
    expect((await syncOf(two.b)).elsewhere).toContainEqual({ mint: mint(), unit: 'usd', amount: 50, trusted: true })
    await bring(two.b)
    expect(await unitBalance(two.b, mint(), 'usd')).toBeGreaterThan(45)
    await settleSync(two.b, two.a())
    // what could not be taken is still there for whoever can
    const left = tokensOn(relay()).map(({ id }) => id)
    expect(left).toContain(lockedEvent.id)
    expect(left).not.toContain(goodEvent.id)
    await expectConserved(two)
  })

  it('another wallet spends a part of ours and rolls the rest over, as NIP-60 says: we keep the rest', async () => {
    const [event] = tokensOn(relay())
    if (event === undefined) throw new Error('nothing was published')
    const row = await two.a().database.bundles.get(event.id)
    const notes = (await two.a().database.purse.bulkGet([...(row?.noteIds ?? [])])).filter((note) => note !== undefined)
    const [spent, ...rest] = notes
    if (spent === undefined) throw new Error('an event without notes')
    const before = await balanceOf(two.a())
    const proof = ({ keysetId, amount, secret, C }: typeof spent) => ({ id: keysetId, amount, secret, C })
    await two.devnet.mint.swapAll(getEncodedToken({ mint: mint(), unit: 'sat', proofs: [{ ...proof(spent), amount: Amount.from(spent.amount) }] }))
    relay().publish(written(two.nsec, 7375, { mint: mint(), unit: 'sat', proofs: rest.map(proof), del: [event.id] }))
    relay().publish(
      written(two.nsec, 5, '', [
        ['e', event.id],
        ['k', '7375'],
      ]),
    )
    // a relay that does not delete what it is asked to
    relay().inject(event)
    await settleSync(two.a(), two.b)
    expect(await balanceOf(two.a())).toBe(before - spent.amount)
    expect(await two.a().ledger()).toMatchObject({ differenceMsat: 0, lostMsat: 0, sentMsat: spent.amount * 1000 })
    expect(await elsewhereSat(two.b)).toBe(before - spent.amount)
    await bring(two.b)
    await settleSync(two.a(), two.b)
    await expectConserved(two)
  })

  it('the wallet event of another wallet keeps its key and its mints', async () => {
    const key = generateSecretKey()
    const world = await openFresh()
    await useRelay(world, two.devnet)
    await world.screen.call('mints.add', { url: mint() })
    relay().inject(
      written(
        two.nsec,
        17375,
        [
          ['privkey', 'ee'.repeat(32)],
          ['mint', 'https://mint.example.com'],
          ['other', 'thing'],
        ],
        [],
        key,
      ),
    )
    await world.screen.call('sync.enable', { nsec: nsecEncode(key) })
    const [event] = relay()
      .events()
      .filter(({ kind, pubkey }) => kind === 17375 && pubkey === getPublicKey(key))
    const tags: unknown = JSON.parse(decrypt(event?.content ?? '', getConversationKey(key, getPublicKey(key))))
    expect(tags).toEqual([
      ['privkey', 'ee'.repeat(32)],
      ['mint', 'https://mint.example.com'],
      ['other', 'thing'],
      ['mint', mint()],
    ])
    await world.kill()
  })
})

describe('the switch', () => {
  it('off: nothing is shown any more, the money stays; on again: the same key', async () => {
    const before = await balanceOf(two.a())
    await two.a().screen.call('sync.disable', {})
    expect(tokensOn(relay())).toEqual([])
    await settleSync(two.b)
    expect(await elsewhereSat(two.b)).toBe(0)
    expect(await balanceOf(two.a())).toBe(before)
    await receive(two, two.a(), 10)
    expect(tokensOn(relay())).toEqual([])
    await two.a().screen.call('sync.enable', { nsec: null })
    expect((await two.a().screen.call('sync.reveal', {})).nsec).toBe(two.nsec)
    await settleSync(two.b)
    expect(await elsewhereSat(two.b)).toBe(await balanceOf(two.a()))
  })

  it('another key: refused while money lies under the one in use; nonsense is refused', async () => {
    const other = nsecEncode(generateSecretKey())
    await expect(two.b.screen.call('sync.enable', { nsec: other })).rejects.toMatchObject({ code: 'not_empty' })
    await expect(two.b.screen.call('sync.enable', { nsec: 'nsec1nonsense' })).rejects.toMatchObject({ code: 'invalid_request_error' })
    await bring(two.b)
    await settleSync(two.a(), two.b)
    await two.b.screen.call('sync.enable', { nsec: other })
    await settleSync(two.a())
    expect(await elsewhereSat(two.a())).toBe(0)
    expect(await elsewhereSat(two.b)).toBe(0)
  })

  it('locked: nothing is read, nothing is told, neither key nor notes lie open; unlocked: it goes on', async () => {
    const factory = new IDBFactory()
    await two.b.kill()
    two.b = await openFresh({ factory })
    await useRelay(two.b, two.devnet)
    await two.b.screen.call('sync.enable', { nsec: two.nsec })
    const offered = (await two.b.database.bundles.toArray()).flatMap(({ notes }) => notes.map(({ secret }) => secret))
    expect(offered.length).toBeGreaterThan(5)
    await two.b.screen.call('lock.protect', { passphrase: 'correct horse battery' })
    await two.b.screen.call('lock.lock', {})
    await receive(two, two.a(), 32)
    await settleSync(two.a())
    await two.b.app.wake()
    await two.b.screen.call('lock.unlock', { passphrase: 'correct horse battery' })
    await until(async () => (await elsewhereSat(two.b)) === (await balanceOf(two.a())), 'it sees the change')
    const dump = await rawRows(factory).dump()
    const key = Buffer.from(secretOf(two.nsec)).toString('hex')
    expect([key, ...offered].filter((secret) => dump.includes(secret))).toEqual([])
  })
})
