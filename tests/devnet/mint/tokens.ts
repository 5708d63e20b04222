/** The mint's own tokens: the wallet's half of NUT-00, inside the mint's process, past all faults. */
import { Amount, getDecodedToken, getEncodedToken, getTokenMetadata, OutputData, type Proof } from '@cashu/cashu-ts'
import { inputFeeSat, type Keyset, type Keysets } from './keysets.ts'
import type { Ledger } from './ledger.ts'
import type { Quotes } from './quotes.ts'
import type { Output, Signature } from './wire.ts'

export interface TokenOptions {
  denominations?: number[]
  withoutDleq?: boolean
  /** sat */
  unit?: string
  /** NUT-11: a public key (66 hex digits) whose signature the notes need */
  lockTo?: string
}

export interface Tokens {
  /** a token of exactly this face value, in its unit */
  mint(amount: number, options?: TokenOptions): string
  swapAll(token: string): string
  decode(token: string): Proof[]
}

export function createTokens(world: { url: string; keysets: Keysets; ledger: Ledger; quotes: Quotes; activeOf(unit: string): Keyset }): Tokens {
  const { keysets, ledger, quotes } = world

  /** Blinds, has it signed by `sign`, unblinds. */
  function makeNotes(amount: number, { unit = 'sat', denominations, lockTo }: TokenOptions, sign: (outputs: Output[]) => Signature[]): Proof[] {
    const active = world.activeOf(unit)
    const keyset = { id: active.id, keys: active.publicKeys }
    const data =
      lockTo === undefined
        ? OutputData.createRandomData(amount, keyset, denominations)
        : OutputData.createP2PKData({ pubkey: lockTo }, amount, keyset, denominations)
    const signatures = sign(data.map(({ blindedMessage }) => ({ ...blindedMessage, amount: blindedMessage.amount.toNumber() })))
    return data.flatMap((output, index) => {
      const signature = signatures[index]
      return signature ? [output.toProof({ ...signature, amount: Amount.from(signature.amount) }, keyset)] : []
    })
  }

  const encode = (proofs: Proof[], { unit = 'sat', withoutDleq = false }: TokenOptions): string =>
    getEncodedToken({ mint: world.url, unit, proofs }, { removeDleq: withoutDleq })
  const decode = (token: string): Proof[] => getDecodedToken(token, [...keysets.keys()]).proofs

  return {
    mint(amount, options = {}) {
      const { quote } = quotes.createMintQuote(amount, options.unit ?? 'sat')
      quotes.payQuote(quote)
      return encode(
        makeNotes(amount, options, (outputs) => quotes.issue(quote, outputs)),
        options,
      )
    },
    swapAll(token) {
      const { unit } = getTokenMetadata(token)
      const inputs = decode(token).map((note) => ({ id: note.id, amount: note.amount.toNumber(), secret: note.secret, C: note.C }))
      const value = inputs.reduce((total, input) => total + input.amount, 0) - inputFeeSat(keysets, inputs)
      return encode(
        makeNotes(value, { unit }, (outputs) => ledger.swap(inputs, outputs)),
        { unit },
      )
    },
    decode,
  }
}
