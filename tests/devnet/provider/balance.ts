/** `/v1/balance/*` and its alias `/v1/wallet/*` (routstr-node.md §2.6). Throws envelopes, returns the body of a 200. */
import * as v from 'valibot'
import { availableOf, floorMsatToSat, payerOf, reservedOf, type Account } from './accounts.ts'
import { authenticate, redeemOnce } from './credentials.ts'
import { detailAnswer, NodeAnswer, wrongScheme } from './envelopes.ts'
import { addRow, type Exchange, type Node } from './node.ts'
import { refund } from './refund.ts'
import { parseJson } from '../json.ts'

const limits = {
  balance_limit: v.optional(v.nullable(v.number())),
  balance_limit_reset: v.optional(v.nullable(v.string())),
  validity_date: v.optional(v.nullable(v.number())),
}
const createBody = v.object({ initial_balance_token: v.string(), ...limits })
const topupBody = v.object({ cashu_token: v.optional(v.string()) })
const childBody = v.object({ count: v.optional(v.number(), 1), ...limits })
const resetBody = v.object({ child_key: v.string() })

type Limits = { [K in keyof typeof limits]?: v.InferOutput<(typeof limits)[K]> | undefined }

/** What to send: a body for 200, or `lost` when the answer must be dropped after the work. */
export type BalanceAnswer = { body: unknown; headers?: Record<string, string>; lost?: boolean }

export async function balance(node: Node, exchange: Exchange): Promise<BalanceAnswer> {
  const { path, request } = exchange
  const route = `${request.method} ${path.replace(/^\/v1\/(balance|wallet)\//, '')}`
  switch (route) {
    case 'GET create':
      return create(node, exchange, { initial_balance_token: exchange.url.searchParams.get('initial_balance_token') ?? '' })
    case 'POST create':
      if (node.settings.oldNode) break
      return create(node, exchange, parse(createBody, exchange.text, 'initial_balance_token'))
    case 'GET ':
    case 'GET info':
      return { body: info(await accountOf(node, exchange)) }
    case 'POST topup':
      return topup(node, exchange)
    case 'POST refund':
      return refund(node, exchange)
    case 'GET history':
      return { body: history(node, await accountOf(node, exchange)) }
    case 'POST donate':
      return { body: await donate(node, exchange) }
    case 'POST child-key':
      return { body: childKeys(node, await accountOf(node, exchange), parse(childBody, exchange.text, 'count')) }
    case 'POST child-key/reset':
      return { body: resetChild(node, await accountOf(node, exchange), parse(resetBody, exchange.text, 'child_key').child_key) }
  }
  throw detailAnswer(404, 'Not found check /docs for available endpoints')
}

/** FastAPI's own 422 for a missing header, without `request_id` (§2.6). */
const missing = (...location: string[]): NodeAnswer =>
  new NodeAnswer(422, () => ({ detail: [{ type: 'missing', loc: location, msg: 'Field required', input: null }] }))

async function accountOf(node: Node, { request, requestId }: Exchange): Promise<Account> {
  const header = request.headers.authorization
  if (header === undefined) throw missing('header', 'authorization')
  if (!header.startsWith('Bearer ')) throw wrongScheme()
  return (await authenticate(node, header.slice('Bearer '.length).trim(), requestId)).account
}

function parse<S extends v.GenericSchema>(schema: S, text: string, field: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, parseJson(text === '' ? '{}' : text))
  if (!parsed.success) throw missing('body', field)
  return parsed.output
}

async function create(node: Node, { requestId }: Exchange, body: { initial_balance_token: string } & Limits): Promise<BalanceAnswer> {
  const { account } = await authenticate(node, body.initial_balance_token, requestId)
  applyLimits(account, body)
  const answer: BalanceAnswer = { body: { api_key: account.key, balance: account.balanceMsat } } // reservations not subtracted (balance.py:144-147)
  return node.faults.take('drop-create-response') ? { ...answer, lost: true } : answer
}

function applyLimits(account: Account, wanted: Limits): void {
  if (wanted.balance_limit !== undefined) account.balanceLimit = wanted.balance_limit
  if (wanted.balance_limit_reset !== undefined) account.balanceLimitReset = wanted.balance_limit_reset
  if (wanted.validity_date !== undefined) account.validityDate = wanted.validity_date
}

function info(account: Account): object {
  const payer = payerOf(account)
  const limitsOf = (one: Account): object => ({
    total_requests: one.totalRequests,
    total_spent: one.totalSpentMsat,
    balance_limit: one.balanceLimit,
    balance_limit_reset: one.balanceLimitReset,
    validity_date: one.validityDate,
  })
  return {
    api_key: account.key,
    balance: availableOf(account),
    reserved: reservedOf(payer),
    is_child: account.parent !== null,
    ...limitsOf(account),
    ...(account.parent ? { parent_key_preview: `${account.parent.key.slice(3, 11)}...` } : {}),
    ...(account.children.length > 0 ? { child_keys: account.children.map((child) => ({ api_key: child.key, ...limitsOf(child) })) } : {}),
  }
}

async function topup(node: Node, exchange: Exchange): Promise<BalanceAnswer> {
  const account = payerOf(await accountOf(node, exchange))
  const given = exchange.url.searchParams.get('cashu_token') ?? parse(topupBody, exchange.text, 'cashu_token').cashu_token
  if (given === undefined || given === '') throw detailAnswer(400, 'A cashu_token is required.')
  const token = given.replace(/[\n\r\t]/g, '').trim()
  if (token.length < 10 || !token.includes('cashu')) throw detailAnswer(400, 'Invalid token format')
  const creditedSat = await redeemOnce({ ...node, deadTokens: new Map() }, token) // the cache of dead tokens covers Bearer and create only (§3.3)
  addRow(node, { type: 'in', source: 'apikey', amount: creditedSat, token, requestId: exchange.requestId, accountKey: account.key })
  account.balanceMsat += creditedSat * 1000
  node.accounts.note({ credited: creditedSat * 1000 })
  const answer: BalanceAnswer = { body: { msats: creditedSat * 1000 } }
  return node.faults.take('drop-topup-response') ? { ...answer, lost: true } : answer
}

function history(node: Node, account: Account): object {
  if (account.parent) throw detailAnswer(400, 'Cannot view child key history. Please use the parent key instead.')
  const rows = node.rows.filter((row) => row.accountKey === account.key).reverse()
  return {
    transactions: rows.map((row) => ({
      id: row.id,
      type: row.type,
      source: row.source,
      amount: row.amount,
      unit: 'sat',
      mint_url: node.purse.mintUrl,
      created_at: row.createdAt,
      collected: row.collected,
      swept: false,
    })),
  }
}

async function donate(node: Node, { url }: Exchange): Promise<string> {
  try {
    await node.purse.redeem(url.searchParams.get('token') ?? '')
    return 'Thanks!'
  } catch {
    return 'Invalid token.' // always 200
  }
}

function childKeys(node: Node, parent: Account, body: { count: number } & Limits): object {
  if (!Number.isInteger(body.count) || body.count < 1 || body.count > 50) throw detailAnswer(400, 'Count must be between 1 and 50.')
  if (parent.parent) throw detailAnswer(400, 'Cannot create a child key for another child key.')
  const cost = body.count * node.settings.childKeyCostMsat
  if (availableOf(parent) < cost) {
    throw detailAnswer(402, `Insufficient balance to create ${body.count} child keys. ${cost} mSats required.`)
  }
  node.accounts.settle(node.accounts.reserve(parent, cost), cost)
  parent.totalRequests -= 1 // a child key is no request
  const children = Array.from({ length: body.count }, () => node.accounts.createChild(parent))
  for (const child of children) applyLimits(child, body)
  return {
    api_keys: children.map((child) => child.key),
    count: children.length,
    cost_msats: cost,
    cost_sats: floorMsatToSat(cost),
    parent_balance: parent.balanceMsat,
    parent_balance_sats: floorMsatToSat(parent.balanceMsat),
  }
}

function resetChild(node: Node, parent: Account, key: string): object {
  const child = node.accounts.find(key)
  if (!child) throw detailAnswer(404, 'Child key not found')
  if (child.parent !== parent) throw detailAnswer(403, 'Not the parent of this key')
  child.totalSpentMsat = 0
  return { success: true, message: 'Child key balance reset successfully.' }
}
