/** Which mints there are: looking at one before trust, trusting, forgetting, asking how it is. */
import { RoutstrError } from '../domain/errors.ts'
import type { Mint, MintFacts, MintHealth } from '../domain/wallet.ts'
import type { Connections } from './connections.ts'
import type { WalletStore } from './store.ts'

export interface Mints {
  /** Asks the mint who it is. @throws RoutstrError `unsafe_address`, `mint_unreachable`, `mint_misbehaved` */
  preview(url: string): Promise<MintFacts & { readonly url: string; readonly trusted: boolean }>
  /** From now on its tokens are received and its notes pay. @throws as `preview` */
  trust(url: string): Promise<Mint>
  /** Its notes stay and can be sent away; they pay for nothing. */
  distrust(url: string): Promise<void>
  /** @throws RoutstrError `not_empty` */
  remove(url: string): Promise<void>
  /** Reads info, keysets and fees anew. Never throws for an answer of the mint: that is what it is there to find out. */
  check(url: string): Promise<MintHealth>
}

export function createMints(world: {
  readonly store: WalletStore
  readonly connections: Connections
  readonly now: () => number
  /** Throws RoutstrError `unsafe_address`; answers the address as it is used. */
  readonly checkAddress: (url: string) => string
}): Mints {
  const { store, connections, now } = world

  return {
    async preview(url) {
      const address = world.checkAddress(url)
      const connection = await connections.connect({ mint: address, unit: 'sat' })
      return { ...connection.facts(), url: address, trusted: await connections.isTrusted(address) }
    },
    async trust(url) {
      const address = world.checkAddress(url)
      const { name } = (await connections.connect({ mint: address, unit: 'sat' })).facts()
      const addedAt = (await store.mint(address))?.addedAt || now()
      await store.saveMint(address, { trusted: true, addedAt, name })
      for (const row of await store.incomingTokens(['waiting'])) if (row.mint === address) await store.changeIncoming(row.id, ['waiting'], { state: 'stored' })
      return { url: address, name, addedAt }
    },
    distrust: (url) => store.saveMint(url, { trusted: false }),
    async remove(url) {
      const here = (await store.buckets(null)).filter(({ mint }) => mint === url)
      const notes = here.some(({ state }) => state !== 'sent')
      const tokens = (await store.incomingTokens(['stored', 'redeeming'])).some((row) => row.mint === url)
      if (notes || tokens)
        throw new RoutstrError('not_empty', 'There is still money of yours at this mint. Send or move it away first; then the mint can be removed.')
      if (here.length > 0)
        throw new RoutstrError(
          'not_empty',
          'A token of this mint that you sent is not claimed yet. Take it back, or wait until it is claimed; then the mint can be removed.',
        )
      await store.saveMint(url, { trusted: false })
    },
    async check(url) {
      const began = now()
      try {
        const connection = await connections.connect({ mint: url, unit: 'sat' })
        await connection.refresh()
        return { checkedAt: now(), answeredInMs: now() - began, problem: null, motd: connection.facts().motd }
      } catch (error) {
        return { checkedAt: now(), answeredInMs: null, problem: error instanceof Error ? error.message : 'unknown reason', motd: '' }
      }
    },
  }
}
