/** `POST /v1/balance/refund`, both forms (routstr-node.md §2.7). Never creates and never redeems, except on an old node. */
import { type Account, accountKey, floorMsatToSat } from './accounts.ts'
import type { BalanceAnswer } from './balance.ts'
import { detailAnswer, doubleAnswer, wrongScheme } from './envelopes.ts'
import { addRow, type Exchange, type Node } from './node.ts'

const CACHE_MS = 3_600_000

export async function refund(node: Node, exchange: Exchange): Promise<BalanceAnswer> {
  const paid = exchange.request.headers['x-cashu']
  const answer = typeof paid === 'string' ? refundOfPayment(node, paid) : await refundOfAccount(node, exchange)
  return node.faults.take('drop-refund-response') ? { ...answer, lost: true } : answer
}

/** Form A: the change of an `X-Cashu` request, by the exact token that was paid. Repeatable. */
function refundOfPayment(node: Node, token: string): BalanceAnswer {
  const payment = node.rows.find((row) => row.type === 'in' && row.token === token && row.source === 'x-cashu')
  if (!payment) throw detailAnswer(404, 'Refund not found')
  const change = node.rows.find((row) => row.type === 'out' && row.requestId === payment.requestId)
  if (!change || node.faults.take('refund-425')) {
    throw node.settings.oldNode ? detailAnswer(404, 'Refund not found') : detailAnswer(425, 'Refund is pending; retry shortly.')
  }
  change.collected = true
  return { body: { token: change.token, sats: String(change.amount) }, headers: { 'x-cashu': change.token } }
}

async function refundOfAccount(node: Node, { request, requestId }: Exchange): Promise<BalanceAnswer> {
  const header = request.headers.authorization
  if (header === undefined || !header.startsWith('Bearer ')) {
    throw wrongScheme()
  }
  const secret = header.slice('Bearer '.length).trim()
  const account = node.accounts.find(secret.startsWith('cashu') ? accountKey(secret) : secret)
  if (!account) {
    const message = 'Key not found. Deposit first via /v1/wallet/create before requesting a refund.'
    throw doubleAnswer(401, { message, type: 'invalid_request_error', code: 'key_not_found' })
  }
  if (account.parent) throw detailAnswer(400, 'Cannot refund child key. Please refund the parent key instead.')
  refuseByFault(node)
  releaseWithheld(node, account)
  const busy = [...account.reservations.values()].some(({ at }) => Date.now() - at < node.settings.staleReservationMs)
  if (busy || node.faults.take('refund-ongoing')) {
    throw detailAnswer(400, 'Cannot refund key. There are ongoing requests for this api key.')
  }
  const lie = await lyingAnswer(node, account, requestId)
  if (lie) return lie
  if (account.balanceMsat === 0) return repeat(node, account, secret)
  if (account.balanceMsat < 1000 && account.unit === 'sat') throw detailAnswer(400, 'Balance too small to refund')
  return { body: await empty(node, account, secret, requestId) }
}

function refuseByFault(node: Node): void {
  if (node.faults.take('refund-409')) throw detailAnswer(409, 'Balance changed concurrently. Please retry the refund.')
  if (node.faults.take('refund-410')) throw detailAnswer(410, 'Refund has been swept')
  if (node.faults.take('refund-503')) throw detailAnswer(503, 'Mint service unavailable')
}

/** 502: the melt may or may not have happened; the balance is out of reach until the next call reconciles it. */
function releaseWithheld(node: Node, account: Account): void {
  if (node.faults.take('refund-502')) {
    account.withheldMsat += account.balanceMsat
    account.balanceMsat = 0
    throw detailAnswer(502, 'Refund outcome unknown; the balance is withheld until reconciliation')
  }
  account.balanceMsat += account.withheldMsat
  account.withheldMsat = 0
}

/** Memory cache by auth string first, then the database; so an older token may come back (§9.2). */
function repeat(node: Node, account: Account, secret: string): BalanceAnswer {
  const cached = node.refundCache.get(secret)
  const known = cached && Date.now() - cached.at < CACHE_MS ? cached : node.settings.oldNode ? null : account.lastRefund
  if (!known) throw detailAnswer(400, 'No balance to refund')
  return { body: told(account, known.token, known.sat) }
}

/** `amount` in the account's unit */
function told({ unit }: Account, token: string, amount: number): object {
  return unit === 'msat' ? { token, msats: String(amount) } : { token, sats: String(amount) }
}

/** Balance to zero first, then the token, then the cache, then the row (balance.py:502-636): a second call meanwhile sees zero. */
async function empty(node: Node, account: Account, secret: string, requestId: string): Promise<object> {
  const whole = account.balanceMsat
  const isMsat = account.unit === 'msat'
  const sat = isMsat ? whole : floorMsatToSat(whole)
  account.balanceMsat = 0
  account.reservations.clear()
  let token: string
  try {
    token = await (isMsat ? node.msatPurse : node.purse).pay(sat)
  } catch {
    account.balanceMsat += whole
    throw detailAnswer(503, 'Mint service unavailable')
  }
  node.accounts.note({ forfeited: isMsat ? 0 : whole - sat * 1000 })
  remember(node, account, secret, token, sat, requestId)
  return told(account, token, sat)
}

function remember(node: Node, account: Account, secret: string, token: string, sat: number, requestId: string): void {
  node.refundCache.set(secret, { token, sat, at: Date.now() })
  addRow(node, { type: 'out', source: 'apikey', amount: sat, token, requestId, accountKey: account.key })
  account.lastRefund = { token, sat }
}

/** What a hostile node answers instead. `refund-stale` and `refund-garbage` leave the balance, so that an honest call can follow. */
async function lyingAnswer(node: Node, account: Account, requestId: string): Promise<BalanceAnswer | undefined> {
  const sat = floorMsatToSat(account.balanceMsat)
  if (sat === 0) return undefined
  const told = (token: string): BalanceAnswer => ({ body: { token, sats: String(sat) } })
  if (node.faults.take('refund-garbage')) return told('cashuBnonsense')
  if (node.faults.take('refund-stale')) return told(account.lastRefund?.token ?? (await spentToken(node, sat)))
  const smaller = node.faults.take('refund-smaller')
  const elsewhere = !smaller && node.faults.take('refund-other-mint')
  if (!smaller && !elsewhere) return undefined
  const whole = account.balanceMsat
  account.balanceMsat = 0
  const half = Math.max(1, Math.floor(sat / 2))
  const token = smaller ? await node.purse.pay(half) : await node.otherMintToken(sat)
  node.accounts.note({ forfeited: whole - (smaller ? half * 1000 : 0) })
  remember(node, account, account.key, token, sat, requestId)
  return told(token)
}

/** A token that looks right and is worth nothing: the node redeems it itself before handing it out. */
async function spentToken(node: Node, sat: number): Promise<string> {
  const token = await node.purse.pay(Math.max(2, sat))
  await node.purse.redeem(token)
  return token
}
