/** One click to the development network: reads its `devnet.json` and sets up everything a newcomer would type. */
import * as v from 'valibot'
import { RoutstrError } from '../domain/errors.ts'
import type { Msat } from '../domain/msat.ts'
import { safeAddress } from '../domain/network-address.ts'
import { PAID_FETCH, readText } from '../domain/paid-fetch.ts'
import type { Registry } from '../registry/registry.ts'
import type { Wallet } from '../wallet/wallet.ts'
import type { SettingsKeeper } from './settings.ts'

const address = v.pipe(v.string(), v.maxLength(512))
const devnetSchema = v.object({
  version: v.literal(1),
  relays: v.pipe(v.array(address), v.maxLength(10)),
  providers: v.pipe(v.array(v.object({ url: address })), v.maxLength(20)),
  token: v.pipe(v.string(), v.maxLength(200_000)),
})

export interface Developer {
  /** @throws RoutstrError `unsafe_address`, `provider_unreachable`; what was set up until then stays */
  connect(configUrl: string): Promise<{ readonly mints: number; readonly providers: number; readonly receivedMsat: Msat }>
}

export function createDeveloper(world: {
  readonly fetch: typeof globalThis.fetch
  readonly settings: SettingsKeeper
  readonly wallet: Wallet
  readonly registry: Registry
}): Developer {
  return {
    async connect(configUrl) {
      const config = await read(safeAddress(configUrl, { allowLoopback: true }))
      const before = world.settings.current()
      await world.settings.change({ developer: true })
      await world.settings.change({ relays: [...new Set([...config.relays, ...before.relays.filter((relay) => !/^ws:\/\//.test(relay))])] })
      // only the mint of its own money; the others are there to be added by hand
      const { receivedMsat } = await world.wallet.receive(config.token, 'faucet', true)
      for (const { url } of config.providers) await world.registry.addProvider(url, 'devnet')
      return { mints: 1, providers: config.providers.length, receivedMsat }
    },
  }

  async function read(url: string): Promise<v.InferOutput<typeof devnetSchema>> {
    const unreachable = (cause: unknown): RoutstrError =>
      new RoutstrError('provider_unreachable', `No development network answers at ${url}. Start it with "npm run devnet".`, { cause })
    const text = await world
      .fetch(url, { ...PAID_FETCH, signal: AbortSignal.timeout(10_000) })
      .then((response) => readText(response, 1024 * 1024))
      .catch((cause: unknown) => {
        throw unreachable(cause)
      })
    try {
      return v.parse(devnetSchema, JSON.parse(text))
    } catch (cause) {
      throw unreachable(cause)
    }
  }
}
