/** The history of the preview: a line of every kind, open, failed and done. */
import type { HistoryPage, HistoryWish, Movement } from '../../../../src/domain/movement.ts'
import { isShown } from '../../../../src/domain/movement.ts'
import { worthMsat } from '../../../../src/domain/units.ts'
import { HOUR, MINUTE, NOW } from './fixtures.ts'

const MINIBITS = 'https://mint.minibits.cash/Bitcoin'
const COINOS = 'https://mint.coinos.io'

function line(id: string, kind: Movement['kind'], amount: number, ago: number, change: Partial<Movement> = {}): Movement {
  const unit = change.unit ?? 'sat'
  const fee = change.fee ?? 0
  return {
    id,
    at: NOW - ago,
    kind,
    amount,
    unit,
    direction: 'in',
    amountMsat: worthMsat(amount, unit),
    fee,
    feeMsat: worthMsat(fee, unit),
    state: 'done',
    mint: MINIBITS,
    counterparty: null,
    problem: null,
    ...change,
  }
}

const movements: readonly Movement[] = [
  line('1', 'placed', 31, 2 * MINUTE, { direction: 'out', fee: 1, counterparty: 'Sats & Silicon, for https://chat.example.com' }),
  line('2', 'exchanged', 256, 3 * MINUTE, { direction: 'none', fee: 1 }),
  line('3', 'sent', 100, 10 * MINUTE, { direction: 'out', state: 'open', counterparty: 'for lunch' }),
  line('4', 'topped up', 5_000, 20 * MINUTE, { direction: 'none', state: 'open' }),
  line('5', 'returned', 18, 40 * MINUTE, { fee: 1, mint: COINOS, counterparty: 'Bitblume, for https://notes.longer-name-of-a-site.example.org' }),
  line('6', 'withdrawn', 740, 2 * HOUR, { direction: 'out', fee: 4, counterparty: 'Two coffees at Café Nakamoto \u202egnp.exe' }),
  line('7', 'received', 350, 26 * HOUR, { unit: 'usd', fee: 1, mint: COINOS, counterparty: 'thanks!' }),
  line('8', 'received', 21, 27 * HOUR, { direction: 'none', state: 'open', mint: 'https://other.mint.example', counterparty: 'a very long memo '.repeat(12) }),
  line('9', 'received', 5, 28 * HOUR, { direction: 'none', state: 'failed', problem: 'The notes were spent before they came here.' }),
  line('10', 'moved', 600, 29 * HOUR, { direction: 'none', fee: 7, counterparty: COINOS }),
  line('11', 'taken back', 64, 30 * HOUR, { fee: 1 }),
  line('12', 'withdrawn', 1_200, 31 * HOUR, { direction: 'none', state: 'failed', problem: 'No route was found. The money is in your wallet again.' }),
  line('13', 'restored', 2_150, 200 * HOUR, { mint: '', counterparty: 'from words' }),
  line('14', 'synced', 96, 201 * HOUR),
  line('15', 'synced', 32, 202 * HOUR, { direction: 'out' }),
]

export function historyPage({ before, filter }: HistoryWish): HistoryPage {
  const shown = movements.filter((movement) => isShown(movement, filter))
  return before === null ? { movements: shown, more: filter === 'all' } : { movements: [line('16', 'received', 2_000, 800 * HOUR, { fee: 2 })], more: false }
}
