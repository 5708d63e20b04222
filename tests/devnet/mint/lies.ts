/** What a lying mint says. Its ledger stays honest, so that a test can tell what is true. */
import type { Output, Signature } from './wire.ts'

export const MINT_LIES = [
  /** signatures come back without their proof (cashu.md §7 no. 22) */
  'stripDleq',
  /** the first two signatures are exchanged: worthless notes */
  'swapSignatures',
  /** the proof does not match the signature */
  'badDleq',
  /** the first signature claims twice its amount */
  'wrongAmount',
  /** the first signature claims another keyset */
  'wrongKeysetId',
  'missingSignature',
  /** NUT-07 answers UNSPENT for everything */
  'alwaysUnspent',
  /** NUT-09 knows nothing */
  'restoreNothing',
  /** NUT-09 knows every second output, beginning with the first */
  'restorePartial',
] as const
export type MintLie = (typeof MINT_LIES)[number]
export type MintLies = Partial<Record<MintLie, boolean>>

/** Bends a list of signatures on its way out; the ledger keeps the honest ones. */
export function bend(signatures: readonly Signature[], lies: MintLies): Signature[] {
  let made = signatures.map((signature) => ({ ...signature }))
  const [first, second] = made
  if (lies.swapSignatures && first && second) [first.C_, second.C_] = [second.C_, first.C_]
  if (lies.badDleq) made = made.map((signature) => ({ ...signature, dleq: { e: '11'.repeat(32), s: '22'.repeat(32) } }))
  if (lies.stripDleq) made = made.map(({ id, amount, C_ }) => ({ id, amount, C_ }))
  if (lies.wrongAmount && made[0]) made[0].amount *= 2
  if (lies.wrongKeysetId && made[0]) made[0].id = `${made[0].id.slice(0, 2)}${'0'.repeat(made[0].id.length - 2)}`
  if (lies.missingSignature) made.pop()
  return made
}

/** The signed outputs that a restore admits to. */
export function rememberedBy(signed: readonly Output[], lies: MintLies): Output[] {
  if (lies.restoreNothing) return []
  return signed.filter((_, index) => !lies.restorePartial || index % 2 === 0)
}
