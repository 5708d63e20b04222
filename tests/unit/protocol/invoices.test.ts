import { describe, expect, test } from 'vitest'
import { createInvoiceApi } from '../../../src/protocol/invoices.ts'
import { recorded } from './recorded.ts'

const URL_OF_NODE = 'https://node.example'
/** The recorded invoice opens the account that the recorded status names. */
const KEY = 'sk-8e45d3387efddf3e33a32713e224c8eec6ccfec8949d6045cee60a98cf382255'

function playing(body: string, status = 200) {
  const sent: { url: string; method: string; body: unknown }[] = []
  const api = createInvoiceApi({
    fetch: async (input, init) => {
      sent.push({ url: String(input), method: init?.method ?? 'GET', body: typeof init?.body === 'string' ? JSON.parse(init.body) : null })
      expect(init).toMatchObject({ redirect: 'error', credentials: 'omit', referrerPolicy: 'no-referrer' })
      return new Response(body, { status })
    },
  })
  return { api, sent }
}

describe('an invoice', () => {
  test('of a real node: its key is known before anything is paid', async () => {
    const { api, sent } = playing(recorded('lightning_invoice').body)
    const answer = await api.create(URL_OF_NODE, 21)
    expect(answer).toMatchObject({ kind: 'ok', value: { id: 'ivnw7kksOtQj0YOHzc9a5A', text: expect.stringMatching(/^lnbc/), amountSat: 21, key: KEY } })
    expect(sent).toEqual([{ url: `${URL_OF_NODE}/v1/balance/lightning/invoice`, method: 'POST', body: { amount_sats: 21, purpose: 'create' } }])
  })

  test.each([
    ['an id that is a path', { invoice_id: '../../refund', bolt11: 'lnbc1', amount_sats: 21, payment_hash: 'q' }],
    ['no invoice', { invoice_id: 'a', bolt11: '', amount_sats: 21, payment_hash: 'q' }],
    ['no whole amount', { invoice_id: 'a', bolt11: 'lnbc1', amount_sats: 0.5, payment_hash: 'q' }],
    ['a page', '<html>'],
  ])('%s is none', async (_, body) => {
    expect(await playing(typeof body === 'string' ? body : JSON.stringify(body)).api.create(URL_OF_NODE, 21)).toMatchObject({ kind: 'unreadable' })
  })

  test('a node without Lightning refuses', async () => {
    expect(await playing('{"detail":"Failed to create Lightning invoice"}', 500).api.create(URL_OF_NODE, 21)).toMatchObject({ kind: 'refused', error: { status: 500 } })
  })
})

describe('a status', () => {
  test('of a real node', async () => {
    const { api, sent } = playing(recorded('lightning_status').body)
    expect(await api.status(URL_OF_NODE, 'ivnw7kksOtQj0YOHzc9a5A')).toMatchObject({ kind: 'ok', value: { kind: 'paid', key: KEY } })
    expect(sent).toEqual([{ url: `${URL_OF_NODE}/v1/balance/lightning/invoice/ivnw7kksOtQj0YOHzc9a5A/status`, method: 'GET', body: null }])
  })

  test.each([
    ['pending', null, 'waiting'],
    ['settlement_pending', null, 'waiting'],
    ['reconciliation_required', null, 'waiting'],
    ['paid', null, 'waiting'],
    ['expired', null, 'over'],
    ['cancelled', null, 'over'],
  ])('%s, key %s: %s', async (status, api_key, kind) => {
    expect(await playing(JSON.stringify({ status, api_key })).api.recover(URL_OF_NODE, 'lnbc1')).toMatchObject({ kind: 'ok', value: { kind } })
  })

  test('of a word nobody knows proves nothing', async () => {
    expect(await playing('{"status":"lost","api_key":null}').api.status(URL_OF_NODE, 'a')).toMatchObject({ kind: 'unreadable' })
  })
})
