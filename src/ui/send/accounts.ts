/** What can be sent from: every mint × unit that holds something, also of mints that are not trusted. Pure. */
import type { MintBalance } from '../../domain/wallet.ts'

export interface SendAccount {
  readonly key: string
  readonly url: string
  readonly name: string
  readonly trusted: boolean
  readonly unit: string
  /** Whole units. */
  readonly ready: number
}

export function sendAccounts(mints: readonly MintBalance[]): SendAccount[] {
  return mints.flatMap(({ mint: { url, name }, trusted, accounts }) =>
    accounts.filter(({ ready }) => ready > 0).map(({ unit, ready }) => ({ key: `${unit} ${url}`, url, name, trusted, unit, ready })),
  )
}

/** What somebody typed as whole units, 1 or more: `1 000`, `1,000`, `1_000`. null when it is not. */
export function parseUnits(text: string): number | null {
  const digits = text.replace(/[\s_,'\u2009\u202f]/g, '')
  if (!/^\d{1,15}$/.test(digits)) return null
  return Number(digits) > 0 ? Number(digits) : null
}
