/**
 * The node's wallet: redeems payments by a real swap and makes change from its own notes by a real swap (routstr-node.md §3.1).
 * One lock covers every operation, as on a real node. A swap without an answer is kept and looked up again by NUT-09.
 */
import { Amount, getDecodedToken, getEncodedToken, getTokenMetadata, type Token } from '@cashu/cashu-ts'
import { createLock, wait } from '../http.ts'
import { RedeemError } from './envelopes.ts'
import { createMintClient, type MintClient, MintRateLimit, MintRefusal, MintSilence, type Note, type Outputs } from './mint-client.ts'

export interface Purse {
  readonly mintUrl: string
  heldSat(): number
  feesPaidSat(): number
  /** takes all of a token; the credited value is face − input fee */
  redeem(token: string): Promise<{ faceSat: number; creditedSat: number; mintUrl: string }>
  /** a `cashuB` token of exactly this face value, one keyset, without DLEQ (wallet.py:531-537) */
  pay(amountSat: number): Promise<string>
  /** takes notes as they are, without a swap: the operator's float */
  add(token: string): Promise<void>
  /** an invoice of the node's mint, and the notes once it is paid */
  invoice(amountSat: number): Promise<{ id: string; request: string }>
  collectInvoice(id: string, amountSat: number): Promise<boolean>
}

export interface PurseOptions {
  mintUrl: string
  /** what happens to a token of another mint: refused with 422, or swapped over Lightning */
  foreignMints: 'refuse' | 'swap'
  /** names say sat; a purse of msat counts in those */
  unit?: 'sat' | 'msat'
}

interface Unsure {
  inputs: readonly Note[]
  outputs: Outputs
}

export function createPurse(options: PurseOptions): Purse {
  const own = options.unit ?? 'sat'
  const mint = createMintClient(options.mintUrl, own)
  const exclusively = createLock()
  let notes: Note[] = []
  let unsure: Unsure[] = []
  let feesPaid = 0

  const sumOf = (list: readonly Note[]): number => list.reduce((total, note) => total + note.amount, 0)
  const keep = (added: readonly Note[]): void => {
    notes = [...notes, ...added]
  }

  async function swap(inputs: readonly Note[], outputs: Outputs, own: boolean): Promise<Note[]> {
    try {
      return await mint.swap(inputs, outputs)
    } catch (error) {
      if (error instanceof MintSilence) unsure.push({ inputs: own ? inputs : [], outputs })
      throw error
    }
  }

  /** Finishes what an earlier lost answer left open: signed → the outputs are ours, not signed → the inputs still are. */
  async function resolveUnsure(): Promise<void> {
    for (const entry of unsure) {
      const found = await mint.restore(entry.outputs)
      keep(found.length > 0 ? found : entry.inputs)
      unsure = unsure.filter((other) => other !== entry)
    }
  }

  async function redeemHere(token: string, faceSat: number): Promise<number> {
    const inputs = await decode(mint, token, 'unreachable')
    if (new Set(inputs.map((note) => note.id)).size !== 1) throw new RedeemError('failed') // wallet.py:441
    const credited = faceSat - mint.feeSat(inputs)
    if (credited <= 0) throw new RedeemError('failed')
    await attempt('unreachable', resolveUnsure)
    const outputs = await attempt('unreachable', () => mint.outputs([credited]))
    try {
      keep(await swap(inputs, outputs, false))
    } catch (error) {
      if (error instanceof MintSilence) throw new RedeemError('consumed') // outcome ambiguous (wallet.py:399-419)
      throw asRedeemError(error, 'unreachable')
    }
    return credited
  }

  /** §3.1: melt at the payer's mint, mint at ours; the unused reserve stays with that mint. Up to three quote rounds. */
  async function redeemForeign(token: string, faceSat: number, mintUrl: string): Promise<number> {
    if (options.foreignMints === 'refuse') throw new RedeemError('foreign-failed')
    const foreign = createMintClient(mintUrl)
    const inputs = await decode(foreign, token, 'source-unreachable')
    const spendable = faceSat - foreign.feeSat(inputs)
    let amount = spendable - Math.max(1, Math.ceil(spendable / 50))
    for (let round = 0; round < 3 && amount > 0; round += 1) {
      const wanted = amount
      const ours = await attempt('unreachable', () => mint.mintQuote(wanted))
      const theirs = await attempt('source-unreachable', () => foreign.meltQuote(ours.request))
      if (theirs.amount + theirs.fee_reserve > spendable) {
        amount -= theirs.amount + theirs.fee_reserve - spendable
        continue
      }
      await attempt('foreign-failed', () => foreign.melt(theirs.quote, inputs))
      for (let tries = 0; tries < 50; tries += 1) {
        if (await collect(ours.quote, wanted)) return wanted
        await wait(100)
      }
      throw new RedeemError('consumed')
    }
    throw new RedeemError('fees-exceed')
  }

  async function collect(quote: string, amountSat: number): Promise<boolean> {
    const { state } = await mint.mintQuoteState(quote)
    if (state !== 'PAID') return state === 'ISSUED'
    keep(await mint.mint(quote, await mint.outputs([amountSat])))
    return true
  }

  /** Largest notes first until they cover amount and fee. */
  function selectFor(amountSat: number): Note[] {
    const chosen: Note[] = []
    for (const note of [...notes].sort((one, other) => other.amount - one.amount)) {
      if (chosen.length > 0 && sumOf(chosen) - mint.feeSat(chosen) >= amountSat) break
      chosen.push(note)
    }
    if (sumOf(chosen) - mint.feeSat(chosen) < amountSat) throw new MintSilence('the operator is out of notes')
    return chosen
  }

  async function payLocked(amountSat: number): Promise<string> {
    await resolveUnsure()
    await mint.keysets()
    const inputs = selectFor(amountSat)
    const fee = mint.feeSat(inputs)
    const rest = sumOf(inputs) - fee - amountSat
    const forChange = await mint.outputs([amountSat])
    const forUs = rest > 0 ? await mint.outputs([rest]) : []
    notes = notes.filter((note) => !inputs.includes(note))
    let made: Note[]
    try {
      made = await swap(inputs, [...forChange, ...forUs], true)
    } catch (error) {
      if (!(error instanceof MintSilence)) keep(inputs)
      throw error
    }
    feesPaid += fee
    keep(made.slice(forChange.length))
    return encode(options.mintUrl, made.slice(0, forChange.length), own)
  }

  return {
    mintUrl: options.mintUrl,
    heldSat: () => sumOf(notes),
    feesPaidSat: () => feesPaid,
    redeem: (token) =>
      exclusively(async () => {
        const { mint: mintUrl, unit, faceSat } = readToken(token)
        if (unit !== own) throw new RedeemError('failed')
        // The mint is compared by exact string (§1 item 8).
        const creditedSat = mintUrl === options.mintUrl ? await redeemHere(token, faceSat) : await redeemForeign(token, faceSat, mintUrl)
        return { faceSat, creditedSat, mintUrl: options.mintUrl }
      }),
    pay: (amountSat) => exclusively(() => payLocked(amountSat)),
    add: async (token) => keep(await decode(mint, token, 'unreachable')),
    async invoice(amountSat) {
      const { quote, request } = await mint.mintQuote(amountSat)
      return { id: quote, request }
    },
    collectInvoice: (id, amountSat) => exclusively(() => collect(id, amountSat)),
  }
}

export function encode(mintUrl: string, notes: readonly Note[], unit = 'sat'): string {
  const token: Token = { mint: mintUrl, unit, proofs: notes.map((note) => ({ ...note, amount: Amount.from(note.amount) })) }
  return getEncodedToken(token, { removeDleq: true })
}

/** Face value, unit and mint without any network. Only `cashuA` and `cashuB`; a `cashu:` prefix is refused (§3.1). */
export function readToken(token: string): { mint: string; unit: string; faceSat: number } {
  if (!/^cashu[AB]/.test(token)) throw new RedeemError('malformed')
  try {
    const { mint, unit, amount } = getTokenMetadata(token)
    return { mint, unit, faceSat: amount.toNumber() }
  } catch {
    throw new RedeemError('malformed')
  }
}

async function decode(mint: MintClient, token: string, silence: 'unreachable' | 'source-unreachable'): Promise<Note[]> {
  const keysets = await attempt(silence, () => mint.keysets())
  try {
    const { proofs } = getDecodedToken(token, keysets.map(({ id }) => id))
    return proofs.map(({ id, amount, secret, C }) => ({ id, amount: amount.toNumber(), secret, C }))
  } catch {
    throw new RedeemError('failed') // a keyset this mint does not know
  }
}

async function attempt<T>(silence: 'unreachable' | 'source-unreachable' | 'foreign-failed', step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw asRedeemError(error, silence)
  }
}

function asRedeemError(error: unknown, silence: 'unreachable' | 'source-unreachable' | 'foreign-failed'): Error {
  if (error instanceof MintRateLimit) return new RedeemError('rate-limited')
  if (error instanceof MintRefusal) return new RedeemError(error.code === 11001 ? 'already-spent' : silence === 'foreign-failed' ? 'foreign-failed' : 'failed')
  if (error instanceof MintSilence) return new RedeemError(silence)
  return error instanceof Error ? error : new Error(String(error))
}
