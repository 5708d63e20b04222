/** What tests of restoring ask a world. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import { expect } from 'vitest'
import type { RestoreProgress } from '../../src/domain/backup.ts'
import type { Devnet } from '../devnet/devnet.ts'
import { until } from './stage.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** Another browser of the same network, with nothing in it. */
export async function openFresh(options?: WorldOptions): Promise<World> {
  const world = await openWorld(options)
  await world.screen.call('settings.set', { developer: true })
  return world
}

/** sat and msat together, in sat. */
export const balanceOf = async (world: World): Promise<number> => (await world.screen.call('overview.get', { origin: null })).balanceMsat / 1000

export async function unitBalance(world: World, mint: string, unit: string): Promise<number> {
  const { mints } = await world.screen.call('wallet.get', {})
  const accounts = mints.find((one) => one.mint.url === mint)?.accounts ?? []
  return accounts.find((account) => account.unit === unit)?.ready ?? 0
}

export const wordsOf = async (world: World): Promise<string> => (await world.screen.call('seed.reveal', {})).words.join(' ')

export async function progressOf(world: World): Promise<RestoreProgress> {
  const { restore } = await world.screen.call('backup.get', {})
  if (restore === null) throw new Error('nothing was ever restored')
  return restore
}

/** Starts (unless `words` is null) and waits for the end, tokens redeemed; back-offs are skipped by the clock. */
export async function restored(world: World, words: string | null, mints: readonly string[]): Promise<RestoreProgress> {
  if (words !== null) await world.screen.call('restore.start', { words, mints: [...mints] })
  await until(
    async () => {
      const { state } = await progressOf(world)
      if (state === 'running') {
        world.clock.skewMs += 600_000
        await world.app.wake()
        return false
      }
      await world.app.wake()
      return (await world.database.incoming.where('state').anyOf('stored', 'redeeming').count()) === 0
    },
    'the restore has ended',
    20_000,
  )
  return progressOf(world)
}

/** The mints swap every note that can be spent: each account as one token. Ends the life of the wallet's notes. */
export async function expectGoodNotes(world: World, { mint, otherMint }: Devnet): Promise<void> {
  const notes = await world.database.purse.where('state').equals('ready').toArray()
  for (const [key, here] of Map.groupBy(notes, ({ mint: url, unit }) => `${unit} ${url}`)) {
    const [unit = '', url = ''] = key.split(' ')
    const issuer = [mint, otherMint].find((one) => one.url === url)
    const proofs = here.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: Amount.from(amount), secret, C }))
    await expect(issuer?.swapAll(getEncodedToken({ mint: url, unit, proofs }))).resolves.toContain('cashu')
  }
}
