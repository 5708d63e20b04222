import type { Ledger } from '../../../domain/wallet.ts'
import { Amount } from '../../parts/Amount.tsx'
import { useLive } from '../../parts/live.ts'
import { Loading } from '../../parts/Loading.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { differenceText } from './difference.ts'
import { developerWords } from './strings.ts'

const ROWS = [
  ['In the wallet', 'walletMsat'],
  ['At providers', 'sessionsMsat'],
  ['Sent to others', 'sentMsat'],
  ['Spent', 'spentMsat'],
  ['Mint fees', 'mintFeesMsat'],
  ['Lightning fees', 'lightningFeesMsat'],
  ['Lost', 'lostMsat'],
] as const satisfies readonly (readonly [string, keyof Ledger])[]

/** `wallet + sessions + spent + mint fees = received`, to the msat. */
export function LedgerTable() {
  const { value: ledger, problem, reload } = useLive('developer.ledger', {})
  return (
    <section class="card stack">
      <h2>{developerWords.ledger}</h2>
      <p class="lead">{developerWords.ledgerHint}</p>
      <Problem facts={problem} onRetry={reload} />
      {ledger === undefined ? problem === null && <Loading rows={4} /> : <Table ledger={ledger} />}
    </section>
  )
}

function Table({ ledger }: { ledger: Ledger }) {
  const right = ledger.differenceMsat === 0
  return (
    <table class="ledger" data-testid="ledger">
      <tbody>
        <tr class="ledger-sum">
          <th scope="row">Received</th>
          <td>
            <Amount msat={ledger.receivedMsat} testId="ledger-receivedMsat" />
          </td>
        </tr>
        {ROWS.map(([name, key], index) => (
          <tr key={key}>
            <th scope="row">
              <span class="ledger-sign" aria-hidden="true">
                {index === 0 ? '=' : '+'}
              </span>
              {name}
            </th>
            <td>
              <Amount msat={ledger[key]} testId={`ledger-${key}`} />
            </td>
          </tr>
        ))}
        <tr class={`ledger-sum ${right ? 'good' : 'bad-text'}`}>
          <th scope="row">Difference</th>
          <td data-testid="ledger-difference" data-msat={ledger.differenceMsat}>
            {right ? '✓' : '✗'} {differenceText(ledger.differenceMsat)}
          </td>
        </tr>
      </tbody>
    </table>
  )
}
