/** The node's own, small mint client: keysets, swap, restore, quotes over HTTP. Failures carry what the node must tell them apart. */
import { Amount, OutputData, type Proof } from '@cashu/cashu-ts'
import * as v from 'valibot'
import { parseJson } from '../json.ts'

/** the mint answered with `{code, detail}` */
export class MintRefusal extends Error {
  readonly code: number
  constructor(code: number, detail: string) {
    super(detail)
    this.code = code
  }
}
/** no answer, or one that proves nothing; `unreachable` when surely nothing was sent */
export class MintSilence extends Error {}
export class MintRateLimit extends Error {}

const keysetsSchema = v.object({
  keysets: v.array(v.object({ id: v.string(), unit: v.string(), active: v.boolean(), input_fee_ppk: v.optional(v.number(), 0) })),
})
const keysSchema = v.object({ keysets: v.array(v.object({ id: v.string(), keys: v.record(v.string(), v.string()) })) })
const signatureSchema = v.object({ id: v.string(), amount: v.number(), C_: v.string() })
const signaturesSchema = v.object({ signatures: v.array(signatureSchema) })
const restoredSchema = v.object({ outputs: v.array(v.object({ B_: v.string() })), signatures: v.array(signatureSchema) })
const quoteSchema = v.object({ quote: v.string(), request: v.string(), state: v.string(), amount: v.number(), fee_reserve: v.optional(v.number(), 0) })
const refusalSchema = v.object({ code: v.number(), detail: v.string() })

export type Note = Pick<Proof, 'id' | 'secret' | 'C'> & { amount: number }
export interface KeysetInfo {
  id: string
  unit: string
  active: boolean
  feePpk: number
}
export type Quote = v.InferOutput<typeof quoteSchema>
export type Outputs = OutputData[]

export interface MintClient {
  readonly url: string
  keysets(): Promise<KeysetInfo[]>
  feeSat(notes: readonly Pick<Note, 'id'>[]): number
  /** random outputs on the active keyset of this client's unit, powers of two */
  outputs(amounts: readonly number[]): Promise<Outputs>
  swap(inputs: readonly Note[], outputs: Outputs): Promise<Note[]>
  /** notes for those outputs that the mint has signed, whenever that was */
  restore(outputs: Outputs): Promise<Note[]>
  mintQuote(amountSat: number): Promise<Quote>
  mintQuoteState(id: string): Promise<Quote>
  mint(quote: string, outputs: Outputs): Promise<Note[]>
  meltQuote(invoice: string): Promise<Quote>
  melt(quote: string, inputs: readonly Note[]): Promise<Quote>
}

/** Mints log who called; wallets are told apart from nodes by this header. */
const CALLER_HEADER = 'x-devnet-caller'

export function createMintClient(url: string, unit: 'sat' | 'msat' = 'sat'): MintClient {
  const keys = new Map<string, Record<string, string>>()
  const fees = new Map<string, number>()

  async function call<S extends v.GenericSchema>(schema: S, path: string, body?: unknown): Promise<v.InferOutput<S>> {
    let response: Response
    let text: string
    try {
      const post = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', [CALLER_HEADER]: 'provider' } }
      response = await fetch(url + path, body === undefined ? { headers: { [CALLER_HEADER]: 'provider' } } : post)
      text = await response.text()
    } catch (error) {
      throw new MintSilence(String(error))
    }
    if (response.status === 429) throw new MintRateLimit()
    const value = parseJson(text)
    const refusal = v.safeParse(refusalSchema, value)
    if (response.status === 400 && refusal.success) throw new MintRefusal(refusal.output.code, refusal.output.detail)
    const parsed = v.safeParse(schema, value)
    if (!response.ok || !parsed.success) throw new MintSilence(`bad answer ${response.status}`)
    return parsed.output
  }

  async function keysets(): Promise<KeysetInfo[]> {
    const { keysets: list } = await call(keysetsSchema, '/v1/keysets')
    for (const { id, input_fee_ppk } of list) fees.set(id, input_fee_ppk)
    return list.map(({ id, unit, active, input_fee_ppk }) => ({ id, unit, active, feePpk: input_fee_ppk }))
  }

  async function keysOf(id: string): Promise<Record<string, string>> {
    const known = keys.get(id)
    if (known) return known
    const { keysets: list } = await call(keysSchema, `/v1/keys/${id}`)
    const found = list.find((keyset) => keyset.id === id)?.keys
    if (!found) throw new MintSilence('keyset without keys')
    keys.set(id, found)
    return found
  }

  async function unblind(outputs: Outputs, signatures: readonly v.InferOutput<typeof signatureSchema>[]): Promise<Note[]> {
    if (signatures.length !== outputs.length) throw new MintSilence('signatures are missing')
    return Promise.all(
      outputs.map(async (output, index) => {
        const signature = signatures[index]
        if (!signature) throw new MintSilence('signature is missing')
        const keyset = { id: output.blindedMessage.id, keys: await keysOf(output.blindedMessage.id) }
        const { id, amount, secret, C } = output.toProof({ ...signature, amount: Amount.from(signature.amount) }, keyset)
        return { id, amount: amount.toNumber(), secret, C }
      }),
    )
  }

  const wire = (outputs: Outputs): object[] =>
    outputs.map(({ blindedMessage }) => ({ ...blindedMessage, amount: blindedMessage.amount.toNumber() }))
  const plain = (notes: readonly Note[]): Note[] => notes.map(({ id, amount, secret, C }) => ({ id, amount, secret, C }))

  return {
    url,
    keysets,
    feeSat: (notes) => Math.ceil(notes.reduce((total, note) => total + (fees.get(note.id) ?? 0), 0) / 1000),
    async outputs(amounts) {
      const active = (await keysets()).find((keyset) => keyset.active && keyset.unit === unit)
      if (!active) throw new MintSilence('no active keyset')
      const keyset = { id: active.id, keys: await keysOf(active.id) }
      return amounts.flatMap((amount) => OutputData.createRandomData(amount, keyset))
    },
    swap: async (inputs, outputs) => unblind(outputs, (await call(signaturesSchema, '/v1/swap', { inputs: plain(inputs), outputs: wire(outputs) })).signatures),
    async restore(outputs) {
      const { outputs: known, signatures } = await call(restoredSchema, '/v1/restore', { outputs: wire(outputs) })
      const found = outputs.filter((output) => known.some(({ B_ }) => B_ === output.blindedMessage.B_))
      const inOrder = found.flatMap((output) => signatures[known.findIndex(({ B_ }) => B_ === output.blindedMessage.B_)] ?? [])
      return unblind(found, inOrder)
    },
    mintQuote: (amount) => call(quoteSchema, '/v1/mint/quote/bolt11', { amount, unit: 'sat' }),
    mintQuoteState: (id) => call(quoteSchema, `/v1/mint/quote/bolt11/${id}`),
    mint: async (quote, outputs) => unblind(outputs, (await call(signaturesSchema, '/v1/mint/bolt11', { quote, outputs: wire(outputs) })).signatures),
    meltQuote: (request) => call(quoteSchema, '/v1/melt/quote/bolt11', { request, unit: 'sat' }),
    melt: (quote, inputs) => call(quoteSchema, '/v1/melt/bolt11', { quote, inputs: plain(inputs) }),
  }
}
