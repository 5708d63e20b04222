/** Who a mint says it is (NUT-06), shown before trust. Foreign text: screens treat it as such. */
import type { MintFacts } from '../domain/wallet.ts'
import { type MintWallet, unitsOf } from './mint-wallet.ts'

export function readMintFacts(account: MintWallet): MintFacts {
  const wallet = account.current()
  const info = wallet.getMintInfo().cache
  const units = unitsOf(wallet)
  return {
    name: info.name || new URL(account.mint).host,
    description: info.description ?? '',
    motd: info.motd ?? '',
    version: info.version,
    contact: info.contact.map(({ method, info: address }) => ({ method, address })),
    nuts: Object.entries(info.nuts).flatMap(([nut, value]) => (isOffered(value) ? [Number(nut)] : [])),
    units,
    inputFeePpk: units.includes(account.unit) ? wallet.keyChain.getCheapestKeyset().fee : 0,
    keysets: wallet.keyChain.cache.keysets.map(({ id, unit, active, input_fee_ppk }) => ({ id, unit, active, inputFeePpk: input_fee_ppk ?? 0 })),
  }
}

/** NUT-06 says it differently per NUT: `supported` as a flag or a list, `methods`, `disabled`. */
function isOffered(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('disabled' in value && value.disabled === true) return false
  return !('supported' in value) || (Array.isArray(value.supported) ? value.supported.length > 0 : value.supported === true)
}
