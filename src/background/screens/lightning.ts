/** Top-ups, withdrawals, moves between own mints. */
import type { LightningOutputs } from '../../messaging/routes/lightning.ts'
import type { UiHandlers } from '../ui-handlers.ts'
import type { ScreenTools, ScreenWorld } from './world.ts'

export function lightningScreens({ lightning, changed }: ScreenWorld, { atWork, done }: ScreenTools): Pick<UiHandlers, keyof LightningOutputs> {
  return {
    'lightning.get': () => lightning.rows(),
    'topups.create': ({ mint, amountSat }) => atWork(() => lightning.createTopUp(mint, amountSat)),
    'topups.forget': ({ id }) => done(atWork(() => lightning.forgetTopUp(id))),
    'withdrawals.read': ({ text }) => lightning.read(text),
    'withdrawals.quote': ({ text, amountSat, mint }) => lightning.quote(text, amountSat, mint),
    'withdrawals.pay': ({ id }) => atWork(() => lightning.pay(id)),
    'withdrawals.forget': ({ id }) => done(lightning.forgetQuote(id)),
    'withdrawals.cancel': ({ id }) => done(atWork(() => lightning.cancel(id))),
    'moves.quote': ({ from, to, amountSat }) => lightning.quoteMove(from, to, amountSat),
    'moves.start': ({ withdrawalId }) => atWork(() => lightning.pay(withdrawalId)),
    'moves.fromToken': ({ incomingId, to }) => atWork(() => lightning.moveToken(incomingId, to).finally(changed)),
  }
}
