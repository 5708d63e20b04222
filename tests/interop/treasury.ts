/**
 * Somebody else's wallet at the mint under test, on cashu-ts alone: it mints money against an invoice that pays itself, hands out
 * tokens, and redeems ours. That it can redeem a note is the only proof that the note is good.
 */
import { getEncodedToken, type Proof, sumProofs, Wallet } from '@cashu/cashu-ts'
import { until } from '../app/stage.ts'
import { createLock } from '../devnet/http.ts'

export interface Treasury {
  /** Notes worth exactly `amount` units. @param denominations of the notes; without them the fewest */
  notes(amount: number, denominations?: readonly number[]): Promise<Proof[]>
  /** As `notes`, as a token of the mint under the address that the wallets know. */
  token(amount: number, denominations?: readonly number[]): Promise<string>
  /** Many of them at the price of one swap. */
  tokens(count: number, amount: number): Promise<string[]>
  /** An invoice of this mint that has not been paid by itself yet. */
  invoice(amount: number): Promise<string>
  encode(notes: readonly Proof[]): string
  /** Redeems all notes of a token. @returns units received, after the mint's fee. @throws what the mint answers */
  claim(token: string): Promise<number>
  claimNotes(notes: readonly Proof[]): Promise<number>
  decode(token: string): Promise<Proof[]>
}

const SUPPLY = 16_383
/** Mints limit the notes of one request (Nutshell 1000), and so do bodies. */
const NOTES_AT_ONCE = 250

/** @param knownAs address of the mint that tokens carry */
export function openTreasury(mintUrl: string, knownAs: string, unit = 'sat'): Treasury {
  const oneAtATime = createLock()
  let purse: Proof[] = []

  /** Keys are read each time: rotations are followed without thinking about them. */
  async function wallet(): Promise<Wallet> {
    const opened = new Wallet(mintUrl, { unit })
    await opened.loadMint()
    return opened
  }

  async function supply(at: Wallet, amount: number): Promise<void> {
    if (sumProofs(purse).toNumber() > 2 * amount + 200) return
    const { quote } = await at.createMintQuoteBolt11(SUPPLY + 2 * amount)
    await until(async () => (await at.checkMintQuoteBolt11(quote)).state === 'PAID', 'the invoice is paid')
    purse.push(...(await at.mintProofsBolt11(SUPPLY + 2 * amount, quote)))
  }

  const encode = (proofs: readonly Proof[]): string => getEncodedToken({ mint: knownAs, unit, proofs: [...proofs] })

  /** By a swap, so that every token looks as the test wants it. */
  async function notes(amount: number, denominations: readonly number[] = powersOfTwo(amount)): Promise<Proof[]> {
    return oneAtATime(async () => {
      const at = await wallet()
      await supply(at, amount)
      const taken = cover(at, purse, amount)
      // without their proofs, which the library could only check with the keys of a keyset that may be gone
      const inputs = taken.map(({ dleq: _, ...note }) => note)
      const fresh = await at.receive(inputs, {}, { type: 'random', denominations: [...denominations] })
      purse = purse.filter((note) => !taken.includes(note))
      const wanted = denominations.flatMap((value) => {
        const place = fresh.findIndex((note) => note.amount.toNumber() === value)
        return fresh.splice(place, 1)
      })
      purse.push(...fresh)
      return wanted
    })
  }

  async function claimNotes(proofs: readonly Proof[]): Promise<number> {
    const at = await wallet()
    let received = 0
    for (let start = 0; start < proofs.length; start += NOTES_AT_ONCE)
      received += sumProofs(await at.receive(proofs.slice(start, start + NOTES_AT_ONCE))).toNumber()
    return received
  }

  const decode = async (token: string): Promise<Proof[]> => (await wallet()).decodeToken(token).proofs
  return {
    notes,
    encode,
    decode,
    claimNotes,
    async tokens(count, amount) {
      const each = powersOfTwo(amount)
      const all = await notes(count * amount, Array.from({ length: count }, () => each).flat())
      return Array.from({ length: count }, (_, index) => encode(all.slice(index * each.length, (index + 1) * each.length)))
    },
    invoice: async (amount) => (await (await wallet()).createMintQuoteBolt11(amount)).request,
    token: async (amount, denominations) => encode(await notes(amount, denominations)),
    claim: async (token) => claimNotes(await decode(token)),
  }
}

/** The fewest notes. */
function powersOfTwo(amount: number): number[] {
  return Array.from({ length: 31 }, (_, power) => 2 ** power).filter((value) => (Math.floor(amount / value) & 1) === 1)
}

/** The smallest note that is enough: then little is left to sign anew. Else the largest ones together. */
function cover(at: Wallet, purse: readonly Proof[], amount: number): Proof[] {
  const enough = (notes: readonly Proof[]): boolean => sumProofs([...notes]).toNumber() >= amount + at.getFeesForProofs([...notes]).toNumber()
  const rising = purse.toSorted((a, b) => a.amount.compareTo(b.amount))
  const one = rising.find((note) => enough([note]))
  if (one !== undefined) return [one]
  const taken: Proof[] = []
  while (!enough(taken)) {
    const next = rising.pop()
    if (next === undefined) throw new Error(`the treasury has no ${amount}`)
    taken.push(next)
  }
  return taken
}
