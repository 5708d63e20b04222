/** A limit at the node as a second lock: where a deposit is more than may be spent, the account itself refuses the rest. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat, msat } from '../../src/domain/msat.ts'
import { siteOrigin } from '../../src/domain/site.ts'
import { createAccountApi } from '../../src/protocol/account.ts'
import { createFunding, type FundingRequest } from '../../src/sessions/funding.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { openStores } from '../../src/storage/stores.ts'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { SITE } from './world.ts'

const accounts = createAccountApi({ fetch })
let devnet: Devnet
afterEach(() => devnet.stop())

async function charge(key: string): Promise<number> {
  const body = JSON.stringify({ model: 'owl-mini', max_tokens: 300, messages: [{ role: 'user', content: 'Hi' }] })
  const answer = await fetch(`${devnet.providers.cheap.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body })
  const text = await answer.text()
  if (answer.status === 402) expect(text).toContain('balance_limit_exceeded')
  return answer.status
}

describe('the node', () => {
  it.each([
    ['one that offers it charges no more than the limit, and gives all the rest back', false, 402],
    ['one that does not: the account is there, and nothing else holds it', true, 200],
  ])('%s', async (_, oldNode, expected) => {
    devnet = await startDevnet({ provider: { oldNode } })
    const { url } = devnet.providers.cheap
    const created = await accounts.create(url, await devnet.faucet(64), fromSat(1))
    if (created.kind !== 'ok') throw new Error(created.kind)
    expect(await charge(created.value.key)).toBe(expected)
    expect(await accounts.refund(url, created.value.key)).toMatchObject({ kind: 'ok' })
  })
})

describe('our deposit', () => {
  let database: RoutstrDatabase
  beforeEach(async () => {
    database = new RoutstrDatabase('routstr', { indexedDB: new IDBFactory(), IDBKeyRange })
    devnet = await startDevnet()
  })
  afterEach(() => database.close())

  /** The wallet has no notes that fit: `arrivesSat` is what comes nearest. */
  async function place(arrivesSat: number, changes: Partial<FundingRequest>) {
    const token = await devnet.faucet(arrivesSat + 1)
    const { stores } = openStores(database)
    const operation = { id: 'o1', kind: 'send', state: 'sent', mint: devnet.mint.url, unit: 'sat', token, amount: arrivesSat + 1, secrets: [], purpose: 'session', memo: null, createdAt: 1 } as const
    const funding = createFunding({
      store: stores.sessions,
      wallet: {
        async deposit(_mint, _wish, journal) {
          await journal(operation, arrivesSat)
          return operation
        },
      },
      accounts,
      now: Date.now,
      randomId: () => 's1',
      settings: () => ({ fuse: { trippedAt: null, countsFrom: 0 }, fuseSatPerMinute: 2_000 }),
      onFuse: async () => undefined,
    })
    const provider = { id: 'p', url: devnet.providers.cheap.url, name: 'Sparrow AI' }
    const request = { origin: siteOrigin(SITE), life: 'site', provider, mint: devnet.mint.url, requiredMsat: msat(3_000), ahead: 3, mostMsat: async () => fromSat(10), attempt: null, ...changes } as const
    const { session } = await funding.place(request)
    expect(await funding.credit(session, msat(3_000))).toEqual({ kind: 'open' })
    const limitThere = devnet.providers.cheap.accounts.list()[0]?.balanceLimit
    return { limit: session.limitMsat, limitThere }
  }

  it('of more than may be spent: the account gets the limit', async () => expect(await place(12, {})).toEqual({ limit: fromSat(10), limitThere: 10_000 }))
  it('within what may be spent: the balance is lock enough, and the provider learns no number', async () => expect(await place(9, {})).toEqual({ limit: undefined, limitThere: null }))
  it('for all sites: there is no one limit', async () => expect(await place(12, { life: 'provider' })).toEqual({ limit: undefined, limitThere: null }))
})
