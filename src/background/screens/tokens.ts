/** Mints, tokens in and out, the seed. */
import { safeAddress } from '../../domain/network-address.ts'
import { worthMsat } from '../../domain/units.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function tokenScreens(world: ScreenWorld, tools: ScreenTools) {
  const { wallet, sessions, registry } = world

  /** Mints that the known providers take, those of most providers first: with money there the user can pay. */
  function suggestions(own: readonly string[]): { url: string; providers: number }[] {
    const takers = new Map<string, number>()
    for (const { mints, blocked } of registry.providers()) if (!blocked) for (const mint of mints) takers.set(mint, (takers.get(mint) ?? 0) + 1)
    const found = [...takers].map(([url, providers]) => ({ url, providers })).filter(({ url }) => !own.includes(url))
    return found.sort((a, b) => b.providers - a.providers).slice(0, 5)
  }
  const { atWork, done } = tools

  return {
    'wallet.get': async () => ({
      mints: await wallet.balances(),
      sessions: await sessions.list(),
      incoming: await wallet.openIncoming(),
      sent: await wallet.sentTokens(),
    }),
    'mints.preview': ({ url }) => wallet.mints.preview(url),
    'mints.add': ({ url }) => done(atWork(() => wallet.mints.trust(url).then(() => wallet.redeemStored()))),
    'mints.remove': ({ url }) => done(wallet.mints.remove(url)),
    'mints.distrust': ({ url }) => done(wallet.mints.distrust(url)),
    'mints.check': ({ url }) => wallet.mints.check(url),
    'mints.suggestions': async () => suggestions((await wallet.balances()).map(({ mint }) => mint.url)),
    'tokens.lockKey': async () => ({ publicKey: await wallet.lockKey() }),
    'tokens.inspect': ({ token }) => wallet.inspect(token),
    'tokens.receive': ({ token, trustMint }) =>
      atWork(async () => {
        // looked at before it is stored: a real token must not end up among fake ones
        if (world.fakeSats?.on === true) safeAddress((await wallet.inspect(token)).mint, { allowLoopback: true, onlyLoopback: true })
        return wallet.receive(token, 'user', trustMint)
      }),
    'tokens.send': async ({ mint, unit, amount, memo }) => {
      const operation = await atWork(() => wallet.send({ mint, unit }, amount, memo))
      return { operationId: operation.id, token: operation.token, unit, amount: operation.amount, amountMsat: worthMsat(operation.amount, unit) }
    },
    'tokens.takeBack': ({ operationId }) => atWork(() => wallet.takeBack(operationId)),
    'incoming.retry': ({ id, trustMint }) => atWork(() => wallet.retryIncoming(id, trustMint)),
    'seed.reveal': async () => ({ words: await wallet.seedWords() }),

  } satisfies Partial<UiHandlers>
}
