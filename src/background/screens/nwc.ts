/** The connected wallet, and the price of a sat. */
import type { NwcOutputs } from '../../messaging/routes/nwc.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function nwcScreens({ registry, nwc }: ScreenWorld, { atWork, done }: ScreenTools): Pick<UiHandlers, keyof NwcOutputs> {
  return {
    'nwc.get': () => nwc.get(),
    'nwc.connect': ({ uri }) => atWork(() => nwc.connect(uri)),
    'nwc.disconnect': () => done(nwc.disconnect()),
    'nwc.pay': async ({ topUpId }) => ({ outcome: await atWork(() => nwc.pay(topUpId)) }),
    'nwc.refill': ({ refill }) => done(atWork(() => nwc.setRefill(refill))),
    'rate.get': async () => {
      await registry.ready()
      return registry.rate() ?? { msatPerUsd: null, at: null }
    },
  }
}
