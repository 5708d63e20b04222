/** The history of money: every movement is a line, and the lines agree with the books to the msat. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Movement } from '../../src/domain/movement.ts'
import { createRandom } from '../faults/random.ts'
import { historyOf, LIMITS, STEPS, sumOf } from './history-steps.ts'
import { openFresh, restored, wordsOf } from './restoring.ts'
import { openStage, type Stage, until } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
  await stage.world.screen.call('mints.add', { url: stage.devnet.otherMint.url })
  stage.world.answerWith(LIMITS)
})
afterEach(() => stage.stop())

const take = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) await STEPS[name]?.(stage)
}
const only = async (kind: Movement['kind']): Promise<Movement[]> => (await historyOf(stage)).filter((movement) => movement.kind === kind)

/** Money that is being moved at this very moment is looked at once more. */
async function expectAgreement(what: string): Promise<void> {
  const read = async () => {
    const ledger = await stage.world.ledger()
    const notes = (await stage.world.database.purse.toArray()).filter(({ unit, state }) => unit === 'usd' && state !== 'sent')
    const movements = await historyOf(stage)
    const usd = notes.reduce((sum, { amount }) => sum + amount, 0)
    return { ledger, usd, movements, sum: sumOf(movements) }
  }
  let seen = await read()
  const agrees = (): boolean =>
    seen.sum.bitcoinMsat === seen.ledger.walletMsat &&
    seen.sum.usd === seen.usd &&
    seen.sum.feesMsat === seen.ledger.mintFeesMsat + seen.ledger.lightningFeesMsat
  await until(async () => {
    if (agrees()) return true
    seen = await read()
    return agrees()
  }, `the lines say what the books say after: ${what}`).catch((error: unknown) => {
    const { ledger, sum, usd } = seen
    throw new Error(`${String(error)}\n${JSON.stringify({ ledger, sum, usd })}`)
  })
  expect(seen.ledger.differenceMsat).toBe(0)
  expect(new Set(seen.movements.map(({ id }) => id)).size).toBe(seen.movements.length)
}

describe('the lines agree with the books', () => {
  it.each([1, 2])('after every step of a random session of everything, seed %i', { timeout: 240_000 }, async (seed) => {
    const random = createRandom(seed)
    const names = Object.keys(STEPS)
    const taken: string[] = []
    for (const name of names
      .map((each) => ({ each, at: random.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ each }) => each)) {
      taken.push(name)
      await take(name)
      await expectAgreement(taken.join(', '))
    }
    const kinds = new Set((await historyOf(stage)).map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['moved', 'placed', 'received', 'returned', 'sent', 'taken back', 'topped up', 'withdrawn']))
  })
})

describe('one line per thing a person did', () => {
  it('tokens that were redeemed in one swap share its fee, in whole sats', async () => {
    await take('five tokens in one swap')
    const swaps = await stage.world.database.operations.where('kind').equals('receive').toArray()
    const batch = swaps.flatMap((swap) => (swap.kind === 'receive' && swap.incomingIds.length === 5 ? [swap] : []))
    expect(batch).toHaveLength(1)
    const lines = (await only('received')).filter(({ amount }) => [3, 5, 8, 13, 21].includes(amount))
    expect(lines).toMatchObject(lines.map(() => ({ direction: 'in', state: 'done', unit: 'sat', mint: stage.devnet.mint.url })))
    expect(lines.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([3, 5, 8, 13, 21])
    expect(lines.every(({ fee }) => Number.isInteger(fee))).toBe(true)
    expect(lines.reduce((sum, { fee }) => sum + fee, 0)).toBe((batch[0]?.inputAmount ?? 0) - (batch[0]?.outputAmount ?? 0))
  })

  it('a move is one line with both mints, and only its fee is gone', async () => {
    await take('a move between mints')
    const { mint, otherMint } = stage.devnet
    expect(await only('moved')).toMatchObject([{ direction: 'none', state: 'done', amount: 64, mint: mint.url, counterparty: otherMint.url }])
    expect((await only('moved'))[0]?.feeMsat).toBeGreaterThan(0)
    expect([...(await only('topped up')), ...(await only('withdrawn'))]).toEqual([])
  })

  it('a request is money that was placed and money that returned, with provider and site', async () => {
    await take('a request', 'everything home')
    const side = { state: 'done', counterparty: 'Sparrow AI, for https://chat.example' }
    expect(await only('placed')).toMatchObject([{ ...side, direction: 'out' }])
    expect(await only('returned')).toMatchObject([{ ...side, direction: 'in' }])
  })

  it('a token that waits for a decision has done nothing to the wallet; one that was refused says why', async () => {
    await stage.world.screen.call('mints.distrust', { url: stage.devnet.otherMint.url })
    await take('a token of a stranger', 'a token that was spent before')
    expect(await only('received')).toMatchObject([
      { direction: 'none', state: 'failed', amount: 40, problem: expect.stringContaining('spent') },
      { direction: 'none', state: 'open', amount: 32 },
      { direction: 'in', state: 'done' },
    ])
  })

  it('a token on its way to a friend is open until somebody has claimed it', async () => {
    await take('a token for a friend', 'a token that is claimed', 'a token that is taken back')
    expect((await only('sent')).map(({ state, amount, counterparty }) => ({ state, amount, counterparty }))).toEqual([
      { state: 'done', amount: 21, counterparty: 'for lunch' },
      { state: 'done', amount: 33, counterparty: 'for lunch' },
      { state: 'open', amount: 77, counterparty: 'for lunch' },
    ])
    expect(await only('taken back')).toMatchObject([{ direction: 'in', amount: 21, counterparty: 'for lunch' }])
  })

  it('what a restore brought is a line', async () => {
    const words = await wordsOf(stage.world)
    const fresh = await openFresh()
    const { walletMsat } = await stage.world.ledger()
    await restored(fresh, words, [stage.devnet.mint.url])
    expect(await historyOf({ ...stage, world: fresh })).toMatchObject([
      { kind: 'restored', direction: 'in', state: 'done', amountMsat: walletMsat, counterparty: 'from words' },
    ])
    await fresh.kill()
  })
})

describe('the list', () => {
  const list = (before: { at: number; id: string } | null) => stage.world.screen.call('history.list', { before, limit: 2, filter: 'all' })

  it('comes in pages: each line once, newest first, whatever happens in between', async () => {
    await take('five tokens in one swap', 'a token for a friend', 'a payment')
    const whole = await historyOf(stage, 200)
    const first = await list(null)
    expect(first.more).toBe(true)
    await take('a token of msat')
    const all: Movement[] = [...first.movements]
    for (let page = first; page.more; ) {
      const last = all.at(-1)
      page = await list(last === undefined ? null : { at: last.at, id: last.id })
      all.push(...page.movements)
    }
    expect(all.map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
    expect(whole.map(({ at }) => at)).toEqual(whole.map(({ at }) => at).sort((a, b) => b - a))
  })

  it('can be narrowed to what came, what went, and what cost a fee', async () => {
    await take('a token for a friend', 'a payment', 'an invoice nobody pays')
    const lines = async (filter: 'in' | 'out' | 'fees') => (await stage.world.screen.call('history.list', { before: null, limit: 50, filter })).movements
    expect((await lines('in')).map(({ kind }) => kind)).toEqual(['topped up', 'received'])
    expect((await lines('out')).map(({ kind }) => kind).sort()).toEqual(['sent', 'withdrawn'])
    expect((await lines('fees')).every(({ fee, kind }) => fee > 0 || kind === 'exchanged')).toBe(true)
    expect((await lines('fees')).length).toBeGreaterThan(1)
  })

  it('is the same after a restart, and closed while the wallet is locked', async () => {
    await take('a token of msat', 'a token for a friend')
    const before = await historyOf(stage)
    await stage.restart()
    expect(await historyOf(stage)).toEqual(before)
    await stage.world.screen.call('lock.protect', { passphrase: 'correct horse battery' })
    expect(await historyOf(stage)).toEqual(before)
    await stage.world.screen.call('lock.lock', {})
    await expect(historyOf(stage)).rejects.toMatchObject({ code: 'wallet_locked' })
  })
})
