/** Tokens that ask for a signature (NUT-11): ours are received, all others stay where they are, and the wallet says why. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AN_HOUR_AGO, condition, expectBalanced, FACE, FRIEND, IN_AN_HOUR, receive, rowOf, STRANGER, tokenOf, two } from './locked-stage.ts'
import { openFresh, restored, wordsOf } from './restoring.ts'
import { expectMoneyConserved, openStage, type Stage } from './stage.ts'

let stage: Stage
let ours: string
// one wallet for all of them: a token more or less does not matter to the next one, and at the end every note has to be good
beforeAll(async () => {
  stage = await openStage()
  ours = (await stage.world.screen.call('tokens.lockKey', {})).publicKey
})
afterAll(async () => {
  await expectMoneyConserved(stage)
  await stage.stop()
})

async function expectReceived(secrets: readonly string[]): Promise<void> {
  const token = await tokenOf(stage, secrets)
  const { received, fee } = await receive(stage, token)
  expect(received + fee).toBe(FACE)
  expect(await rowOf(stage, token)).toBeUndefined()
  await expectBalanced(stage)
}

/** Nothing is sent to the mint with it, the notes are as good as before, and the row says why. */
async function expectRefused(secrets: readonly string[], why: RegExp): Promise<void> {
  const token = await tokenOf(stage, secrets)
  stage.devnet.mint.calls.length = 0
  await expect(receive(stage, token)).rejects.toMatchObject({ code: 'invalid_token', message: expect.stringMatching(why) })
  await stage.world.app.wake()
  expect(stage.devnet.mint.calls.filter(({ path }) => path === '/v1/swap')).toEqual([])
  expect(secrets.map((secret) => stage.devnet.mint.stateOf(secret))).toEqual(secrets.map(() => 'UNSPENT'))
  expect(await rowOf(stage, token)).toMatchObject({ state: 'refused', problem: expect.stringMatching(why) })
  await expectBalanced(stage)
}

describe('the key', () => {
  it('is 33 bytes, the same after a restart, and comes back with the words', async () => {
    expect(ours).toMatch(/^0[23][0-9a-f]{64}$/)
    await stage.restart()
    expect((await stage.world.screen.call('tokens.lockKey', {})).publicKey).toBe(ours)
    const fresh = await openFresh()
    await restored(fresh, await wordsOf(stage.world), [stage.devnet.mint.url])
    expect((await fresh.screen.call('tokens.lockKey', {})).publicKey).toBe(ours)
    await fresh.kill()
  })
})

describe('a token locked to our key', () => {
  it('as other wallets make it is received', async () => {
    const { received, fee } = await receive(stage, await stage.devnet.mint.mintToken(100, { lockTo: ours }))
    expect(received + fee).toBe(100)
    await expectBalanced(stage)
  })

  it.each([
    ['plainly', () => condition('P2PK', ours)],
    ['by its x coordinate under the other sign', () => condition('P2PK', `${ours.startsWith('02') ? '03' : '02'}${ours.slice(2)}`)],
    ['as one of several, of which one is enough', () => condition('P2PK', STRANGER, [['pubkeys', FRIEND, ours]])],
    [
      'until a time that has not come',
      () =>
        condition('P2PK', ours, [
          ['locktime', IN_AN_HOUR],
          ['refund', STRANGER],
        ]),
    ],
    [
      'until a time that is over, while the sender might take it back',
      () =>
        condition('P2PK', ours, [
          ['locktime', AN_HOUR_AGO],
          ['refund', STRANGER],
        ]),
    ],
    [
      'for a refund that is due',
      () =>
        condition('P2PK', STRANGER, [
          ['locktime', AN_HOUR_AGO],
          ['refund', ours],
        ]),
    ],
    [
      'for a refund that is due, after a lock of two',
      () =>
        condition('P2PK', STRANGER, [
          ['pubkeys', FRIEND],
          ['n_sigs', '2'],
          ['locktime', AN_HOUR_AGO],
          ['refund', ours],
        ]),
    ],
    ['once, to somebody, until a time that is over', () => condition('P2PK', STRANGER, [['locktime', AN_HOUR_AGO]])],
    [
      'by a hash, with a refund to us that is due',
      () =>
        condition('HTLC', 'ab'.repeat(32), [
          ['pubkeys', STRANGER],
          ['locktime', AN_HOUR_AGO],
          ['refund', ours],
        ]),
    ],
    ['with a signature over everything (SIG_ALL)', () => condition('P2PK', ours, [['sigflag', 'SIG_ALL']])],
  ])('%s is received', async (_, make) => {
    await expectReceived(two(make))
  })

  it('together with notes that ask for nothing', async () => {
    await expectReceived([condition('P2PK', ours), 'ab'.repeat(32)])
  })

  it('several of them in one batch, SIG_ALL among them: each is redeemed', async () => {
    await stage.world.screen.call('mints.distrust', { url: stage.devnet.mint.url })
    const secrets = [condition('P2PK', ours), condition('P2PK', ours, [['sigflag', 'SIG_ALL']]), 'cd'.repeat(32)]
    const tokens = await Promise.all(secrets.map((secret) => tokenOf(stage, [secret])))
    for (const token of tokens) await expect(receive(stage, token)).rejects.toMatchObject({ code: 'unknown_mint' })
    await stage.world.screen.call('mints.add', { url: stage.devnet.mint.url })
    for (const token of tokens) expect(await rowOf(stage, token)).toBeUndefined()
    await expectBalanced(stage)
  })
})

describe('a token that is not ours to open is not touched', () => {
  it.each([
    ['locked to somebody else', () => condition('P2PK', STRANGER), /somebody else/],
    [
      'whose refund to us is not due yet',
      () =>
        condition('P2PK', STRANGER, [
          ['locktime', IN_AN_HOUR],
          ['refund', ours],
        ]),
      /somebody else/,
    ],
    [
      'whose refund is due to somebody else',
      () =>
        condition('P2PK', STRANGER, [
          ['locktime', AN_HOUR_AGO],
          ['refund', FRIEND],
        ]),
      /somebody else/,
    ],
    [
      'that needs two signatures',
      () =>
        condition('P2PK', ours, [
          ['pubkeys', FRIEND],
          ['n_sigs', '2'],
        ]),
      /2 signatures/,
    ],
    [
      'whose refund needs two',
      () =>
        condition('P2PK', STRANGER, [
          ['locktime', AN_HOUR_AGO],
          ['refund', ours, FRIEND],
          ['n_sigs_refund', '2'],
        ]),
      /2 signatures/,
    ],
    ['locked by a hash', () => condition('HTLC', 'ab'.repeat(32), [['pubkeys', ours]]), /HTLC/],
    ['of a kind nobody knows', () => condition('MOON', ours), /can not be read/],
    ['with a number that is none', () => condition('P2PK', ours, [['n_sigs', 'two']]), /can not be read/],
    ['with a time that is none', () => condition('P2PK', ours, [['locktime', '0x10']]), /can not be read/],
    ['with a key that is none', () => condition('P2PK', `${ours}00`), /can not be read/],
    ['with a sigflag nobody knows', () => condition('P2PK', ours, [['sigflag', 'SIG_SOME']]), /can not be read/],
    [
      'with the same tag twice',
      () =>
        condition('P2PK', ours, [
          ['n_sigs', '1'],
          ['n_sigs', '2'],
        ]),
      /can not be read/,
    ],
    ['cut off in the middle', () => condition('P2PK', ours).slice(0, -9), /can not be read/],
  ])('%s', async (_, make, why) => {
    await expectRefused(two(make), why)
  })

  it('when only one of its notes is locked to somebody else', async () => {
    await expectRefused([condition('P2PK', ours), condition('P2PK', STRANGER)], /somebody else/)
  })

  it('and one that opens later is received then', async () => {
    const token = await tokenOf(
      stage,
      two(() => condition('P2PK', STRANGER, [['locktime', AN_HOUR_AGO]])),
    )
    stage.world.clock.skewMs -= 2 * 3_600_000
    await expect(receive(stage, token)).rejects.toMatchObject({ code: 'invalid_token' })
    const row = await rowOf(stage, token)
    expect(row).toMatchObject({ state: 'refused' })
    stage.world.clock.skewMs += 2 * 3_600_000
    const { received } = await stage.world.screen.call('incoming.retry', { id: row?.id ?? '', trustMint: false })
    expect(received).toBe(FACE - 1)
    await expectBalanced(stage)
  })
})
