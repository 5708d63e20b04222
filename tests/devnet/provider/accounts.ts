/** Funded accounts: balance, reservations, settlement (routstr-node.md §2.6, §3.5). All amounts in msat. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { doubleAnswer, tooPoorToReserve } from './envelopes.ts'

export interface Account {
  /** `sk-` + sha256hex(token) */
  readonly key: string
  readonly parent: Account | null
  readonly createdAt: number
  balanceMsat: number
  totalSpentMsat: number
  totalRequests: number
  reservations: Map<string, { msat: number; at: number }>
  children: Account[]
  balanceLimit: number | null
  balanceLimitReset: string | null
  validityDate: number | null
  /** of the token that funded it; refunds come in it */
  readonly unit: 'sat' | 'msat'
  /** the last token given back, as the database keeps it; `sat`: its amount in that unit */
  lastRefund: { token: string; sat: number } | null
  /** parked by a refund whose outcome is unknown (502) */
  withheldMsat: number
}

export interface Reservation {
  id: string
  /** in which life of the node it was made */
  life: number
  account: Account
  msat: number
}

export interface Accounts {
  find(key: string): Account | undefined
  list(): Account[]
  create(key: string, balanceMsat: number, unit?: 'sat' | 'msat'): Account
  createChild(parent: Account): Account
  reserve(account: Account, msat: number): Reservation
  /** charges the real cost, at most what is there (auth.py:1395-1447), and releases; returns what was charged */
  settle(reservation: Reservation, costMsat: number): number
  release(reservation: Reservation): void
  /** releases reservations older than the time-out; returns how many */
  sweep(staleMs: number): number
  resetReservations(): void
  wipe(): void
  creditedMsat(): number
  earnedMsat(): number
  /** money that moves outside an account: top-ups, X-Cashu payments, lost remainders */
  note(event: { credited?: number; forfeited?: number; earned?: number }): void
  forfeitedMsat(): number
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A client can derive it before anything is sent (routstr-node.md §1 item 3). */
export const accountKey = (token: string): string => `sk-${sha256Hex(token)}`

export const payerOf = (account: Account): Account => account.parent ?? account

export const reservedOf = (account: Pick<Account, 'reservations'>): number =>
  [...account.reservations.values()].reduce((total, reservation) => total + reservation.msat, 0)

export const availableOf = (account: Account): number => payerOf(account).balanceMsat - reservedOf(payerOf(account))

export function createAccounts(): Accounts {
  const accounts = new Map<string, Account>()
  let credited = 0
  let forfeited = 0
  let earned = 0
  let life = 0

  function add(key: string, balanceMsat: number, parent: Account | null, unit: Account['unit']): Account {
    const account: Account = {
      key,
      parent,
      createdAt: Date.now(),
      balanceMsat,
      totalSpentMsat: 0,
      totalRequests: 0,
      reservations: new Map(),
      children: [],
      balanceLimit: null,
      balanceLimitReset: null,
      validityDate: null,
      unit,
      lastRefund: null,
      withheldMsat: 0,
    }
    accounts.set(key, account)
    return account
  }

  return {
    find: (key) => accounts.get(key),
    list: () => [...accounts.values()],
    create(key, balanceMsat, unit = 'sat') {
      credited += balanceMsat
      return add(key, balanceMsat, null, unit)
    },
    createChild(parent) {
      const child = add(`sk-${randomBytes(32).toString('hex')}`, 0, parent, parent.unit)
      parent.children.push(child)
      return child
    },
    reserve(account, msat) {
      const payer = payerOf(account)
      if (account.validityDate !== null && Date.now() / 1000 > account.validityDate) {
        throw doubleAnswer(403, { message: 'API key has expired (validity date reached).', type: 'invalid_request_error', code: 'key_expired' })
      }
      if (availableOf(account) < msat) throw tooPoorToReserve(msat, availableOf(account), reservedOf(payer))
      if (account.balanceLimit !== null && account.totalSpentMsat + msat > account.balanceLimit) {
        const message = `Balance limit exceeded: ${account.balanceLimit} mSats limit. ${account.totalSpentMsat} already spent.`
        throw doubleAnswer(402, { message, type: 'insufficient_quota', code: 'balance_limit_exceeded' })
      }
      const id = randomUUID()
      payer.reservations.set(id, { msat, at: Date.now() })
      payer.totalRequests += 1
      if (account !== payer) account.totalRequests += 1
      return { id, account, msat, life }
    },
    settle({ id, account, life: since }, costMsat) {
      if (since !== life) return 0 // the node restarted meanwhile: nobody remembers this request
      const payer = payerOf(account)
      payer.reservations.delete(id) // may have been swept as stale: charged all the same
      const charged = Math.min(payer.balanceMsat, costMsat)
      payer.balanceMsat -= charged
      payer.totalSpentMsat += charged
      if (account !== payer) account.totalSpentMsat += charged
      earned += charged
      return charged
    },
    release({ id, account }) {
      const payer = payerOf(account)
      if (!payer.reservations.delete(id)) return
      payer.totalRequests -= 1
      if (account !== payer) account.totalRequests -= 1
    },
    sweep(staleMs) {
      let released = 0
      for (const account of accounts.values()) {
        for (const [id, reservation] of account.reservations) {
          if (Date.now() - reservation.at < staleMs) continue
          account.reservations.delete(id)
          released += 1
        }
      }
      return released
    },
    resetReservations() {
      life += 1
      for (const account of accounts.values()) account.reservations.clear()
    },
    wipe() {
      life += 1
      accounts.clear()
    },
    creditedMsat: () => credited,
    earnedMsat: () => earned,
    note(event) {
      credited += event.credited ?? 0
      forfeited += event.forfeited ?? 0
      earned += event.earned ?? 0
    },
    forfeitedMsat: () => forfeited,
  }
}

export const floorMsatToSat = (msat: number): number => Math.floor(msat / 1000)
