/** What a mint can do over Lightning, and how its no is told to people. */
import { CTSError, HttpResponseError, isMintOperationError, NetworkError } from '@cashu/cashu-ts'
import { RoutstrError } from '../../domain/errors.ts'
import { reasonOf } from '../mint-answer.ts'
import { mintProblem, type MintWallet } from '../mint-wallet.ts'

/**
 * @param amountSat null: not known yet
 * @throws RoutstrError `mint_rejected` (no Lightning there, or switched off), `invalid_request_error` (outside of its limits)
 */
export function requireLightning(account: MintWallet, direction: 'mint' | 'melt', amountSat: number | null): void {
  const { nuts } = account.current().getMintInfo()
  const offered = direction === 'mint' ? nuts['4'] : nuts['5']
  const what = direction === 'mint' ? 'take money in' : 'pay'
  const method = offered?.methods.find(({ method: name, unit }) => name === 'bolt11' && unit === account.unit)
  if (offered === undefined || offered.disabled || method === undefined) {
    throw new RoutstrError('mint_rejected', `${account.mint} does not ${what} over Lightning at the moment. No money was moved.`)
  }
  if (amountSat === null) return
  const least = method.min_amount === null ? 1 : Number(method.min_amount)
  const most = method.max_amount === null ? Number.MAX_SAFE_INTEGER : Number(method.max_amount)
  if (amountSat < least) throw new RoutstrError('invalid_request_error', `${account.mint} does not ${what} less than ${least} sat. No money was moved.`)
  if (amountSat > most) throw new RoutstrError('invalid_request_error', `${account.mint} does not ${what} more than ${most} sat at once. No money was moved.`)
}

/** Nothing had been handed over yet: the mint's no in its own words, or that it did not answer. */
export function quoteProblem(url: string, cause: unknown): RoutstrError {
  if (cause instanceof RoutstrError) return cause
  if (!isMintOperationError(cause)) {
    const isItsAnswer = cause instanceof CTSError && !(cause instanceof HttpResponseError) && !(cause instanceof NetworkError)
    if (!isItsAnswer) return mintProblem(url, cause)
    return new RoutstrError('mint_misbehaved', `${url} gave an answer that can not be right: ${reasonOf(cause)}. No money was moved.`, { cause })
  }
  if (cause.code === 11006)
    return new RoutstrError('invalid_request_error', `${url} does not deal in this amount (${cause.message}). No money was moved.`, { cause })
  return new RoutstrError('mint_rejected', `${url} refuses: ${cause.message}. No money was moved.`, { cause })
}
