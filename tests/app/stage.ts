/** A development network, a funded app on it, and the proof at the end of every test that no msat is missing. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import { expect } from 'vitest'
import type { Ledger } from '../../src/domain/wallet.ts'
import { type Devnet, type DevnetOptions, startDevnet } from '../devnet/devnet.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

export interface Stage {
  readonly devnet: Devnet
  /** The app as it runs now; another one after `restart`. */
  world: World
  /** Kills the worker and starts a new one on the same database; in a new browser session too. */
  restart(of?: 'worker' | 'browser'): Promise<World>
  stop(): Promise<void>
}

export async function openStage(options: { readonly world?: WorldOptions; readonly devnet?: DevnetOptions } = {}): Promise<Stage> {
  const devnet = await startDevnet({ tokensPerSecond: 2000, ...options.devnet })
  const world = await openWorld(options.world)
  await world.screen.call('developer.connect', { configUrl: devnet.configUrl })
  const stage: Stage = {
    devnet,
    world,
    async restart(of) {
      await stage.world.kill()
      stage.world = await stage.world.restart(of)
      return stage.world
    },
    async stop() {
      await stage.world.kill()
      await devnet.stop()
    },
  }
  return stage
}

/** Repeats until the condition holds; the promise fails with the last reason after `patienceMs`. */
export async function until(condition: () => Promise<boolean> | boolean, what: string, patienceMs = 30_000): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${patienceMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Beside the first answer the account is read: from then on it is known what is there. */
export const credited = ({ database }: World): Promise<void> =>
  until(async () => (await database.sessions.toArray()).every(({ creditedMsat }) => creditedMsat !== null), 'the deposit is credited')

/**
 * Everything is brought home, the golden equation holds to the msat, nothing is left half-done, and every note is good:
 * the mint swaps all of them. What we call spent is what the providers call earned (unless they are made to lie about it).
 */
export async function expectMoneyConserved(
  { world, devnet }: Stage,
  expected: { readonly lostMsat?: number; readonly booksOfProviders?: boolean } = {},
): Promise<Ledger> {
  await until(async () => {
    world.clock.skewMs += 600_000
    await world.app.wake()
    const { open } = await world.screen.call('sessions.bringHome', {})
    const ledger = await world.ledger()
    // Lightning: nothing is half-way; an invoice nobody pays may wait
    const owed = await world.database.topUps.where('state').anyOf('paid', 'minting').count()
    const leaving = await world.database.withdrawals.where('state').anyOf('requested', 'pending').count()
    return open === 0 && ledger.sessionsMsat === 0 && owed === 0 && leaving === 0
  }, 'all sessions settled, all Lightning payments ended')
  await world.app.wake()
  const ledger = await world.ledger()
  expect(ledger.differenceMsat).toBe(0)
  expect(ledger.lostMsat).toBe(expected.lostMsat ?? 0)
  expect(await world.database.operations.where('state').equals('requested').count()).toBe(0)
  expect(await world.database.holds.where('state').equals('held').count()).toBe(0)
  expect(await world.database.attempts.where('state').anyOf('open', 'ended').count()).toBe(0)
  // every receipt has learned its cost
  expect(await world.database.receipts.filter((receipt) => receipt.chargedMsat === null).count()).toBe(0)

  const books = [devnet.providers.cheap.books(), devnet.providers.dear.books()]
  if (expected.lostMsat === undefined && expected.booksOfProviders !== false)
    expect(ledger.spentMsat).toBe(books.reduce((sum, { earnedMsat, forfeitedMsat }) => sum + earnedMsat + forfeitedMsat, 0))

  const notes = await world.database.purse.where('state').equals('ready').toArray()
  expect(notes.reduce((sum, note) => sum + note.amount, 0) * 1000).toBe(ledger.walletMsat)
  for (const mint of [devnet.mint, devnet.otherMint]) {
    const here = notes.filter((note) => note.mint === mint.url)
    if (here.length === 0) continue
    const proofs = here.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: Amount.from(amount), secret, C }))
    await mint.swapAll(getEncodedToken({ mint: mint.url, unit: 'sat', proofs }))
  }
  return ledger
}

export async function collect(stream: AsyncIterable<{ choices: { delta: { content?: string | null } }[] }>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

export const ask = (content = 'Why is the sky blue?', model = 'owl-mini') => ({ model, messages: [{ role: 'user' as const, content }] })
