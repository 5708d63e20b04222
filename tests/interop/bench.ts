/** A mint under test behind a bad network, an app that trusts it, and the proof at the end of every test that no unit is missing. */
import { Amount } from '@cashu/cashu-ts'
import { expect } from 'vitest'
import type { Note } from '../../src/wallet/notes.ts'
import { until } from '../app/stage.ts'
import { openWorld, type World } from '../app/world.ts'
import { FEE_PPK, type MintKind, type MintUnderTest } from './mints.ts'
import { type MintProxy, startProxy } from './proxy.ts'
import { openTreasury, type Treasury } from './treasury.ts'

/** One for all tests of a file: mints start slowly. */
export interface Bench {
  readonly mint: MintUnderTest
  readonly proxy: MintProxy
  readonly treasury: Treasury
  /** Another unit of the same mint. */
  treasuryOf(unit: string): Treasury
  stop(): Promise<void>
}

export async function openBench(kind: MintKind): Promise<Bench> {
  if (kind.start === null) throw new Error(`${kind.name} cannot be had here`)
  const mint = await kind.start()
  const proxy = await startProxy(mint.url)
  const treasuryOf = (unit: string): Treasury => openTreasury(mint.url, proxy.url, unit)
  return {
    mint,
    proxy,
    treasury: treasuryOf('sat'),
    treasuryOf,
    async stop() {
      await proxy.stop()
      await mint.stop()
    },
  }
}

/** The app of one test. */
export interface Actor {
  /** As it runs now; another one after `restart`. */
  world: World
  balanceSat(): Promise<number>
  /** Pastes a token of a mint that is trusted. */
  receive(token: string): Promise<{ receivedMsat: number; feeMsat: number }>
  /** @param unit sat without it */
  send(amount: number, unit?: string): Promise<{ operationId: string; token: string }>
  /** Kills the worker and starts a new one on the same database. */
  restart(): Promise<void>
}

/** @param trusting the mint is added before the test begins */
export async function openActor(bench: Bench, trusting = true): Promise<Actor> {
  const world = await openWorld()
  await world.screen.call('settings.set', { developer: true })
  if (trusting) await world.screen.call('mints.add', { url: bench.proxy.url })
  const actor: Actor = {
    world,
    balanceSat: async () => (await actor.world.screen.call('overview.get', { origin: null })).balanceMsat / 1000,
    receive: (token) => actor.world.screen.call('tokens.receive', { token, trustMint: false }),
    send: (amount, unit = 'sat') => actor.world.screen.call('tokens.send', { mint: bench.proxy.url, unit, amount, memo: null }),
    async restart() {
      await actor.world.kill()
      actor.world = await actor.world.restart()
    },
  }
  return actor
}

/** The one place that reads the wallet's own rows. */
const readyNotes = (world: World): Promise<Note[]> => world.database.purse.where('state').equals('ready').toArray()

/** NUT-02, once per transaction. */
export const feeOf = (notes: number, ppk = FEE_PPK): number => Math.ceil((notes * ppk) / 1000)

/** Lets time pass and the app work until nothing is half-done. */
export async function expectSettled(actor: Actor): Promise<void> {
  await until(
    async () => {
      actor.world.clock.skewMs += 600_000
      await actor.world.app.wake()
      const open = await actor.world.database.operations.where('state').equals('requested').count()
      return open === 0 && (await actor.world.database.incoming.where('state').anyOf('stored', 'redeeming').count()) === 0
    },
    'every operation has ended',
    30_000,
  )
}

/**
 * Nothing is half-done, the golden equation holds to the msat, each account holds what the test says, a second recovery changes
 * nothing, and every note is good: a stranger redeems it at the mint.
 * @param expected whole units by unit; a number: sat
 */
export async function expectMoneyConserved(actor: Actor, bench: Bench, expected: number | Readonly<Record<string, number>>): Promise<void> {
  await expectSettled(actor)
  const ledger = await actor.world.ledger()
  expect(ledger.differenceMsat).toBe(0)
  expect(ledger.lostMsat).toBe(0)
  const notes = await readyNotes(actor.world)
  await actor.world.app.wake()
  expect(await readyNotes(actor.world)).toEqual(notes)
  const wanted: Readonly<Record<string, number>> = typeof expected === 'number' ? { sat: expected } : expected
  expect(notes.filter(({ unit }) => !Object.hasOwn(wanted, unit))).toEqual([])
  for (const [unit, amount] of Object.entries(wanted)) {
    const here = notes.filter((note) => note.unit === unit)
    expect({ unit, amount: here.reduce((sum, note) => sum + note.amount, 0) }).toEqual({ unit, amount })
    const proofs = here.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: Amount.from(amount), secret, C }))
    if (proofs.length > 0) expect(await bench.treasuryOf(unit).claimNotes(proofs)).toBeGreaterThan(0)
  }
}
