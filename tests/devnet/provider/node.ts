/** What the parts of one node share. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Account, Accounts } from './accounts.ts'
import { sha256Hex } from './accounts.ts'
import type { Faults } from './faults.ts'
import type { Catalogue } from './models.ts'
import type { Purse } from './purse.ts'
import type { UpstreamPool } from './upstream-pool.ts'

/** One line of the node's `cashu_transactions` table. */
export interface Row {
  id: string
  type: 'in' | 'out'
  source: 'apikey' | 'x-cashu'
  amount: number
  token: string
  createdAt: number
  collected: boolean
  requestId: string
  accountKey: string | null
}

export interface NodeSettings {
  tolerancePercent: number
  minimumRequestMsat: number
  satUsd: number
  providerFee: number
  staleReservationMs: number
  sweepMs: number
  childKeyCostMsat: number
  /** §10.1: 404 instead of 425, no POST create, random history ids, no cost headers, `x-cashu` hidden from pages */
  oldNode: boolean
  /** forms pass as well, as on a node of the future; today's refuse every body that is not JSON (§2.5) */
  multipart: boolean
}

export interface Node {
  readonly settings: NodeSettings
  readonly catalogue: Catalogue
  readonly accounts: Accounts
  readonly purse: Purse
  /** accounts that were funded in msat are refunded in msat */
  readonly msatPurse: Purse
  readonly faults: Faults
  readonly rows: Row[]
  /** 1 h memory cache of refund tokens, per auth string */
  readonly refundCache: Map<string, { token: string; sat: number; at: number }>
  /** 24 h memory cache of tokens that can never be redeemed (redemption_cache.py) */
  readonly deadTokens: Map<string, Error>
  /** first uses of one token that run at this instant */
  readonly redeeming: Map<string, Promise<Account>>
  readonly upstreams: UpstreamPool
  /** aborted when the node stops */
  readonly stopping: AbortSignal
  /** stands in for a missing id, shared by all requests of this process (routstr-node.md §7.1) */
  readonly sharedId: string
  /** a token of a mint the client did not pay from */
  otherMintToken(amountSat: number): Promise<string>
}

/** One request on its way through the node. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  path: string
  requestId: string
  text: string
  bytes: Buffer
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

export function addRow(node: Node, row: Pick<Row, 'type' | 'source' | 'amount' | 'token' | 'requestId'> & { accountKey?: string }): void {
  const id = node.settings.oldNode ? crypto.randomUUID() : sha256Hex(`${row.type}\0${row.token}`) // db.py:584
  const collected = row.source === 'x-cashu' && row.type === 'in'
  node.rows.push({ ...row, accountKey: row.accountKey ?? null, id, createdAt: nowSeconds(), collected })
}
