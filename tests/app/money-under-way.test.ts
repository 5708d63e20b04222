/** Money that is being changed at a mint comes back in a moment: who asks meanwhile waits for it, and is not told that there is none. */
import { expect, it, onTestFinished } from 'vitest'
import { ask, expectMoneyConserved, openStage, type Stage, until } from './stage.ts'
import { PER_DAY } from './world.ts'

const SITES = ['https://one.example', 'https://two.example']

async function openWithOneNote(amountSat = 64): Promise<{ readonly stage: Stage; readonly chat: (site: number) => Promise<unknown>; putBack(): Promise<unknown> }> {
  const stage = await openStage()
  onTestFinished(() => stage.stop())
  const { world } = stage
  world.answerWith(PER_DAY)
  const pages = SITES.map((site) => world.page(site).routstr)
  for (const { enable } of pages) await enable()
  const ready = await world.database.purse.where('state').equals('ready').toArray()
  const only = ready.find(({ amount }) => amount === amountSat)
  expect(only).toBeDefined()
  const aside = ready.filter((note) => note !== only)
  await world.database.purse.bulkPut(aside.map((note) => ({ ...note, state: 'sent' as const })))
  return { stage, chat: async (site) => pages[site]?.chat.completions.create({ ...ask(), max_tokens: 100 }), putBack: () => world.database.purse.bulkPut(aside) }
}

it('a second site asks while the only note is being changed for the first: both are answered', async () => {
  const { stage, chat, putBack } = await openWithOneNote()
  const { world, devnet } = stage
  const swap = devnet.mint.hold(/swap/)
  const first = chat(0)
  await swap.waiting
  const asking = await world.database.holds.count()
  const second = chat(1)
  await until(async () => (await world.screen.call('overview.get', { origin: null })).running.length === 2, 'both run')
  // it was for the first one that the note left
  expect(asking).toBe(1)
  swap.release()
  const ended = await Promise.allSettled([first, second])
  expect(ended.map((end) => (end.status === 'rejected' ? String(end.reason) : 'answered'))).toEqual(['answered', 'answered'])
  await putBack()
  await expectMoneyConserved(stage)
})

it('the only note is in a swap that the mint does not end: that is what the page is told, and it is answered when the mint has', async () => {
  const { stage, chat, putBack } = await openWithOneNote()
  const { world, devnet } = stage
  devnet.mint.down = true
  await expect(chat(0)).rejects.toMatchObject({ message: expect.stringContaining('has not finished making change') })
  await expect(world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 7, memo: null })).rejects.toMatchObject({ code: 'insufficient_balance', message: expect.stringContaining('has not finished making change') })
  devnet.mint.down = false
  world.clock.skewMs += 600_000
  await world.app.wake()
  await chat(0)
  await putBack()
  await expectMoneyConserved(stage)
})

it('a token is sent while the only note is being changed for later payments: it waits for what comes of it', async () => {
  const { stage, putBack } = await openWithOneNote(512)
  const { world, devnet } = stage
  const swap = devnet.mint.hold(/swap/)
  const waking = world.app.wake()
  await swap.waiting
  const sending = Promise.allSettled([world.screen.call('tokens.send', { mint: devnet.mint.url, unit: 'sat', amount: 7, memo: null })])
  // it has looked for notes, and found none
  await world.screen.call('wallet.get', {})
  swap.release()
  expect(await sending).toMatchObject([{ status: 'fulfilled', value: { token: expect.stringMatching(/^cashu/) } }])
  await waking
  await putBack()
  await expectMoneyConserved(stage)
})
