/** A second wallet of worthless sats: not one real msat moves or is shown while it is in use, and the real one comes back as it was. */
import { getEncodedToken, Amount } from '@cashu/cashu-ts'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import { rawRows } from '../unit/storage/raw-rows.ts'
import { ask, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

let stage: Stage
let fakeNet: Devnet
let choice: { fake: boolean; failing?: boolean }
let factory: IDBFactory
beforeEach(async () => {
  choice = { fake: false }
  factory = new IDBFactory()
  stage = await openStage({ world: { choice, factory } })
  fakeNet = await startDevnet({ tokensPerSecond: 2000 })
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  await stage.stop()
  await fakeNet.stop()
})

const change = (on: boolean): Promise<null> => stage.world.screen.call('fakesats.change', { on })
const asked = (more: object = {}): Promise<Response> => stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask(), max_tokens: 300, ...more }) })
const realRows = async (): Promise<string> => JSON.stringify([...(await rawRows(factory).all())])
const hostsOf = ({ mint, otherMint, providers }: Devnet): string[] => [mint.url, otherMint.url, providers.cheap.url, providers.dear.url].map((url) => new URL(url).host)

async function shown(): Promise<unknown> {
  const { screen } = stage.world
  const { balanceMsat, pendingMsat, onDepositMsat, receipts } = await screen.call('overview.get', { origin: null })
  const history = await screen.call('history.list', { before: null, limit: 100, filter: 'all' })
  return { balanceMsat, pendingMsat, onDepositMsat, receipts, history, ledger: await stage.world.ledger(), sites: (await screen.call('sites.list', {})).map(({ origin, budget }) => [origin, budget?.remainingMsat]) }
}

describe('fake sats', () => {
  it('the real wallet rests untouched, unseen and unspoken to, and comes back as it was', async () => {
    const { world } = stage
    const real = await asked()
    expect(real.status).toBe(200)
    await real.text()
    // what goes on beside the answer (the account is read once) has ended
    await credited(world)
    await world.app.wake()
    const before = await shown()

    await change(true)
    expect(await world.screen.call('fakesats.get', {})).toEqual({ on: true })
    const rows = await realRows()
    expect(await shown()).toMatchObject({ balanceMsat: 0, onDepositMsat: 0, receipts: [], sites: [], ledger: { receivedMsat: 0 } })
    expect(await world.screen.call('timeline.list', {})).toEqual([])
    expect((await world.screen.call('settings.get', {})).relays).toEqual([])

    const left = world.traffic.length
    await world.screen.call('developer.connect', { configUrl: fakeNet.configUrl })
    const questions = world.shown.length
    const answer = await asked()
    expect(answer.status).toBe(200)
    await answer.text()
    expect(world.shown.length).toBeGreaterThan(questions)
    expect(await shown()).toMatchObject({ receipts: [{ state: 'completed' }], ledger: { differenceMsat: 0 } })
    await world.app.wake()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const spokenTo = new Set(world.traffic.slice(left).map((line) => new URL(line.split(' ')[1] ?? '').host))
    expect([...spokenTo].filter((host) => hostsOf(stage.devnet).includes(host))).toEqual([])
    expect(spokenTo.size).toBeGreaterThan(1)
    expect(await realRows()).toBe(rows)

    await change(false)
    expect(await world.screen.call('fakesats.get', {})).toEqual({ on: false })
    expect(await shown()).toEqual(before)
    expect((await asked()).status).toBe(200)
    await expectMoneyConserved(stage)
  })

  it('speaks to this computer only, whatever is typed: no provider, no mint, no relay elsewhere', async () => {
    const { world } = stage
    await change(true)
    const left = world.traffic.length
    const token = getEncodedToken({ mint: 'https://mint.example.com', unit: 'sat', proofs: [{ id: '00ad268c4d1f5826', amount: Amount.from(8), secret: 'a'.repeat(64), C: `02${'b'.repeat(64)}` }] })
    await expect(world.screen.call('tokens.receive', { token, trustMint: true })).rejects.toMatchObject({ code: 'unsafe_address' })
    expect(await world.screen.call('wallet.get', {})).toMatchObject({ incoming: [] })
    await world.screen.call('providers.add', { url: 'https://node.example.com' }).catch(() => undefined)
    await world.screen.call('providers.refresh', {}).catch(() => undefined)
    await expect(world.screen.call('developer.connect', { configUrl: 'https://devnet.example.com/devnet.json' })).rejects.toMatchObject({ code: 'provider_unreachable' })
    expect(world.traffic.slice(left)).toEqual([])
    expect(await shown()).toMatchObject({ balanceMsat: 0, pendingMsat: 0, ledger: { receivedMsat: 0 } })
  })

  it('what runs is stopped first with a definite end, and its money is right when the wallet returns', async () => {
    await stage.world.page().routstr.enable()
    const page = stage.world.page()
    const response = await page.routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask('tell me a long story'), stream: true, max_tokens: 4000 }) })
    const reader = response.body?.getReader()
    await reader?.read()
    const ended = (async () => {
      for (;;) if ((await reader?.read())?.done !== false) return 'clean'
    })().catch((error: unknown) => String(error))
    await change(true)
    expect(await ended).not.toBe('')
    expect((await stage.world.screen.call('overview.get', { origin: null })).running).toEqual([])
    await change(false)
    await expectMoneyConserved(stage)
  })

  it('the choice outlives the worker; one that can not be written changes nothing', async () => {
    await change(true)
    await stage.restart()
    expect(await stage.world.screen.call('fakesats.get', {})).toEqual({ on: true })
    await change(false)
    choice.failing = true
    await expect(change(true)).rejects.toMatchObject({ code: 'internal_error' })
    choice.failing = false
    expect(await stage.world.screen.call('fakesats.get', {})).toEqual({ on: false })
    stage.world.answerWith(PER_DAY)
    expect((await asked()).status).toBe(200)
    await expectMoneyConserved(stage)
  })

  it('a question that waits goes with its wallet', async () => {
    stage.world.answerWith(null)
    const waiting = asked().then(({ status }) => status, () => 0)
    await until(() => stage.world.shown.some((id) => id !== null), 'it asks')
    await change(true)
    expect(await waiting).not.toBe(200)
    expect((await stage.world.screen.call('overview.get', { origin: null })).approvals).toEqual([])
    await change(false)
    expect((await stage.world.screen.call('overview.get', { origin: null })).approvals).toEqual([])
  })
})
