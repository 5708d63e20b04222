/** Paid probes: off by default; on, a dead model is found out before a page asks, for no more than the budget of the day. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSat } from '../../src/domain/msat.ts'
import { PROBES } from '../../src/domain/site.ts'
import { tally } from '../../src/ui/options/providers/provider-facts.tsx'
import { siteLabel } from '../../src/ui/parts/site-name.ts'
import type { DevnetProvider } from '../devnet/devnet.ts'
import { createRandom } from '../faults/random.ts'
import { gate, isCheap } from './bent-network.ts'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { openFresh, restored } from './restoring.ts'
import { PER_DAY, SITE } from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let stage: Stage
let cheap: DevnetProvider
let dear: DevnetProvider
beforeEach(async () => {
  // thirty draws of it, and the worst one comes once in six thousand
  stage = await openStage({ world: { random: createRandom(7).next } })
  cheap = stage.devnet.providers.cheap
  dear = stage.devnet.providers.dear
  stage.world.answerWith(PER_DAY)
})
afterEach(async () => {
  stage.world.bend(null)
  await stage.stop()
})

const set = (changes: object) => stage.world.screen.call('settings.set', changes)
const switchOn = (probeSatPerDay = 10) => set({ probeSatPerDay })
const today = () => stage.world.screen.call('probes.get', {})
const receipts = () => stage.world.database.receipts.toArray()
const probes = async () => (await receipts()).filter(({ origin }) => origin === PROBES)
const chatsAt = ({ requests }: DevnetProvider): number => requests.filter(({ path }) => path.includes('/chat/')).length
const block = (provider: DevnetProvider, blocked: boolean) => stage.world.screen.call('providers.setBlocked', { id: `url:${provider.url}`, blocked })
/** An alarm, later. Ends when a probe that it began has been answered. */
async function later(ms = 15 * MINUTE): Promise<void> {
  stage.world.clock.skewMs += ms
  await stage.world.app.wake()
}
/** Everybody asks the same for the one model; a page has used the one provider of it, and never the other. */
async function useOnlyDear(): Promise<void> {
  for (const provider of [cheap, dear]) provider.setPrices('owl-mini', { promptSat: 0.002, completionSat: 0.008 })
  await stage.world.screen.call('providers.refresh', {})
  await block(cheap, true)
  await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 30 })
  await block(cheap, false)
  await stage.world.screen.call('sessions.bringHome', {})
}
const firstAsked = async (): Promise<string | undefined> =>
  (await stage.world.screen.call('dryrun.preview', { origin: SITE, path: '/chat/completions', body: JSON.stringify(ask()) })).first?.providerName

describe('off', () => {
  it('is how it comes: in two days of alarms nobody is asked anything that costs', async () => {
    await useOnlyDear()
    for (let hour = 0; hour < 48; hour += 2) await later(2 * HOUR)
    expect([chatsAt(cheap), chatsAt(dear)]).toEqual([0, 1])
    expect(await today()).toEqual({ spentMsat: 0, outMsat: 0, probes: 0 })
    expect(await stage.world.database.grants.where('origin').equals(PROBES).count()).toBe(0)
  })

  it('stops at once what runs, and nothing follows', async () => {
    await useOnlyDear()
    await switchOn()
    const asked = gate()
    const off = gate()
    stage.world.bend((url, go) => {
      if (!isCheap(stage, url, '/chat/completions')) return null
      asked.open()
      return off.passed.then(go)
    })
    const woken = later()
    await asked.passed
    await set({ probeSatPerDay: null })
    off.open()
    await woken
    stage.world.bend(null)
    expect((await probes()).map(({ state }) => state)).toEqual(['aborted'])
    await later(25 * HOUR)
    expect(await probes()).toHaveLength(1)
    await expectMoneyConserved(stage)
  })
})

describe('on', () => {
  it('a dead model is found out, and loses its rank before any page asks; nobody else is asked in its stead', async () => {
    await useOnlyDear()
    // a model that would answer in its stead, for as little
    cheap.addModel({ upstreamId: 'acme/wren', name: 'Wren', contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.002, completionSat: 0.008 } })
    await stage.world.screen.call('providers.refresh', {})
    await set({ fallback: { use: 'model', model: 'wren' } })
    cheap.fault('upstream-500', 1)
    const before = await Promise.all(Array.from({ length: 30 }, firstAsked))
    expect(before).toContain(cheap.name)
    await switchOn()
    await later()
    expect([chatsAt(cheap), chatsAt(dear)]).toEqual([1, 1])
    const [probe] = await probes()
    expect(probe).toMatchObject({ modelAsked: 'owl-mini', stream: false, state: 'failed', providerName: cheap.name, chargedMsat: 0, attempts: [{ providerName: cheap.name }] })
    expect(siteLabel(probe?.origin ?? '')).toBe('Probe')
    // its rest is over: what is left is what is known of it
    stage.world.clock.skewMs += MINUTE
    const after = await Promise.all(Array.from({ length: 30 }, firstAsked))
    expect(after.filter((name) => name === cheap.name)).toEqual([])
    await stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 30 })
    expect([chatsAt(cheap), chatsAt(dear)]).toEqual([1, 2])
    await set({ probeSatPerDay: null })
    await expectMoneyConserved(stage)
  })

  it('an answer is an observation like any other: it came whole, how soon, by which model, for how much', async () => {
    await useOnlyDear()
    await switchOn()
    await later()
    const [probe] = await probes()
    expect(probe).toMatchObject({ state: 'completed', modelServed: expect.stringContaining('owl-mini'), attempts: [{ outcome: 'answered' }], mismatches: [] })
    expect(probe?.chargedMsat).toBeGreaterThan(0)
    expect(probe?.completionTokens).toBeLessThanOrEqual(16)
    // it fades from the first moment on
    const one: unknown = expect.closeTo(1, 3)
    const rows = (await stage.world.database.audits.toArray()).filter(({ url }) => url === cheap.url)
    expect(rows.find(({ model }) => model === 'owl-mini')).toMatchObject({ answers: { good: one, bad: 0 }, models: { good: one, bad: 0 }, prices: { good: one, bad: 0 }, firstToken: { count: one } })
    // its page tells it, from the same receipt
    const view = await stage.world.screen.call('providers.get', { id: `url:${cheap.url}` })
    expect(view?.receipts.map(({ id }) => id)).toEqual([probe?.id])
    expect(tally(view?.receipts ?? [], cheap.url)).toMatchObject({ answered: 1, failed: 0, firstTokenMs: probe?.firstTokenMs, wrong: 0 })
    expect(view?.trust.parts.find(({ name }) => name === 'answers')?.says).toBe('1 of your last 1 answers came whole')
  })

  it('each provider × model once a day, also over a restart; who has answered a page of late is not asked', async () => {
    await useOnlyDear()
    await switchOn(100)
    await later()
    await later()
    await stage.restart()
    for (let hours = 0; hours < 22; hours += 2) await later(2 * HOUR)
    // a day has not passed since its answer to the page, or to the probe
    expect((await probes()).map(({ providerName }) => providerName)).toEqual([cheap.name])
    for (let hours = 0; hours < 4; hours++) await later(HOUR)
    expect((await probes()).map(({ providerName }) => providerName).sort()).toEqual([cheap.name, cheap.name, dear.name].sort())
  })

  it('never two while one worker is awake for them: the next one waits for ten minutes', async () => {
    await useOnlyDear()
    for (let n = 0; n < 3; n++) cheap.addModel({ upstreamId: `acme/wren-${n}`, name: `Wren ${n}`, contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.001, completionSat: 0.004 } })
    await stage.world.screen.call('providers.refresh', {})
    await switchOn(100)
    await later()
    for (let n = 0; n < 4; n++) await later(2 * MINUTE)
    expect(await probes()).toHaveLength(1)
    await later(3 * MINUTE)
    expect(await probes()).toHaveLength(2)
  })

  it('nothing is tried that is dearer than what is used, or before anything was used', async () => {
    await switchOn(1000)
    await later()
    expect(await probes()).toEqual([])
    await useOnlyDear()
    for (let n = 0; n < 6; n++) await later()
    expect((await probes()).map(({ modelAsked }) => modelAsked)).toEqual(['owl-mini'])
  })

  it.each([
    ['is blocked', () => block(cheap, true)],
    ['was wrong about money', async () => {
      const lie = { kind: 'charge', amountMsat: fromSat(1), at: Date.now() } as const
      await stage.world.database.standings.put({ providerId: `url:${cheap.url}`, right: 0, agreedMsat: fromSat(0), mismatches: [{ ...lie, proofId: 'a' }, { ...lie, proofId: 'b' }], forgivenAt: 0 })
    }],
    ['is not the pinned one', async () => {
      const { choosing } = await stage.world.screen.call('settings.get', {})
      await set({ choosing: { ...choosing, pin: `url:${dear.url}` } })
    }],
    ['would get more than it has earned', async () => {
      cheap.setPrices('owl-mini', { promptSat: 0.02, completionSat: 0.08 })
      await stage.world.screen.call('providers.refresh', {})
      await set({ firstDepositSat: 1 })
    }],
  ])('a provider that %s is left alone', async (_, make) => {
    await useOnlyDear()
    await make()
    await switchOn(1000)
    await later()
    expect(chatsAt(cheap)).toBe(0)
    // not even begun
    expect(await stage.world.database.grants.where('origin').equals(PROBES).count()).toBe(0)
  })
})

describe('never beside anything else', () => {
  it('not while paused, not while a page has just asked, not while a request runs', async () => {
    await useOnlyDear()
    await switchOn()
    await later(MINUTE)
    expect(await probes()).toEqual([])
    const asked = gate()
    const answered = gate()
    stage.world.bend((url, go) => {
      if (!url.endsWith('/chat/completions')) return null
      asked.open()
      return answered.passed.then(go)
    })
    const page = stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 30 })
    await asked.passed
    await later()
    expect(await probes()).toEqual([])
    answered.open()
    await page
    stage.world.bend(null)
    await stage.world.screen.call('paused.set', { paused: true })
    await later()
    expect(await probes()).toEqual([])
    expect(await stage.world.database.grants.where('origin').equals(PROBES).count()).toBe(0)
  })

  it('not while the wallet is locked', async () => {
    await useOnlyDear()
    await switchOn()
    if (!(await stage.world.screen.call('lock.get', {})).protected) await stage.world.screen.call('lock.protect', { passphrase: 'the heron waits for the fish' })
    await stage.world.screen.call('lock.lock', {})
    await later()
    expect(chatsAt(cheap)).toBe(0)
    expect(await stage.world.database.grants.where('origin').equals(PROBES).count()).toBe(0)
  })
})

describe('the budget of the day', () => {
  /** What has left the wallet and not come home. */
  const gone = async (): Promise<number> => {
    const { receivedMsat, walletMsat } = await stage.world.ledger()
    return receivedMsat - walletMsat
  }
  const many = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) cheap.addModel({ upstreamId: `acme/wren-${n}`, name: `Wren ${n}`, contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.001, completionSat: 0.004 } })
    await stage.world.screen.call('providers.refresh', {})
  }
  /** To the morning of the next day of the user's calendar. */
  const morning = (): void => {
    const at = new Date(Date.now() + stage.world.clock.skewMs)
    stage.world.clock.skewMs += at.setHours(24, 5, 0, 0) - (Date.now() + stage.world.clock.skewMs)
  }

  it.each([
    ['prices rise unseen', () => { for (const { id, promptSat, completionSat } of cheap.models()) cheap.setPrices(id, { promptSat: promptSat * 1.1, completionSat: completionSat * 1.1 }) }],
    ['the provider charges thirty times its price', () => cheap.fault('overcharge', 1, { value: 30 })],
    ['the provider keeps half of the change', () => [cheap.fault('upstream-500', 1), cheap.fault('refund-smaller', 1)]],
    ['nobody answers, and nothing comes back', () => [cheap.fault('upstream-500', 1), cheap.fault('refund-503', 9)]],
    ['the token is taken, and the account denied', () => cheap.fault('token-consumed', 1)],
    ['the worker dies again and again', async () => void (await stage.restart())],
  ])('is not passed by one msat when %s', async (_, happens) => {
    await useOnlyDear()
    await many()
    morning()
    await stage.world.screen.call('providers.refresh', {})
    const before = await gone()
    await switchOn(10)
    for (let n = 0; n < 40; n++) {
      await happens()
      await later(20 * MINUTE)
      const { spentMsat, outMsat } = await today()
      expect(spentMsat + outMsat).toBeLessThanOrEqual(10_000)
      expect((await gone()) - before).toBeLessThanOrEqual(10_000)
    }
    expect((await probes()).length).toBeGreaterThan(0)
    await set({ probeSatPerDay: null })
    await later()
    // to the msat what the screen says
    const { spentMsat, outMsat } = await today()
    expect(spentMsat + outMsat).toBe((await gone()) - before)
  })

  it('what is not back yet counts', async () => {
    await useOnlyDear()
    dear.addModel({ upstreamId: 'acme/wren', name: 'Wren', contextLength: 8192, maxCompletionTokens: 4096, price: { promptSat: 0.001, completionSat: 0.004 } })
    await stage.world.screen.call('providers.refresh', {})
    cheap.fault('upstream-500', 1)
    cheap.fault('refund-503', Number.POSITIVE_INFINITY)
    await switchOn(5)
    for (let n = 0; n < 3; n++) await later()
    expect(await today()).toEqual({ spentMsat: 0, outMsat: 2_000, probes: 1 })
    await switchOn(6)
    await later()
    expect((await probes()).map(({ modelAsked }) => modelAsked).sort()).toEqual(['owl-mini', 'wren'])
  })

  it('is used up, and there again the next day', async () => {
    await useOnlyDear()
    await many()
    morning()
    await switchOn(10)
    for (let n = 0; n < 20; n++) await later(20 * MINUTE)
    await until(async () => (await today()).outMsat === 0, 'all are settled')
    // each takes a sat of the mint, and what is left of its own sat is kept by the provider
    expect(await today()).toEqual({ spentMsat: 8_000, outMsat: 0, probes: 4 })
    morning()
    await later()
    await until(async () => (await today()).outMsat === 0, 'it is settled')
    expect(await today()).toEqual({ spentMsat: 2_000, outMsat: 0, probes: 1 })
  })

  it('a worker that dies in the middle, before or after the answer: the books add up, and it counts', async () => {
    await useOnlyDear()
    await many()
    await switchOn(100)
    for (const when of ['before', 'after'] as const) {
      await later()
      const begun = (await probes()).length
      const { traffic, died } = stage.world
      const calls = traffic.length
      stage.world.bend((url, go) => {
        if (url.endsWith('/chat/completions') && when === 'before') return stage.world.kill().then(() => new Promise<Response>(() => undefined))
        return url.endsWith('/chat/completions') ? go().then((answer) => stage.world.kill().then(() => answer)) : null
      })
      void later().catch(() => undefined)
      await died
      stage.world.bend(null)
      stage.world = await stage.world.restart()
      expect(traffic.length).toBeGreaterThan(calls)
      expect((await probes()).length).toBe(begun + 1)
      await until(async () => {
        await stage.world.app.wake()
        return (await probes()).every(({ chargedMsat }) => chargedMsat !== null)
      }, 'all costs')
    }
    await set({ probeSatPerDay: null })
    // what is below one sat stays in an account that nobody can empty
    const { spentMsat } = await expectMoneyConserved(stage, { booksOfProviders: false })
    const books = [cheap.books(), dear.books()]
    expect(spentMsat).toBe(books.reduce((sum, { earnedMsat, forfeitedMsat, balancesMsat }) => sum + earnedMsat + forfeitedMsat + balancesMsat, 0))
  })
})

describe('nobody else', () => {
  it('a page can neither be it nor name it, and a site is not charged for it', async () => {
    const { world } = stage
    await useOnlyDear()
    await switchOn()
    const before = (await world.screen.call('overview.get', { origin: SITE })).site
    await later()
    expect(await probes()).toHaveLength(1)
    expect((await world.screen.call('overview.get', { origin: SITE })).site).toEqual(before)
    for (const origin of [PROBES, `${PROBES}/`, 'routstr://probes', `https://${PROBES}`]) {
      await expect(world.page(origin).routstr.chat.completions.create(ask())).rejects.toMatchObject({ code: 'insecure_origin' })
      await expect(world.page('https://widget.example', { topOrigin: origin }).routstr.chat.completions.create(ask())).rejects.toMatchObject({ code: 'frame_not_allowed' })
    }
    const asScreen = [
      () => world.screen.call('sites.revoke', { origin: PROBES }),
      () => world.screen.call('sites.setBlocked', { origin: PROBES, blocked: true }),
      () => world.screen.call('sites.setGrant', { origin: PROBES, terms: { period: 'day', limitMsat: 1e6, maxPerRequestMsat: 1e6 } }),
    ]
    for (const call of asScreen) await expect(call()).rejects.toMatchObject({ code: 'insecure_origin' })
    expect((await world.screen.call('sites.list', {})).map(({ origin }) => origin)).toEqual([SITE])
    // where the money went says it in words
    expect((await world.screen.call('spending.export', { days: 7 })).text).toMatch(/,Probe,owl-mini,Sparrow AI,1,/)
    const history = await world.screen.call('history.list', { before: null, limit: 50, filter: 'all' })
    expect(JSON.stringify(history)).toContain('for a probe')
    expect(JSON.stringify(history)).not.toContain(PROBES)
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
  })

  it('no session is opened ahead for it', async () => {
    await useOnlyDear()
    await switchOn()
    await later()
    await set({ openAhead: true, probeSatPerDay: null })
    await later(MINUTE)
    expect((await stage.world.database.sessions.toArray()).filter(({ origin }) => origin === PROBES)).toHaveLength(1)
  })

  it('its money at a provider is in a backup, and comes home from there', async () => {
    await useOnlyDear()
    cheap.fault('upstream-500', 1)
    cheap.fault('refund-503', Number.POSITIVE_INFINITY)
    await switchOn()
    await later()
    const passphrase = 'a long enough passphrase'
    const { text } = await stage.world.screen.call('backup.export', { passphrase })
    await stage.world.kill()
    const fresh = await openFresh({ clock: stage.world.clock })
    await fresh.screen.call('backup.import', { text, passphrase })
    await restored(fresh, null, [])
    expect(await fresh.database.sessions.toArray()).toMatchObject([{ origin: PROBES, faceMsat: 2000 }])
    expect((await fresh.screen.call('sites.list', {})).map(({ origin }) => origin)).toEqual([SITE])
    cheap.clearFaults()
    stage.world = fresh
    await set({ probeSatPerDay: null })
    await expectMoneyConserved(stage, { booksOfProviders: false })
  })
})
