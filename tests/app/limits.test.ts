import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Decision } from '../../src/domain/approval.ts'
import { fromSat, msat } from '../../src/domain/msat.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT, SITE } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

const perDay = (limitSat: number, perRequestSat: number): Decision => ({
  kind: 'approve',
  terms: { period: 'day', limitMsat: fromSat(limitSat), maxPerRequestMsat: fromSat(perRequestSat) },
})
const once = (limitSat: number): Decision => ({
  kind: 'approve',
  terms: { period: 'once', limitMsat: fromSat(limitSat), maxPerRequestMsat: fromSat(limitSat) },
})

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'answered',
    (error: { code?: string; status?: number }) => `${error.status} ${error.code}`,
  )
}

describe('a site never spends more than it was granted', () => {
  it('T12: 100 parallel calls of four documents stay within the limit to the msat', async () => {
    const { world } = stage
    world.answerWith(perDay(60, 20))
    const documents = Array.from({ length: 4 }, () => world.page().routstr)
    await documents[0]?.enable()
    world.answerWith(REJECT)

    let most = 0
    let watching = true
    const watch = (async () => {
      while (watching) {
        const holds = await world.database.holds.where('origin').equals(SITE).toArray()
        most = Math.max(
          most,
          holds.reduce((sum, hold) => sum + (hold.state === 'held' ? hold.amountMsat : hold.state === 'charged' ? hold.chargedMsat : 0), 0),
        )
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })()
    const results = await Promise.all(
      documents.flatMap(({ chat }) => Array.from({ length: 25 }, (_, index) => code(chat.completions.create({ ...ask(`question ${index}`), max_tokens: 400 })))),
    )
    watching = false
    await watch

    expect(most).toBeLessThanOrEqual(60_000)
    expect(most).toBeGreaterThan(30_000)
    expect(results.filter((result) => result === 'answered').length).toBeGreaterThan(3)
    expect(new Set(results)).toEqual(new Set(['answered', '403 user_rejected', '403 origin_cooldown']))
    const view = await world.screen.call('overview.get', { origin: SITE })
    expect(view.site?.spentMsat).toBeLessThanOrEqual(60_000)
    const ledger = await expectMoneyConserved(stage)
    expect(ledger.spentMsat).toBeLessThanOrEqual(60_000 + 1_000 * 10)
  })

  it('T1: a request above the maximum per request is a question, its refusal a single 403', async () => {
    const { world } = stage
    world.answerWith(perDay(1000, 5))
    const { routstr } = world.page()
    await routstr.enable()
    world.answerWith(REJECT)
    expect(await code(routstr.chat.completions.create({ ...ask(), max_tokens: 4000 }))).toBe('403 user_rejected')
    expect(world.shown.filter((id) => id !== null)).toHaveLength(2)
    await expectMoneyConserved(stage)
  })

  it('an approval for once pays one request; the next one asks again', async () => {
    const { world } = stage
    world.answerWith(once(50))
    const { routstr } = world.page()
    await collect(await routstr.chat.completions.create({ ...ask(), stream: true }))
    world.answerWith(REJECT)
    expect(await code(routstr.chat.completions.create(ask()))).toBe('403 user_rejected')
    expect(await routstr.getGrant()).toBeNull()
    await expectMoneyConserved(stage)
  })

  it('G35: parallel first calls of a site share one question', async () => {
    const { world } = stage
    const { routstr } = world.page()
    const answers = Promise.all([1, 2, 3].map(async (index) => collect(await routstr.chat.completions.create({ ...ask(`question ${index}`), stream: true }))))
    await until(() => world.shown.length > 0, 'a question')
    const { approvals } = await world.screen.call('overview.get', { origin: null })
    expect(approvals).toHaveLength(1)
    await world.screen.call('approvals.decide', { id: approvals[0] ?? '', decision: PER_DAY })
    expect(await answers).toHaveLength(3)
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
    await expectMoneyConserved(stage)
  })

  it('G26: editing a limit keeps what was spent today', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    const { routstr } = world.page()
    await routstr.chat.completions.create(ask())
    const spent = (await world.screen.call('overview.get', { origin: SITE })).site?.budget?.spentMsat ?? 0
    expect(spent).toBeGreaterThan(0)
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 500_000, maxPerRequestMsat: 100_000 } })
    expect((await routstr.getGrant())?.remainingMsat).toBe(500_000 - spent)
    await world.screen.call('sites.revoke', { origin: SITE })
    await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: 500_000, maxPerRequestMsat: 100_000 } })
    expect((await routstr.getGrant())?.remainingMsat).toBe(500_000 - spent)
    await expectMoneyConserved(stage)
  })

  it('a blocked site gets 403 without a question; a paused wallet says so', async () => {
    const { world } = stage
    world.answerWith({ kind: 'block' })
    const { routstr } = world.page()
    expect(await code(routstr.chat.completions.create(ask()))).toBe('403 origin_blocked')
    expect(await code(routstr.chat.completions.create(ask()))).toBe('403 origin_blocked')
    expect(await routstr.availability()).toBe('unavailable')
    expect(world.shown.filter((id) => id !== null)).toHaveLength(1)
    await world.screen.call('paused.set', { paused: true })
    expect(await code(world.page('https://other.example').routstr.chat.completions.create(ask()))).toBe('403 payments_paused')
    await expectMoneyConserved(stage)
  })

  it('a yes that comes too late is told so; a block holds although the page takes its question back', async () => {
    const { world } = stage
    const page = world.page()
    void page.routstr.chat.completions.create(ask()).catch(() => undefined)
    await until(() => world.shown.length > 0, 'a question')
    const id = world.shown[0] ?? ''
    page.close()
    await until(() => world.shown.at(-1) === null, 'the question was taken back')
    await expect(world.screen.call('approvals.decide', { id, decision: PER_DAY })).rejects.toMatchObject({ code: 'not_found' })
    expect(await world.page().routstr.getGrant()).toBeNull()
    await world.screen.call('approvals.decide', { id, decision: { kind: 'block' } })
    expect(await code(world.page().routstr.chat.completions.create(ask()))).toBe('403 origin_blocked')
  })

  it('prompt: none never asks', async () => {
    const { world } = stage
    const response = await world
      .page()
      .routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask()), headers: { 'x-routstr-prompt': 'none' } })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'permission_required' } })
    expect(world.shown).toEqual([])
  })

  it('an unanswered question expires as 403 prompt_timeout', async () => {
    const { world } = stage
    const answer = code(world.page().routstr.chat.completions.create(ask()))
    await until(() => world.shown.length > 0, 'a question')
    world.clock.skewMs += 5 * 60_000
    await world.app.wake()
    expect(await answer).toBe('403 prompt_timeout')
    expect(world.shown.at(-1)).toBeNull()
    await expectMoneyConserved(stage)
  })

  it('and expires, too, when the alarm finds the one before at work', async () => {
    const { world, devnet } = stage
    await world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 16, memo: null })
    await world.app.wake()
    const hold = devnet.mint.hold(/checkstate/)
    world.clock.skewMs += 60_000
    const first = world.app.wake()
    await hold.waiting
    const answer = code(world.page().routstr.chat.completions.create(ask()))
    await until(() => world.shown.length > 0, 'a question')
    world.clock.skewMs += 5 * 60_000
    const second = world.app.wake()
    hold.release()
    await Promise.all([first, second])
    expect((await world.screen.call('overview.get', { origin: null })).approvals).toEqual([])
    expect(await answer).toBe('403 prompt_timeout')
    await expectMoneyConserved(stage)
  })

  it('keeps no prompt: not in the answered question, not in the receipt, nowhere in the database', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    await collect(await world.page().routstr.chat.completions.create({ ...ask('a very secret question'), stream: true }))
    for (const table of world.database.tables) expect(JSON.stringify(await table.toArray())).not.toContain('very secret')
    await expectMoneyConserved(stage)
  })

  it('T18: a page that goes away takes its question with it', async () => {
    const { world } = stage
    const page = world.page()
    void page.routstr.chat.completions.create(ask()).catch(() => undefined)
    await until(() => world.shown.length > 0, 'a question')
    page.close()
    await until(() => world.shown.at(-1) === null, 'the window closed')
    expect((await world.screen.call('overview.get', { origin: null })).approvals).toEqual([])
    await expectMoneyConserved(stage)
  })

  it('T28: a price that rises between plan and request is followed only within the grant', async () => {
    const { world, devnet } = stage
    world.answerWith(perDay(1000, 6))
    const { routstr } = world.page()
    await collect(await routstr.chat.completions.create({ ...ask(), stream: true, max_tokens: 300 }))
    world.answerWith(REJECT)
    for (const provider of [devnet.providers.cheap, devnet.providers.dear]) {
      for (const { id, promptSat, completionSat } of provider.models()) provider.setPrices(id, { promptSat: promptSat * 40, completionSat: completionSat * 40 })
    }
    const before = devnet.providers.cheap.earningsMsat()
    expect(await code(routstr.chat.completions.create({ ...ask(), max_tokens: 300 }))).not.toBe('answered')
    expect(devnet.providers.cheap.earningsMsat()).toBe(before)
    expect(msat((await world.ledger()).differenceMsat)).toBe(0)
    await expectMoneyConserved(stage)
  })
})
