/** The mint's endpoints as one synchronous function, so that a held request can be committed late and whole. */
import { bend, type MintLies } from './faults.ts'
import type { Keyset } from './keysets.ts'
import type { Ledger } from './ledger.ts'
import type { Quotes } from './quotes.ts'
import {
  meltBody,
  meltQuoteBody,
  mintBody,
  MintError,
  mintQuoteBody,
  parseBody,
  restoreBody,
  stateBody,
  swapBody,
} from './wire.ts'

export class NotFound extends Error {}

export interface MintParts {
  name: string
  ledger: Ledger
  quotes: Quotes
  lies: MintLies
  /** NUT-19 is advertised only when answers are cached */
  cachedSeconds: number | null
}

export type Route = (method: string, path: string, body: unknown) => unknown

export function createRoute(parts: MintParts): Route {
  const { ledger, quotes, lies } = parts
  const keysOf = (keyset: Keyset): object => ({
    id: keyset.id,
    unit: keyset.unit,
    active: keyset.active,
    input_fee_ppk: keyset.feePpk,
    keys: keyset.publicKeys,
  })

  function get(path: string): unknown {
    if (path === '/v1/info') return mintInfo(parts)
    if (path === '/v1/keysets') {
      const keysets = [...ledger.keysets.values()]
      return { keysets: keysets.map(({ id, unit, active, feePpk }) => ({ id, unit, active, input_fee_ppk: feePpk })) }
    }
    if (path === '/v1/keys') return { keysets: [...ledger.keysets.values()].filter((keyset) => keyset.active).map(keysOf) }
    const [, collection, id] = /^\/v1\/(keys|mint\/quote\/bolt11|melt\/quote\/bolt11)\/([^/]+)$/.exec(path) ?? []
    if (id === undefined) throw new NotFound()
    if (collection === 'mint/quote/bolt11') return quotes.mintQuote(id)
    if (collection === 'melt/quote/bolt11') return quotes.meltQuote(id)
    const keyset = ledger.keysets.get(id)
    if (!keyset) throw new MintError(12001, 'Keyset is not known')
    return { keysets: [keysOf(keyset)] }
  }

  function post(path: string, body: unknown): unknown {
    switch (path) {
      case '/v1/swap': {
        const { inputs, outputs } = parseBody(swapBody, body)
        return { signatures: bend(ledger.swap(inputs, outputs), lies) }
      }
      case '/v1/mint/quote/bolt11': {
        const { amount, unit, pubkey } = parseBody(mintQuoteBody, body)
        return quotes.createMintQuote(amount, unit, pubkey)
      }
      case '/v1/mint/bolt11': {
        const { quote, outputs, signature } = parseBody(mintBody, body)
        return { signatures: bend(quotes.issue(quote, outputs, signature), lies) }
      }
      case '/v1/melt/quote/bolt11': {
        const { request, unit } = parseBody(meltQuoteBody, body)
        return quotes.createMeltQuote(request, unit)
      }
      case '/v1/melt/bolt11': {
        const { quote, inputs, outputs } = parseBody(meltBody, body)
        return quotes.melt(quote, inputs, outputs ?? [])
      }
      case '/v1/checkstate': {
        const { Ys } = parseBody(stateBody, body)
        return { states: Ys.map((y) => noteState(y)) }
      }
      case '/v1/restore': {
        const { outputs } = parseBody(restoreBody, body)
        const known = outputs.filter((output) => ledger.signatureOf(output.B_))
        const signatures = known.flatMap((output) => ledger.signatureOf(output.B_) ?? [])
        return { outputs: known, signatures: bend(signatures, lies) }
      }
      default:
        throw new NotFound()
    }
  }

  function noteState(y: string): object {
    const { state, witness } = ledger.stateOf(y)
    return { Y: y, state: lies.alwaysUnspent ? 'UNSPENT' : state, witness: lies.alwaysUnspent ? null : witness }
  }

  return (method, path, body) => {
    if (method === 'GET') return get(path)
    if (method === 'POST') return post(path, body)
    throw new NotFound()
  }
}

/** NUT-06. */
function mintInfo(parts: MintParts): object {
  const bolt11 = [{ method: 'bolt11', unit: 'sat', min_amount: 1, max_amount: 1_000_000 }]
  const cached = ['/v1/swap', '/v1/mint/bolt11', '/v1/melt/bolt11'].map((path) => ({ method: 'POST', path }))
  return {
    name: parts.name,
    pubkey: `02${'ab'.repeat(32)}`,
    version: 'devnet/1.0.0',
    description: 'A mint of the Routstr development network. Its notes have no value.',
    contact: [],
    motd: 'Test money only.',
    time: Math.floor(Date.now() / 1000),
    nuts: {
      4: { methods: bolt11, disabled: false },
      5: { methods: bolt11, disabled: false },
      7: { supported: true },
      8: { supported: true },
      9: { supported: true },
      10: { supported: true },
      11: { supported: true },
      12: { supported: true },
      17: { supported: [{ method: 'bolt11', unit: 'sat', commands: ['bolt11_mint_quote', 'bolt11_melt_quote', 'proof_state'] }] },
      20: { supported: true },
      ...(parts.cachedSeconds === null ? {} : { 19: { ttl: parts.cachedSeconds, cached_endpoints: cached } }),
    },
  }
}
