/**
 * A wallet that pays with the money of the user's other browsers when its own does not reach: only then are the relays asked and the
 * mint is visited, so a payment that is not short is not a millisecond slower.
 */
import { RoutstrError } from '../../../domain/errors.ts'
import { maxMsat, type Msat } from '../../../domain/msat.ts'
import { isBitcoin, unitsOfSat, worthMsat } from '../../../domain/units.ts'
import type { Connections } from '../../connections.ts'
import { createExclusive } from '../../exclusive.ts'
import type { Account } from '../../mint-wallet.ts'
import { faceFor } from '../../notes.ts'
import type { Wallet } from '../../wallet.ts'
import { pickOffers } from './claiming.ts'
import type { Sync } from './sync.ts'

/** What splitting a claimed note may cost on top. */
const SPLIT_FEE = 2
/** A claim may lose against the other browser; its next events are asked for once more. */
const ROUNDS = 2

export function payingWithOthers(
  wallet: Wallet,
  { sync, connections }: { readonly sync: Pick<Sync, 'elsewhere' | 'freshOffers'>; readonly connections: Connections },
): Wallet {
  const oneClaim = createExclusive()

  async function orClaim<T>(pay: () => Promise<T>, accounts: () => Promise<readonly (Account & { readonly need: number })[]>): Promise<T> {
    for (let round = 0; ; round++) {
      try {
        return await pay()
      } catch (error) {
        const isShort = error instanceof RoutstrError && error.code === 'insufficient_balance'
        if (!isShort || round === ROUNDS) throw error
        const came = await oneClaim('claim', async () => claimFor(await accounts()))
        if (!came) throw error
      }
    }
  }

  /** @returns whether a new try makes sense */
  async function claimFor(accounts: readonly (Account & { readonly need: number })[]): Promise<boolean> {
    for (const account of accounts) {
      // another payment may have claimed enough for both
      if ((await readyIn(account)) >= account.need + SPLIT_FEE) return true
      const claiming = await sync.freshOffers()
      if (claiming === null) return false
      const connection = await connections.connect(account)
      const want = faceFor(account.need, connection.facts().inputFeePpk) + SPLIT_FEE - (await readyIn(account))
      const here = (await claiming.offers()).filter(({ mint, unit }) => mint === account.mint && unit === account.unit)
      const picked = pickOffers(here, want, connection.fee)
      if (picked !== null) return (await claiming.claim(picked)) > 0
    }
    return false
  }

  async function readyIn({ mint, unit }: Account): Promise<number> {
    const held = (await wallet.balances()).find((balance) => balance.mint.url === mint)
    return held?.accounts.find((account) => account.unit === unit)?.ready ?? 0
  }

  return {
    ...wallet,
    async readyByMint() {
      // a locked wallet can claim nothing
      const [ready, elsewhere] = await Promise.all([wallet.readyByMint(), sync.elsewhere().catch(() => [])])
      const there = elsewhere.filter(({ mint, unit, trusted }) => trusted && isBitcoin(unit) && ready.has(mint))
      if (there.length === 0) return ready
      const together = new Map<string, Msat>(ready)
      for (const { mint, unit, amount } of there)
        together.set(mint, maxMsat(together.get(mint) ?? worthMsat(0, unit), worthMsat(amount + (await readyIn({ mint, unit })), unit)))
      return together
    },
    deposit: (mint, wish, journal) =>
      orClaim(
        () => wallet.deposit(mint, wish, journal),
        async () => (['sat', 'msat'] as const).map((unit) => ({ mint, unit, need: unitsOfSat(wish.needSat, unit) })),
      ),
    send: (account, amount, memo) =>
      orClaim(
        () => wallet.send(account, amount, memo),
        async () => [{ ...account, need: amount }],
      ),
  }
}
