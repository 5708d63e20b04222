/** The developer's timeline: every step of a request with its time and its money, from what was really written; and nothing secret. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Step, Timeline } from '../../src/domain/timeline.ts'
import { ask, credited, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY, REJECT } from './world.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.stop())

async function newest(): Promise<Timeline> {
  const [head] = await stage.world.screen.call('timeline.list', {})
  const timeline = await stage.world.screen.call('timeline.get', { id: head?.id ?? 'none' })
  if (timeline === null) throw new Error('no request is listed')
  return timeline
}

const kinds = ({ steps }: Timeline): readonly string[] => steps.map(({ kind }) => kind)
function only<K extends Step['kind']>({ steps }: Timeline, kind: K): Extract<Step, { kind: K }>[] {
  return steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind)
}

async function asked(content?: string): Promise<Response> {
  const response = await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify({ ...ask(content), stream: true, max_tokens: 300 }) })
  await response.text()
  return response
}

describe('the timeline of a request', () => {
  it('tells the first one from the question to the change, with the money of each step as the rows have it', async () => {
    const { world } = stage
    world.answerWith(PER_DAY)
    expect((await asked()).status).toBe(200)
    const timeline = await newest()
    // the account is read beside the answer: `credited` has no place of its own
    expect(kinds(timeline).filter((kind) => kind !== 'credited')).toEqual(['planned', 'not_held', 'question', 'answered', 'held', 'funded', 'sent', 'head', 'first_byte', 'attempt_over', 'ended', 'trued_up'])
    expect(timeline).toMatchObject({ origin: 'https://chat.example', path: '/chat/completions', model: 'owl-mini', state: 'completed', watched: true })
    expect(timeline.steps.every(({ atMs }, index, all) => atMs >= (all[index - 1]?.atMs ?? 0))).toBe(true)

    const [models] = only(timeline, 'planned')
    expect(models?.models[0]?.candidates.map(({ providerName }) => providerName)).toHaveLength(2)
    const [session] = await world.database.sessions.toArray()
    const [hold] = await world.database.holds.toArray()
    const receipt = await world.database.receipts.get(timeline.id)
    expect(only(timeline, 'funded')).toEqual([expect.objectContaining({ sessionId: session?.id, placedMsat: session?.faceMsat, providerName: receipt?.providerName })])
    expect(only(timeline, 'held').at(-1)?.amountMsat).toBeGreaterThan(0)
    expect(only(timeline, 'trued_up').at(-1)).toMatchObject({ to: 'charged', amountMsat: receipt?.chargedMsat })
    expect(timeline.hold).toEqual({ state: 'charged', amountMsat: hold?.amountMsat, chargedMsat: receipt?.chargedMsat })
    expect(timeline.placed).toMatchObject([{ id: session?.id, isOurs: true, chargedMsat: receipt?.chargedMsat, faceMsat: session?.faceMsat }])
    expect(timeline.chargedMsat).toBe(receipt?.chargedMsat)
    expect(receipt?.chargedMsat).toBeGreaterThan(0)

    await expectMoneyConserved(stage)
    const home = await world.screen.call('timeline.get', { id: timeline.id })
    expect(home?.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['credited', 'change', 'session_over']))
    const closed = await world.database.sessions.get(session?.id ?? '')
    expect(home?.placed).toMatchObject([{ state: 'closed', refundedMsat: closed?.refundedMsat, creditedMsat: closed?.creditedMsat }])
  })

  it('a warm one uses the session that is there; one that fails first tells both, and why', async () => {
    stage.world.answerWith(PER_DAY)
    await asked()
    await credited(stage.world)
    await asked()
    expect(kinds(await newest())).not.toContain('funded')
    expect(only(await newest(), 'session')).toHaveLength(1)
    stage.devnet.providers.cheap.fault('upstream-500', 1)
    expect((await asked()).status).toBe(200)
    const failed = await newest()
    expect(failed.attempts.map(({ outcome }) => outcome)).toEqual([expect.stringContaining('500'), 'answered'])
    expect(failed.placed).toHaveLength(2)
    expect(only(failed, 'attempt_over')).toHaveLength(2)
    await expectMoneyConserved(stage)
  })

  it('a refusal is a request, too: what was asked, what the answer was, that nothing was paid', async () => {
    stage.world.answerWith(REJECT)
    expect((await asked()).status).toBe(403)
    const timeline = await newest()
    expect(timeline).toMatchObject({ state: 'refused', placed: [], hold: null, chargedMsat: 0 })
    expect(only(timeline, 'answered')).toMatchObject([{ answer: 'rejected' }])
    expect(only(timeline, 'refused')).toMatchObject([{ code: 'user_rejected' }])
  })

  it('a model nobody sells, and one that is left out, say why', async () => {
    stage.world.answerWith(PER_DAY)
    await stage.world.page().routstr.enable()
    await stage.world.page().routstr.fetch('/chat/completions', { method: 'POST', body: JSON.stringify(ask('?', 'no-such-model')) })
    expect(await newest()).toMatchObject({ model: 'no-such-model', state: 'refused', steps: [{ kind: 'planned', models: [{ candidates: [], leftOut: [] }] }, { kind: 'refused', code: 'model_not_found' }] })
    const far = { method: 'POST', body: JSON.stringify(ask()), headers: { 'x-routstr-max-cost-msats': '1' } }
    await stage.world.page().routstr.fetch('/chat/completions', far)
    const [plan] = only(await newest(), 'planned')
    expect(plan?.models[0]).toMatchObject({ candidates: [], leftOut: [{ says: 'dearer than the page allows' }, { says: 'dearer than the page allows' }] })
  })

  it('holds no prompt, no answer, no token and no key, and goes with the worker; rows still tell what they know', async () => {
    stage.world.answerWith(PER_DAY)
    await asked('the secret of the blue sky')
    await credited(stage.world)
    const before = await newest()
    const told = JSON.stringify([before, await stage.world.screen.call('timeline.list', {})])
    const sessions = await stage.world.database.sessions.toArray()
    expect(sessions[0]?.key).toMatch(/^sk-/)
    for (const secret of ['secret of the blue', 'cashuB', 'cashuA', 'sk-', ...sessions.flatMap(({ token, key }) => [token ?? 'cashu', key])]) expect(told).not.toContain(secret)

    await stage.restart()
    const after = await newest()
    expect(after).toMatchObject({ id: before.id, watched: false, state: 'completed', chargedMsat: before.chargedMsat })
    expect(kinds(after)).toEqual(expect.arrayContaining(['funded', 'sent', 'first_byte', 'ended']))
    expect(after.placed).toEqual(before.placed)
  })

  it('keeps fifty requests and no more', async () => {
    stage.world.answerWith(REJECT)
    await asked()
    await stage.world.screen.call('sites.setBlocked', { origin: 'https://chat.example', blocked: true })
    for (let n = 0; n < 60; n++) await asked()
    await until(async () => (await stage.world.screen.call('timeline.list', {})).length === 50, 'fifty are listed')
    expect(await newest()).toMatchObject({ state: 'refused', steps: [{ kind: 'refused', code: 'origin_blocked' }] })
  })
})
