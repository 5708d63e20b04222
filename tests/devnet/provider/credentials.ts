/** `Authorization: Bearer sk-…` and `Bearer cashu…` (routstr-node.md §3.3, §3.4): a fresh token is redeemed on first use, by any endpoint but refund. */
import { type Account, accountKey } from './accounts.ts'
import { doubleAnswer, invalidKey, type NodeAnswer, REDEEM_FAILURES, RedeemError } from './envelopes.ts'
import { addRow, type Node } from './node.ts'
import { readToken } from './purse.ts'

export interface Credentials {
  account: Account
  /** redeemed by this very request */
  fresh: boolean
}

const TERMINAL = new Set(['already-spent', 'malformed', 'zero-value', 'fees-exceed'])

export async function authenticate(node: Node, secret: string, requestId: string): Promise<Credentials> {
  if (secret === '') {
    throw doubleAnswer(401, { message: 'API key or Cashu token required', type: 'invalid_request_error', code: 'missing_api_key' })
  }
  if (secret.startsWith('sk-')) {
    const account = node.accounts.find(secret)
    if (!account) throw invalidKey()
    return { account, fresh: false }
  }
  if (!secret.startsWith('cashu')) throw invalidKey()
  const known = node.accounts.find(accountKey(secret))
  if (known) return { account: known, fresh: false }
  const running = node.redeeming.get(secret)
  if (running) return { account: await running, fresh: true }
  const made = fund(node, secret, requestId)
  node.redeeming.set(secret, made)
  try {
    return { account: await made, fresh: true }
  } finally {
    node.redeeming.delete(secret)
  }
}

async function fund(node: Node, token: string, requestId: string): Promise<Account> {
  const isMsat = unitOf(token) === 'msat'
  const credited = await redeemOnce(isMsat ? { ...node, purse: node.msatPurse } : node, token)
  if (node.faults.take('token-consumed')) throw redeemAnswer('consumed')
  addRow(node, { type: 'in', source: 'apikey', amount: credited, token, requestId, accountKey: accountKey(token) })
  return node.accounts.create(accountKey(token), isMsat ? credited : credited * 1000, isMsat ? 'msat' : 'sat')
}

/** null: not readable; redeeming it says why */
function unitOf(token: string): string | null {
  try {
    return readToken(token).unit
  } catch {
    return null
  }
}

/** Redeems, or throws envelope B. Terminal failures are remembered for the life of the process. */
export async function redeemOnce(node: Node, token: string): Promise<number> {
  const dead = node.deadTokens.get(token)
  if (dead) throw dead
  try {
    return (await node.purse.redeem(token)).creditedSat
  } catch (error) {
    if (!(error instanceof RedeemError)) throw error
    const answer = redeemAnswer(error.reason)
    if (TERMINAL.has(error.reason)) node.deadTokens.set(token, answer)
    throw answer
  }
}

function redeemAnswer(reason: RedeemError['reason']): NodeAnswer {
  const { status, message, type, code } = REDEEM_FAILURES[reason]
  return doubleAnswer(status, { message, type, code })
}
