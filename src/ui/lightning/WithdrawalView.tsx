import { CircleCheck, LoaderCircle, Undo2 } from 'lucide-preact'
import type { Withdrawal } from '../../domain/lightning.ts'
import { fromSat } from '../../domain/msat.ts'
import { Amount } from '../parts/Amount.tsx'
import { Button } from '../parts/Button.tsx'
import { CopyField } from '../parts/CopyField.tsx'
import { plainText } from '../parts/page-text.ts'
import { Fiat } from './Fiat.tsx'
import { Payee } from './Payee.tsx'
import { withdrawWords } from './strings.ts'

/** One payment that was agreed to: on its way, paid, or back. */
export function WithdrawalView({
  withdrawal,
  isAddress,
  rate,
  onAnother,
  onCancel,
}: {
  withdrawal: Withdrawal
  isAddress: boolean
  rate: number | null
  onAnother: () => void
  /** Offered while the mint is asked in vain. */
  onCancel: () => void
}) {
  const { state, amountSat } = withdrawal
  return (
    <div class="invoice" data-testid="withdrawal" data-state={state}>
      <p class="invoice-amount">
        <Amount msat={fromSat(amountSat)} />
        <Fiat msat={fromSat(amountSat)} rate={rate} />
      </p>
      <p class="muted centred">
        <Payee withdrawal={withdrawal} isAddress={isAddress} />
      </p>
      <div role="status">
        <Outcome withdrawal={withdrawal} />
      </div>
      {withdrawal.problem !== null && <p class="hint">{plainText(withdrawal.problem, 400)}</p>}
      <PaymentDetails withdrawal={withdrawal} />
      <div class="buttons centre">
        {state === 'requested' && withdrawal.problem !== null && (
          <Button kind="quiet" onPress={onCancel} testId="withdraw-cancel">
            {withdrawWords.cancel}
          </Button>
        )}
        <Button kind={state === 'paid' || state === 'failed' ? 'primary' : 'quiet'} onPress={onAnother} testId="withdraw-another">
          {withdrawWords.another}
        </Button>
      </div>
    </div>
  )
}

function Outcome({ withdrawal: { state, feeSat, feeReserveSat } }: { withdrawal: Withdrawal }) {
  switch (state) {
    case 'paid':
      return (
        <p class="notice good" data-testid="withdraw-paid">
          <CircleCheck size={18} />
          <span>
            {withdrawWords.paid}{' '}
            {feeSat !== null && (
              <>
                {withdrawWords.cost2} <Amount msat={fromSat(feeSat)} testId="withdraw-fee" />.{' '}
                {feeReserveSat > feeSat && (
                  <>
                    <Amount msat={fromSat(feeReserveSat - feeSat)} /> {withdrawWords.returned}
                  </>
                )}
              </>
            )}
          </span>
        </p>
      )
    case 'failed':
      return (
        <p class="notice warn" data-testid="withdraw-failed">
          <Undo2 size={18} />
          <span>{withdrawWords.failed}</span>
        </p>
      )
    case 'quoted':
    case 'requested':
    case 'pending':
      return (
        <p class="notice" data-testid="withdraw-pending">
          <LoaderCircle class="spin" size={18} />
          <span>{state === 'pending' ? withdrawWords.pending : withdrawWords.requested}</span>
        </p>
      )
    default:
      return state satisfies never
  }
}

/** The proof of payment, for whoever asks for it. */
export function PaymentDetails({ withdrawal: { preimage } }: { withdrawal: Withdrawal }) {
  if (preimage === null) return null
  return (
    <details>
      <summary data-testid="withdraw-details">{withdrawWords.details}</summary>
      <div class="detail-text">
        <p class="label">{withdrawWords.preimage}</p>
        <CopyField text={preimage} label={withdrawWords.preimage} rows={2} testId="preimage" />
      </div>
    </details>
  )
}
