/**
 * The worker dies at every request of a top-up, a withdrawal and a move, before it leaves and after its answer arrived unseen;
 * the next worker finishes what was begun. No msat is missing, every note is good (`cashu.md` §7 rows 7 and 8).
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTopUp, openLightningStage, outsideInvoice, payInvoice } from './lightning-stage.ts'
import { expectMoneyConserved, type Stage, until } from './stage.ts'

let stage: Stage
beforeEach(async () => {
  stage = await openLightningStage()
})
afterEach(() => stage.stop())

/** Money comes in, money goes out, money moves; the stories wait for the end of each part. */
const STORIES: Record<string, (on: Stage) => Promise<unknown>> = {
  'a top-up': async (on) => {
    const topUp = await createTopUp(on, 300)
    payInvoice(on, topUp)
    await until(async () => (await on.world.database.topUps.get(topUp.id))?.state === 'done', 'done')
  },
  'a withdrawal': async (on) => {
    const { id } = await on.world.screen.call('withdrawals.quote', { text: outsideInvoice(on, 300), amountSat: null, mint: on.devnet.mint.url })
    await on.world.screen.call('withdrawals.pay', { id })
  },
  'a move': async (on) => {
    const { withdrawalId, topUpId } = await on.world.screen.call('moves.quote', { from: on.devnet.mint.url, to: on.devnet.otherMint.url, amountSat: 300 })
    await on.world.screen.call('moves.start', { withdrawalId })
    await until(async () => (await on.world.database.topUps.get(topUpId))?.state === 'done', 'done')
  },
}
/** Requests in each story; polls of the mint come and go. */
const REQUESTS: Record<string, number> = { 'a top-up': 5, 'a withdrawal': 2, 'a move': 7 }

const deaths = Object.keys(STORIES).flatMap((name) =>
  Array.from({ length: REQUESTS[name] ?? 0 }, (_, request) => (['before', 'after'] as const).map((when) => ({ name, request, when }))).flat(),
)

describe('a worker that dies during a Lightning payment', () => {
  it.each(Object.keys(STORIES))('%s has about as many requests as it is killed at', async (name) => {
    stage.world.traffic.length = 0
    await STORIES[name]?.(stage)
    const requests = stage.world.traffic.length
    expect(requests).toBeLessThanOrEqual(REQUESTS[name] ?? 0)
    expect(requests).toBeGreaterThanOrEqual(2)
    await expectMoneyConserved(stage)
  })

  it.each(deaths)(
    '$name: dies $when request $request',
    async ({ name, request, when }) => {
      const begun = stage.world
      begun.dieAt(request, when)
      const end = STORIES[name]?.(stage).catch(() => undefined)
      await Promise.race([end, begun.died])
      await stage.restart()
      const ledger = await expectMoneyConserved(stage)
      // a top-up whose invoice was paid is never lost; what was not agreed to did not leave
      const isPaid = (await stage.world.database.topUps.toArray()).every((row) => !stage.devnet.lightning.isPaid(row.invoice) || row.state === 'done')
      expect(isPaid).toBe(true)
      if (name === 'a move') expect(ledger.sentMsat).toBe(0)
      const rows = await stage.world.database.withdrawals.toArray()
      for (const row of rows) expect(stage.devnet.lightning.isPaid(row.invoice)).toBe(row.state === 'paid')
      // a second recovery changes nothing
      const after = await stage.world.ledger()
      await stage.world.app.wake()
      expect(await stage.world.ledger()).toEqual(after)
    },
  )
})
