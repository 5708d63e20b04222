/** The mint's endpoints as one synchronous function, so that a held request can be committed late and whole. */
import { bend, type MintLies, rememberedBy } from './lies.ts'
import type { Keyset } from './keysets.ts'
import type { Ledger } from './ledger.ts'
import type { Quotes } from './quotes.ts'
import { meltBody, meltQuoteBody, mintBody, MintError, mintQuoteBody, parseBody, restoreBody, stateBody, swapBody } from './wire.ts'

export class NotFound extends Error {}

export interface MintParts {
  name: string
  ledger: Ledger
  quotes: Quotes
  lies: MintLies
  units: readonly string[]
  /** numbers that `/v1/info` leaves out although the mint can do them */
  hiddenNuts: ReadonlySet<number>
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
        const { amount, unit, ...more } = parseBody(mintQuoteBody, body)
        return quotes.createMintQuote(amount, unit, more)
      }
      case '/v1/mint/bolt11': {
        const { quote, outputs, signature } = parseBody(mintBody, body)
        return { signatures: bend(quotes.issue(quote, outputs, signature), lies) }
      }
      case '/v1/melt/quote/bolt11': {
        const { request, unit, options } = parseBody(meltQuoteBody, body)
        return quotes.createMeltQuote(request, unit, options?.amountless?.amount_msat)
      }
      case '/v1/melt/bolt11': {
        const { quote, inputs, outputs } = parseBody(meltBody, body)
        const melted = quotes.melt(quote, inputs, outputs ?? [])
        return melted.change ? { ...melted, change: bend(melted.change, lies) } : melted
      }
      case '/v1/checkstate': {
        const { Ys } = parseBody(stateBody, body)
        return { states: Ys.map((y) => noteState(y)) }
      }
      case '/v1/restore': {
        const { outputs } = parseBody(restoreBody, body)
        const known = rememberedBy(
          outputs.filter((output) => ledger.signatureOf(output.B_)),
          lies,
        )
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
function mintInfo({ name, units, hiddenNuts, cachedSeconds }: MintParts): object {
  const methods = (options: object): object[] => units.map((unit) => ({ method: 'bolt11', unit, min_amount: 1, max_amount: 1_000_000_000, options }))
  const cached = ['/v1/swap', '/v1/mint/bolt11', '/v1/melt/bolt11'].map((path) => ({ method: 'POST', path }))
  const commands = ['bolt11_mint_quote', 'bolt11_melt_quote', 'proof_state']
  const nuts: Record<number, object> = {
    4: { methods: methods({ description: true }), disabled: false },
    5: { methods: methods({ amountless: true }), disabled: false },
    17: { supported: units.map((unit) => ({ method: 'bolt11', unit, commands })) },
    ...Object.fromEntries([7, 8, 9, 10, 11, 12, 14, 20].map((nut) => [nut, { supported: true }])),
    ...(cachedSeconds === null ? {} : { 19: { ttl: cachedSeconds, cached_endpoints: cached } }),
  }
  return {
    name,
    pubkey: `02${'ab'.repeat(32)}`,
    version: 'devnet/1.0.0',
    description: 'A mint of the Routstr development network. Its notes have no value.',
    contact: [],
    motd: 'Test money only.',
    time: Math.floor(Date.now() / 1000),
    nuts: Object.fromEntries(Object.entries(nuts).filter(([nut]) => !hiddenNuts.has(Number(nut)))),
  }
}
