/**
 * The handles of the Nostr wallet service and of the Lightning addresses for other processes, as JSON (control.ts).
 *   walletService: {action:'behave', how, times?}  {action:'balance', msat}  {action:'state'}   ways: wallet-service/service.ts
 *   lnurl: {action:'lie', name|null}  {action:'received'}   names: lightning/lnurl.ts
 */
import * as v from 'valibot'
import { LNURL_LIES, type LnurlService } from './lightning/lnurl.ts'
import { BEHAVIOURS, type WalletService } from './wallet-service/service.ts'

export const walletServiceCommand = v.variant('action', [
  v.object({ action: v.literal('behave'), how: v.picklist(BEHAVIOURS), times: v.optional(v.number(), 1) }),
  v.object({ action: v.literal('balance'), msat: v.pipe(v.number(), v.minValue(0)) }),
  v.object({ action: v.literal('state') }),
])
export const lnurlCommand = v.variant('action', [
  v.object({ action: v.literal('lie'), name: v.nullable(v.picklist(LNURL_LIES)) }),
  v.object({ action: v.literal('received') }),
])

export function controlWalletService(service: WalletService, command: v.InferOutput<typeof walletServiceCommand>): unknown {
  switch (command.action) {
    case 'behave':
      return service.behave(command.how, command.times === 0 ? Number.POSITIVE_INFINITY : command.times)
    case 'balance':
      service.balanceMsat = command.msat
      return undefined
    case 'state':
      return { balanceMsat: service.balanceMsat, requests: service.requests }
  }
}

export function controlLnurl(service: LnurlService, command: v.InferOutput<typeof lnurlCommand>): unknown {
  switch (command.action) {
    case 'lie':
      service.lie = command.name
      return undefined
    case 'received':
      return service.invoices.map(({ invoice, paidMsat }) => ({ invoice, paidMsat }))
  }
}
