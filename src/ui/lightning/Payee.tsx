import type { Withdrawal } from '../../domain/lightning.ts'
import { plainText } from '../parts/page-text.ts'
import { withdrawWords } from './strings.ts'

/** Who is paid. What an invoice says of itself is in quotation marks: it could pretend to be anybody. */
export function Payee({ withdrawal: { payee }, isAddress }: { withdrawal: Withdrawal; isAddress: boolean }) {
  const text = plainText(payee, 200)
  if (text === '') return <>{withdrawWords.noName}</>
  return isAddress ? (
    <>
      {withdrawWords.to} {text}
    </>
  ) : (
    <>
      {withdrawWords.forWhat} “{text}”
    </>
  )
}
