/**
 * The crash checklist (`cashu.md` §7), one test per row. A line such as `receive:answer-lost@0:dies@POST_/v1/swap;_failed` is a
 * case of the generator: this operation, this happens to its first request, and at this moment the worker dies; afterwards
 * all laws of `tests/faults/laws.ts` hold. Rows that need more are in `checklist-by-hand.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { isShownBy, onCommonGround } from './checklist-cases.ts'

const hold = onCommonGround()

const ROWS: readonly (readonly [row: string, ...cases: string[]])[] = [
  [
    'no. 1 counters: it dies when they are taken; two workers take them at once',
    'receive:none@0:dies@write_counters;_done late:before',
    'send-split:none@0:dies@write_counters;_done late:before',
    'receive:none@0:lives receive:none@0:lives late:before',
    'receive-at-once:none@0:lives receive-at-once:none@0:lives late:before',
  ],
  [
    'no. 2 the request is lost before the mint',
    'receive:request-lost@0:lives late:before stays',
    'send-split:request-lost@0:dies@POST_/v1/swap;_failed late:before',
    'take-back:request-lost@1:dies@POST_/v1/swap;_failed late:before',
  ],
  [
    'no. 3 the mint committed, the answer is lost',
    'receive:answer-lost@0:dies@POST_/v1/swap;_failed late:before',
    'send-split:answer-lost@0:dies@POST_/v1/swap;_failed late:before',
    'take-back:answer-lost@1:lives late:before stays',
    'ladder:failed-done@0:lives late:before',
    'receive-several:garbage-done@0:lives late:before',
  ],
  [
    'no. 4 the request is still under way while the next worker repairs',
    'receive:late@0:dies@POST_/v1/swap;_failed late:amid',
    'receive:late@0:lives late:after',
    'send-split:late@0:dies@POST_/v1/swap;_failed late:amid',
    'send-split:late@0:lives late:after stays',
    'take-back:late@1:dies@POST_/v1/swap;_failed late:after',
    'withdraw:late@1:dies@POST_/v1/melt/bolt11;_failed late:amid',
  ],
  [
    'no. 5 a token left and nobody took it: before the request, after it, amid the way back',
    'send-exact:none@0:dies@write_purse+operations;_done late:before',
    'session:none@0:dies@POST_/v1/chat/completions;_leaves late:before',
    'session:none@0:dies@POST_/v1/chat/completions;_answered late:before',
    'take-back:none@0:dies@write_purse+incoming+operations;_begins late:before',
    'take-back:none@0:dies@write_purse+incoming+operations;_done late:before',
    'take-back:none@0:dies@POST_/v1/swap;_answered late:before',
  ],
  [
    'no. 6 change arrived, the worker dies before it is redeemed',
    'bring-home:none@0:dies@POST_/v1/balance/refund;_answered late:before',
    'bring-home:none@0:dies@write_sessions+attempts+holds+incoming;_done late:before',
    'session:answer-lost@3:lives late:before',
  ],
  [
    'no. 7 a quote is paid and not minted',
    'top-up:answer-lost@2:dies@POST_/v1/mint/bolt11;_failed late:before',
    'top-up:late@2:lives late:amid',
    'top-up:none@0:dies@POST_/v1/mint/bolt11;_answered late:before',
  ],
  [
    'no. 8 a payment hangs, or its answer is lost',
    'withdraw:answer-lost@1:dies@POST_/v1/melt/bolt11;_failed late:before',
    'withdraw:none@0:dies@POST_/v1/melt/bolt11;_answered late:before',
    'withdraw-slowly:none@0:lives late:before',
    'withdraw-slowly:answer-lost@1:dies@POST_/v1/melt/bolt11;_failed late:before',
  ],
  [
    'no. 9 two workers on one database; one finishes what the other has just finished',
    ...['send-split', 'take-back', 'receive', 'withdraw', 'top-up'].map((name) => `${name}:none@0:lives bystander:none@0:lives late:before`),
    'receive:rotated@0:lives bystander:none@0:lives late:before',
    'send-split:none@0:lives take-back:none@0:lives late:before',
    'session:none@0:lives session:none@0:dies@POST_/v1/chat/completions;_leaves late:before stays',
    'ladder:answer-lost@0:dies@POST_/v1/swap;_failed receive:none@0:lives late:before stays',
  ],
  [
    'no. 10 two payments want the same note',
    'send-exact:none@0:lives send-exact:none@0:lives late:before',
    'send-split:none@0:lives send-exact:none@0:lives late:before',
  ],
  [
    'no. 11 the keysets rotate between writing down and sending',
    ...['receive', 'send-split', 'ladder', 'withdraw'].flatMap((name) => [`${name}:rotated@0:lives late:before`, `${name}:rotated@0:lives late:before stays`]),
    'receive:rotated@0:dies@POST_/v1/swap;_answered late:before',
    'move:rotated@3:lives late:before',
  ],
  [
    'no. 12 the fee rises there',
    'receive:rotated-dearer@0:lives late:before',
    'send-split:rotated-dearer@0:lives late:before',
    'take-back:rotated-dearer@1:lives late:before',
  ],
  [
    'no. 14 outputs, inputs and operation change together, or not at all',
    'receive:disk-full-once@2:lives late:before',
    'ladder:disk-full-once@6:lives late:before',
    'send-split:disk-full@2:lives late:before stays',
  ],
  ['no. 18 a token serves one session', 'session:none@0:lives session:none@0:lives late:before', 'session:answer-lost@1:lives late:before stays'],
  [
    'no. 21 a definite no after the inputs were taken',
    'take-back:rotated@1:dies@POST_/v1/swap;_answered late:before',
    'receive:rotated@0:dies@POST_/v1/swap;_answered late:before',
    'receive-several:rotated@0:lives late:before',
  ],
  // found by the generator
  ['no. 6 a full disk while counters are taken does not make good change worthless', 'bring-home:disk-full-once@2:lives late:before'],
]

describe('cashu.md §7', () => {
  it.each(ROWS)('§7 %s', (_, ...cases) => hold(cases), 120_000)

  it('§7 no. 13 the seed restored over live data', () => {
    isShownBy('restore.test.ts', 'the same words: nothing is there twice, no counter is lowered, and it can pay at once')
  })

  it('§7 no. 16 no output is random: the seed finds every note', () => {
    isShownBy('restore.test.ts', 'every note comes back, and the words become its own')
  })

  it('§7 no. 17 the database is gone: restored from the seed alone', () => {
    isShownBy('restore.test.ts', 'every note comes back, and the words become its own')
    isShownBy('restore-file.test.ts', 'seed, notes, mints, settings and limits are as they were')
  })

  it('§7 no. 20 expired, and yet paid', () => {
    isShownBy('lightning-top-ups.test.ts', 'row 20: expired, yet paid: minted by the id alone')
  })

  it('every row has its test, here or by hand (15, 19, 22)', () => {
    const here = [...ROWS.map(([row]) => row), 'no. 13', 'no. 15', 'no. 16', 'no. 17', 'no. 19', 'no. 20', 'no. 22']
    for (const row of ['no. 15', 'no. 19', 'no. 22']) isShownBy('checklist-by-hand.test.ts', `§7 ${row} `)
    for (let number = 1; number <= 22; number++)
      expect(
        here.some((row) => row.startsWith(`no. ${number}`)),
        `no. ${number}`,
      ).toBe(true)
  })
})
