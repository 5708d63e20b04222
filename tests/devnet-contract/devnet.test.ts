/** The network as a whole: configuration, faucet, control, announcements, both prices, conservation, and a clean exit. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { soon } from './patience.ts'
import { at, bearer, numberAt, textAt } from './recorded.ts'

let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())

const json = async (url: string, body?: unknown): Promise<unknown> => (await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })).json()
const control = (command: object): Promise<unknown> => json(`${devnet.url}/control`, command)
const question = { model: 'owl-mini', messages: [{ role: 'user', content: 'Why is the sky blue?' }] }

async function open(provider: Devnet['providers']['cheap'], amountSat: number): Promise<string> {
  return textAt(await json(`${provider.url}/v1/balance/create`, { initial_balance_token: await devnet.faucet(amountSat) }), 'api_key')
}

test('devnet.json has everything a client needs, and a fresh token each time', async () => {
  const first = await json(devnet.configUrl)
  const second = await json(devnet.configUrl)
  expect(Object.keys(first ?? {})).toEqual(['version', 'mints', 'relays', 'providers', 'faucet', 'demo', 'token', 'nwc', 'bunker', 'npub', 'lightningAddress'])
  expect(textAt(first, 'token')).not.toBe(textAt(second, 'token'))
  const notes = devnet.mint.decode(textAt(first, 'token'))
  expect(notes.reduce((total, note) => total + note.amount.toNumber(), 0)).toBe(2000)
  expect(at(first, 'providers', 0)).toEqual({ name: 'Sparrow AI', url: devnet.providers.cheap.url, npub: devnet.providers.cheap.npub })
  expect(numberAt(await json(`${devnet.url}/faucet`, { amount: 21 }), 'amount')).toBe(21)
  expect((await fetch(`${devnet.url}/faucet`, { method: 'POST', body: '{"amount":10001}' })).status).toBe(400)
})

test('both providers are announced, and their info names the announcing key', async () => {
  const events = devnet.relay.events().filter(({ kind }) => kind === 38421)
  expect(events).toHaveLength(2)
  for (const provider of [devnet.providers.cheap, devnet.providers.dear]) {
    const event = events.find(({ pubkey }) => pubkey === provider.pubkey)
    expect(event?.tags.map((tag) => tag[0])).toEqual(['d', 'u', 'mint', 'version'])
    expect(JSON.parse(event?.content ?? '')).toEqual({ name: provider.name, about: expect.any(String) })
    expect(await json(`${provider.url}/v1/info`)).toMatchObject({ npub: provider.npub, mints: [devnet.mint.url], http_url: provider.url })
  }
})

test('the same model under two names; a short answer costs 1–3 sats at the cheap one and four times that at the other', async () => {
  const costs: number[] = []
  for (const provider of [devnet.providers.cheap, devnet.providers.dear]) {
    const key = await open(provider, 300)
    const response = await fetch(`${provider.url}/v1/chat/completions`, { method: 'POST', headers: bearer(key), body: JSON.stringify(question) })
    const answer: unknown = await response.json()
    expect(textAt(answer, 'choices', 0, 'message', 'content')).toMatch(/blue[\s\S]*development network/)
    costs.push(numberAt(answer, 'cost', 'total_msats'))
  }
  expect(devnet.providers.cheap.models()[0]?.id).toBe('owl-mini')
  expect(devnet.providers.dear.models()[0]?.id).toBe('owl-mini-2026-05-01')
  expect(costs[0]).toBeGreaterThan(800)
  expect(costs[0]).toBeLessThan(3000)
  expect((costs[1] ?? 0) / (costs[0] ?? 1)).toBeCloseTo(4, 1)
})

test('a fault of refund-other-mint gives change of the other mint', async () => {
  const key = await open(devnet.providers.cheap, 64)
  await control({ target: 'cheap', action: 'fault', kind: 'refund-other-mint' })
  const token = textAt(await (await fetch(`${devnet.providers.cheap.url}/v1/balance/refund`, { method: 'POST', headers: bearer(key) })).json(), 'token')
  expect(devnet.otherMint.decode(token).reduce((total, note) => total + note.amount.toNumber(), 0)).toBe(63)
})

describe('control', () => {
  test('switches faults, prices and darkness from another process', async () => {
    const { cheap } = devnet.providers
    await control({ target: 'cheap', action: 'setPrices', model: 'owl-mini', promptSat: 1, completionSat: 2 })
    expect(cheap.models()[0]).toEqual({ id: 'owl-mini', promptSat: 1, completionSat: 2 })
    await control({ target: 'cheap', action: 'keepModels', models: ['owl-large'] })
    expect(cheap.models().map(({ id }) => id)).toEqual(['owl-large'])
    await control({ target: 'cheap', action: 'down' })
    await expect(fetch(`${cheap.url}/v1/info`)).rejects.toThrow()
    await control({ target: 'cheap', action: 'down', on: false })
    await control({ target: 'mint', action: 'fault', path: 'keysets', when: 'before' })
    await expect(fetch(`${devnet.mint.url}/v1/keysets`)).rejects.toThrow()
    expect(at(await control({ target: 'mint', action: 'totals' }), 'ok')).toBe(true)
    const before = devnet.mint.keysetId
    expect(textAt(await control({ target: 'otherMint', action: 'rotate' }), 'result')).toBe(devnet.otherMint.keysetId)
    expect(devnet.mint.keysetId).toBe(before)
  })

  test('bends mints, Lightning addresses, the wallet service and the relay from another process', async () => {
    const own = await startDevnet()
    const order = async (command: object): Promise<unknown> => at(await json(`${own.url}/control`, command), 'result')
    const token = await order({ target: 'mint', action: 'token', amount: 64, unit: 'usd' })
    expect(own.mint.decode(String(token)).every(({ id }) => id === own.mint.keysetIdOf('usd'))).toBe(true)
    expect(await order({ target: 'mint', action: 'totals', unit: 'usd' })).toMatchObject({ mintedSat: 64, outstandingSat: 64 })
    for (const command of [
      { action: 'status', path: 'keysets', status: 429, retryAfterSeconds: 3 },
      { action: 'rotateBefore', path: 'info', unit: 'msat', feePpk: 7 },
      { action: 'slow', path: 'swap', ms: 10 },
      { action: 'endless', path: 'swap' },
      { action: 'lie', name: 'restorePartial' },
      { action: 'meltChange', told: 'never' },
      { action: 'nut20', known: 'legacy' },
      { action: 'silent' },
    ]) {
      expect(await json(`${own.url}/control`, { target: 'mint', ...command })).toMatchObject({ ok: true })
    }
    expect((await fetch(`${own.mint.url}/v1/keysets`)).headers.get('retry-after')).toBe('3')
    await fetch(`${own.mint.url}/v1/info`)
    expect(own.mint.keysetIds).toHaveLength(4)
    expect([own.mint.lies.restorePartial, own.mint.quotes.meltChange, own.mint.quotes.nut20, own.mint.quotes.silentNotifications]).toEqual([true, 'never', 'legacy', true])
    await order({ target: 'lnurl', action: 'lie', name: 'error' })
    expect(await json(`${own.url}/.well-known/lnurlp/bob`)).toMatchObject({ status: 'ERROR' })
    await order({ target: 'walletService', action: 'balance', msat: 5 })
    await order({ target: 'walletService', action: 'behave', how: 'silent', times: 2 })
    expect(await order({ target: 'walletService', action: 'state' })).toEqual({ balanceMsat: 5, requests: [] })
    expect(textAt(await json(own.configUrl), 'nwc')).toBe(own.walletService.uri)
    await order({ target: 'relay', action: 'forget', kind: 38421 })
    expect(own.relay.events().map(({ kind }) => kind)).toEqual([13194])
    await own.stop()
  })

  test('refuses what it does not know', async () => {
    expect(await control({ target: 'cheap', action: 'explode' })).toMatchObject({ ok: false })
    expect(await control({ target: 'moon', action: 'down' })).toMatchObject({ ok: false })
  })
})

test('money is conserved over several accounts, to the sat at the mint', async () => {
  const own = await startDevnet({ tokensPerSecond: 5000 })
  const { mint, providers } = own
  const given: string[] = []
  for (const provider of [providers.cheap, providers.dear]) {
    for (const amount of [100, 333]) {
      const created = await json(`${provider.url}/v1/balance/create`, { initial_balance_token: await own.faucet(amount) })
      const headers = bearer(textAt(created, 'api_key'))
      await (await fetch(`${provider.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify({ ...question, max_tokens: 100 }) })).json()
      given.push(textAt(await (await fetch(`${provider.url}/v1/balance/refund`, { method: 'POST', headers })).json(), 'token'))
    }
  }
  const change = given.flatMap((token) => mint.decode(token)).reduce((total, note) => total + note.amount.toNumber(), 0)
  expect(providers.cheap.heldSat() + providers.dear.heldSat() + change).toBe(mint.outstandingSat())
  const { mintedSat, meltedSat, feesSat } = mint.totals()
  expect(mint.outstandingSat()).toBe(mintedSat - meltedSat - feesSat)
  for (const provider of [providers.cheap, providers.dear]) {
    const books = provider.books()
    expect(books.heldSat * 1000).toBe(books.floatSat * 1000 + books.balancesMsat + books.earnedMsat + books.forfeitedMsat - books.feesPaidSat * 1000)
    expect(books.earnedMsat).toBeGreaterThan(0)
  }
  await own.stop()
})

test('a token of the other mint is swapped over Lightning when the node allows it', async () => {
  const own = await startDevnet({ foreignMints: 'swap' })
  const token = await own.faucet(40, own.otherMint)
  const created = await json(`${own.providers.cheap.url}/v1/balance/create`, { initial_balance_token: token })
  expect(numberAt(created, 'balance')).toBe(38_000) // 40 − input fee 1 − reserve 1
  await own.stop()
})

test('a real server behind the providers is used with its own models', async () => {
  const own = await startDevnet({ upstream: { url: `${devnet.upstream.url}/v1/`, key: 'secret', models: ['meta/llama-9'] } })
  expect(own.providers.cheap.models().map(({ id }) => id)).toEqual(['llama-9'])
  const created = await json(`${own.providers.cheap.url}/v1/balance/create`, { initial_balance_token: await own.faucet(200) })
  const response = await fetch(`${own.providers.cheap.url}/v1/chat/completions`, { method: 'POST', headers: bearer(textAt(created, 'api_key')), body: JSON.stringify({ ...question, model: 'llama-9' }) })
  expect(response.status).toBe(200)
  expect(devnet.upstream.requests.at(-1)?.model).toBe('meta/llama-9')
  await own.stop()
})

test('main.ts prints one line and exits cleanly on SIGTERM', async () => {
  const main = spawn(process.execPath, [new URL('../devnet/main.ts', import.meta.url).pathname, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  main.stdout.on('data', (part) => {
    printed += String(part)
  })
  await expect.poll(() => printed, soon).toMatch(/\n$/)
  const addresses: unknown = JSON.parse(printed)
  expect(Object.keys(addresses ?? {})).toEqual(['config', 'demo', 'mints', 'relays', 'providers', 'faucet'])
  expect(await (await fetch(textAt(addresses, 'demo'))).text()).toContain('data-testid="prompt"')
  main.kill('SIGTERM')
  const [code] = await once(main, 'exit')
  expect(code).toBe(0)
})
