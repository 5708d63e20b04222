/** Two browsers of one user: two apps on two databases, with one development network and its relay between them. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import { expect } from 'vitest'
import type { SyncView } from '../../src/domain/backup.ts'
import type { Devnet } from '../devnet/devnet.ts'
import { openFresh } from './restoring.ts'
import { openStage, type Stage, until } from './stage.ts'
import type { World, WorldOptions } from './world.ts'

export interface TwoBrowsers {
  /** The first one, funded. */
  readonly stage: Stage
  readonly devnet: Devnet
  readonly a: () => World
  /** The second one, empty at first. */
  b: World
  readonly nsec: string
  stop(): Promise<void>
}

/** @param options of the second browser */
export async function openTwo(options: { readonly a?: WorldOptions; readonly b?: WorldOptions } = {}): Promise<TwoBrowsers> {
  const stage = await openStage(options.a === undefined ? {} : { world: options.a })
  const { devnet } = stage
  await useRelay(stage.world, devnet)
  await stage.world.screen.call('sync.enable', { nsec: null })
  const { nsec } = await stage.world.screen.call('sync.reveal', {})
  const b = await openFresh(options.b)
  await useRelay(b, devnet)
  await b.screen.call('mints.add', { url: devnet.mint.url })
  await b.screen.call('sync.enable', { nsec })
  const two: TwoBrowsers = {
    stage,
    devnet,
    a: () => stage.world,
    b,
    nsec,
    async stop() {
      await two.b.kill()
      await stage.stop()
    },
  }
  return two
}

export async function useRelay(world: World, devnet: Devnet): Promise<void> {
  await world.screen.call('settings.set', { relays: [devnet.relay.url], developer: true })
}

export const syncOf = (world: World): Promise<SyncView> => world.screen.call('sync.get', {})

export const elsewhereSat = async (world: World): Promise<number> => (await syncOf(world)).elsewhereMsat / 1000

/** Both look, one after the other, until nothing is left to say; clocks go on so that no back-off is in the way. */
export async function settleSync(...worlds: readonly World[]): Promise<void> {
  for (let round = 0; round < 2; round++)
    for (const world of worlds) {
      world.clock.skewMs += 2_000
      await world.screen.call('sync.now', {})
    }
}

/**
 * Every note of both browsers is good, and none of them is in two: the mint swaps all of them as one token. The books of both are
 * right, and together they hold what came in less what left.
 * @returns what the mint swapped, whole units
 */
export async function expectConserved(two: TwoBrowsers, unit = 'sat'): Promise<number> {
  const worlds = [two.a(), two.b]
  for (const world of worlds) {
    world.clock.skewMs += 600_000
    await until(async () => {
      await world.app.wake()
      return (await world.database.operations.where('state').equals('requested').count()) === 0
    }, 'every swap has ended')
    const ledger = await world.ledger()
    expect(ledger).toMatchObject({ differenceMsat: 0, lostMsat: 0 })
  }
  const rows = await Promise.all(worlds.map((world) => world.database.purse.where('state').equals('ready').toArray()))
  const notes = rows.flat().filter((note) => note.mint === two.devnet.mint.url && note.unit === unit)
  expect(new Set(notes.map(({ secret }) => secret)).size).toBe(notes.length)
  const proofs = notes.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: Amount.from(amount), secret, C }))
  if (proofs.length > 0) await expect(two.devnet.mint.swapAll(getEncodedToken({ mint: two.devnet.mint.url, unit, proofs }))).resolves.toContain('cashu')
  return notes.reduce((sum, { amount }) => sum + amount, 0)
}

/** Everything that lies in the other browsers comes here. */
export const bring = (world: World) => world.screen.call('sync.bringHere', { mint: null })

/** Token events, of whichever browser. */
export const tokensOn = (relay: Devnet['relay']) => relay.events().filter(({ kind }) => kind === 7375)

export const receive = async ({ devnet }: TwoBrowsers, world: World, amount: number) => world.screen.call('tokens.receive', { token: await devnet.faucet(amount), trustMint: false })
