/** What was measured to go wrong in another wallet (`cashu.md` §8, *Measured defects*), one test each: here it does not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SwapOperation } from '../../src/wallet/journal.ts'
import { isSwap } from '../../src/wallet/journal.ts'
import { isShownBy, onCommonGround } from './checklist-cases.ts'
import { expectMoneyConserved, openStage, type Stage } from './stage.ts'

const hold = onCommonGround()

describe('cashu.md §8, by the generator', () => {
  const RACES = ['receive:none@0:lives receive:none@0:lives late:before', 'receive:none@0:lives receive:none@0:dies@POST_/v1/swap;_answered late:before stays']
  const SEND_MOMENTS = Array.from({ length: 6 }, (_, moment) => `send-exact:none@0:dies@${moment} late:before`)

  it(
    '§8 no. 2 the answer of a swap is lost, restart: each note is redeemed, not believed',
    () => hold(['receive:answer-lost@0:dies@POST_/v1/swap;_failed late:before', 'ladder:answer-lost@0:lives late:before']),
  )

  it('§8 no. 3 death at any moment of an exact send: nothing is stuck', () => hold(SEND_MOMENTS))

  it(
    '§8 no. 4 death while the swap is under way at the mint: no rollback, no loss',
    () => hold(['send-split', 'receive', 'ladder'].flatMap((name) => ['amid', 'after'].map((late) => `${name}:late@0:lives late:${late}`))),
  )

  it('§8 no. 5 worker and popup receive at once', () => hold(RACES))

  it(
    '§8 no. 11 a crash while taking back',
    () =>
      hold(
        ['write_counters;_done', 'write_purse+incoming+operations;_done', 'POST_/v1/swap;_leaves', 'POST_/v1/swap;_answered'].map(
          (moment) => `take-back:none@0:dies@${moment} then:none@0:dies@20 late:before`,
        ),
      ),
  )

  it('§8 no. 7 restoring into a wallet in use', () => {
    isShownBy('restore.test.ts', 'the same words: nothing is there twice, no counter is lowered, and it can pay at once')
  })
})

/** Of a swap of few notes. */
const FEE_CENT = 1

describe('cashu.md §8, by hand', () => {
  let stage: Stage
  beforeEach(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.stop())

  const receive = (token: string) => stage.world.screen.call('tokens.receive', { token, trustMint: false })
  const send = (amount: number, world = stage.world, unit = 'sat') =>
    world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit, amount, memo: null })
  const swaps = async (): Promise<SwapOperation[]> => (await stage.world.database.operations.toArray()).filter(isSwap)

  it('§8 no. 1 six receives at once at one mint: no counter collides, none is forgotten', async () => {
    const tokens = await Promise.all(Array.from({ length: 6 }, () => stage.devnet.faucet(21)))
    await Promise.all(tokens.map(receive))
    const rows = await stage.world.database.incoming.where('state').equals('redeemed').toArray()
    expect(tokens.every((token) => rows.some((row) => row.token === token))).toBe(true)
    const asked = (await swaps()).flatMap(({ swap }) => swap.outputs.map(({ blindedMessage }) => blindedMessage.B_))
    expect(new Set(asked).size).toBe(asked.length)
    await expectMoneyConserved(stage)
  })

  it('§8 no. 6 two workers want one note: one gets it, the other is told', async () => {
    const { world, devnet } = stage
    const all = (await world.screen.call('overview.get', { origin: null })).balanceMsat / 1000
    const second = await world.restart()
    const ends = await Promise.allSettled([send(all), send(all, second)])
    await second.kill()
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'insufficient_balance' } })
    await devnet.mint.swapAll(ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.token] : []))[0] ?? '')
    await expectMoneyConserved(stage)
  })

  it('§8 no. 8 26 receives in a row: each sends its swap at once, the last ones like the first', async () => {
    const waits: number[] = []
    let began = 0
    stage.world.bend((url) => {
      if (!url.endsWith('/v1/swap')) return null
      if (began > 0) waits.push(performance.now() - began)
      began = 0
      return null
    })
    for (let number = 0; number < 26; number++) {
      const token = await stage.devnet.faucet(1 + 2)
      began = performance.now()
      await receive(token)
      expect(waits, `receive ${number}`).toHaveLength(number + 1)
    }
    stage.world.bend(null)
    // a bucket of twenty a minute lets seventeen through, and then one every three seconds
    const median = (some: readonly number[]): number => some.toSorted((one, other) => one - other)[Math.floor(some.length / 2)] ?? 0
    expect(median(waits.slice(17))).toBeLessThan(median(waits.slice(0, 17)) * 10 + 300)
    await expectMoneyConserved(stage)
  })

  it('§8 no. 9 a start with 200 open operations: a payment waits for no answer', async () => {
    const { world, devnet } = stage
    devnet.mint.fault(/swap/, 'before', 1)
    await receive(await devnet.faucet(3)).catch(() => undefined)
    const { operationId } = await send(1)
    const [open] = (await swaps()).filter(({ state }) => state === 'requested')
    const sent = await world.database.operations.get(operationId)
    if (open === undefined || sent === undefined) throw new Error('nothing is open')
    // many like these two; what becomes of them is not this test's business
    await world.database.operations.bulkAdd(
      Array.from({ length: 99 }, (_, number) => [
        { ...open, id: `open ${number}` },
        { ...sent, id: `sent ${number}` },
      ]).flat(),
    )
    const held = devnet.mint.hold(/./)
    const begun = await stage.restart()
    const answered: string[] = []
    begun.bend((url, go) =>
      go().then((answer) => {
        answered.push(url)
        return answer
      }),
    )
    await send(13, begun)
    // of a mint: the market is read beside
    expect(answered.filter((url) => url.startsWith(devnet.mint.url) || url.startsWith(devnet.otherMint.url))).toEqual([])
    begun.bend(null)
    held.release()
  })

  it('§8 no. 10 unit usd: received and sent away', async () => {
    const { mint } = stage.devnet
    await receive(await mint.mintToken(300, { unit: 'usd' }))
    const { token, unit, amount } = await send(100, stage.world, 'usd')
    expect([unit, amount]).toEqual(['usd', 100])
    await expect(mint.swapAll(token)).resolves.toMatch(/^cashu/)
    const [rest] = (await stage.world.screen.call('wallet.get', {})).mints.flatMap(({ accounts }) => accounts.filter((account) => account.unit === 'usd'))
    expect(mint.outstanding('usd')).toBe(100 - FEE_CENT + (rest?.ready ?? 0))
    expect((await stage.world.ledger()).differenceMsat).toBe(0)
  })
})
