import { describe, expect, it } from 'vitest'
import { type Movement, wayOf } from '../../../src/domain/movement.ts'
import { msat } from '../../../src/domain/msat.ts'
import { daysOf, joined } from '../../../src/ui/options/history/days.ts'
import { abilitiesOf, feeInWords } from '../../../src/ui/parts/mint-abilities.ts'
import { parseUnits, sendAccounts } from '../../../src/ui/send/accounts.ts'

const NOON = new Date(2026, 5, 15, 12).getTime()
const HOUR = 3_600_000

function movement(id: string, at: number, change: Partial<Movement> = {}): Movement {
  const nothing = { unit: 'sat', amountMsat: msat(1000), fee: 0, feeMsat: msat(0), mint: '', counterparty: null, problem: null }
  return { ...nothing, id, at, kind: 'received', amount: 1, direction: 'in', state: 'done', ...change }
}

describe('what a mint can do, in words', () => {
  it('what it has comes first, what it lacks is said only when it matters', () => {
    expect(abilitiesOf([5, 4, 7, 9, 12]).map(({ nut, has }) => (has ? nut : -nut))).toEqual([4, 5, 7, 9, 12, -8])
    expect(abilitiesOf([]).map(({ nut }) => nut)).toEqual([4, 5, 8])
    expect(abilitiesOf([99, 1_000_000])).toHaveLength(3)
  })

  it.each([
    [0, 'none'],
    [100, '1 sat for up to 10 notes that are spent together'],
    [300, '1 sat for up to 3 notes that are spent together'],
    [999, '1 sat for a note that is spent'],
    [1000, '1 sat for every note that is spent'],
    [2500, '2.5 sat for every note that is spent'],
    [1_000_000_000, '1000000 sat for every note that is spent'],
  ])('a fee of %i ppk', (ppk, words) => {
    expect(feeInWords(ppk, 'sat')).toBe(words)
  })
})

describe('the history', () => {
  it('is told by the days of this place', () => {
    const lines = [movement('a', NOON), movement('b', NOON - 11 * HOUR), movement('c', NOON - 13 * HOUR), movement('d', NOON - 60 * HOUR)]
    expect(daysOf(lines, NOON).map(({ title, movements }) => [title, movements.map(({ id }) => id).join('')])).toEqual([
      ['Today', 'ab'],
      ['Yesterday', 'c'],
      [expect.stringContaining('2026'), 'd'],
    ])
  })

  it('joins two pages: each line once, the fresher one wins, the order is that of the pages', () => {
    const older = [movement('b', 2, { state: 'open' }), movement('a', 1)]
    const both = joined([movement('c', 3), movement('b', 2)], older)
    expect(both.map(({ id, state }) => `${id} ${state}`)).toEqual(['c done', 'b done', 'a done'])
    expect(joined([movement('x', 5)], [movement('w', 5), movement('y', 5)]).map(({ id }) => id)).toEqual(['w', 'x', 'y'])
  })

  it('a payment that is not through is outward all the same', () => {
    expect(wayOf(movement('a', 1, { kind: 'withdrawn', direction: 'none' }))).toBe('out')
    expect(wayOf(movement('a', 1, { kind: 'topped up', direction: 'none' }))).toBe('in')
    expect(wayOf(movement('a', 1, { kind: 'moved', direction: 'none' }))).toBe('none')
    expect(wayOf(movement('a', 1, { kind: 'synced', direction: 'out' }))).toBe('out')
  })
})

describe('sending', () => {
  it('goes from every account that holds something, also of a mint that is not trusted', () => {
    const account = (unit: string, ready: number) => ({ unit, ready, pending: 9, notes: 1 })
    const mint = (url: string, trusted: boolean, accounts: ReturnType<typeof account>[]) => ({
      mint: { url, name: '', addedAt: 0 },
      trusted,
      readyMsat: msat(0),
      pendingMsat: msat(0),
      notes: 0,
      accounts,
    })
    const found = sendAccounts([
      mint('https://a', true, [account('sat', 5), account('usd', 7)]),
      mint('https://b', false, [account('sat', 1), account('msat', 0)]),
    ])
    expect(found.map(({ key, ready, trusted }) => [key, ready, trusted])).toEqual([
      ['sat https://a', 5, true],
      ['usd https://a', 7, true],
      ['sat https://b', 1, false],
    ])
  })

  it.each([
    ['1 000', 1000],
    ['1,000', 1000],
    ['7', 7],
    ['0', null],
    ['-1', null],
    ['1.5', null],
    ['', null],
    ['1e3', null],
    ['9999999999999999', null],
  ])('%j typed as units is %s', (text, units) => {
    expect(parseUnits(text)).toBe(units)
  })
})
