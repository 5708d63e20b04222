/** Our fast checks against cashu-ts, which is the truth here: equal results for the good and the bad. */
import {
  Amount,
  CTSError,
  blindMessage,
  hashToCurve,
  hasValidDleq,
  OutputData,
  pointFromHex,
  type Proof,
  type SerializedBlindedSignature,
  unblindSignature,
  verifyDLEQProof,
} from '@cashu/cashu-ts'
import { bytesToHex, hexToBytes } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BlindProof,
  proofFromSignature,
  proofsFromSignatures,
  unblind,
  verifyDleq,
  verifyInboundDleq,
  verifyInboundDleqs,
} from '../../../src/wallet/signatures.ts'
import { blindProof, keyOf, keys, outputOf, randomOutput, sign, STEPS } from './signing.ts'

/** What cashu-ts says to the same five values; its errors count as no. */
function theirs({ B_, C_, A, e, s }: BlindProof): boolean {
  try {
    return verifyDLEQProof({ e: hexToBytes(e), s: hexToBytes(s) }, pointFromHex(B_), pointFromHex(C_), pointFromHex(A))
  } catch {
    return false
  }
}

function flip(hex: string, bit: number): string {
  const bytes = hexToBytes(hex)
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return bytesToHex(bytes)
}

const attempt = (make: () => Proof): unknown => {
  try {
    return plain(make())
  } catch (error) {
    return error instanceof Error ? 'refused' : error
  }
}
const plain = (proof: Proof): unknown => JSON.parse(JSON.stringify(proof))
const step = fc.integer({ min: 0, max: STEPS - 1 }).map((power) => 2 ** power)
const fields = ['B_', 'C_', 'A', 'e', 's'] as const

describe('T26: a blind signature and its proof', () => {
  it('is accepted exactly when cashu-ts accepts it, whichever bit is changed', () => {
    fc.assert(
      fc.property(step, fc.constantFrom(...fields, null), fc.integer({ min: 0, max: 255 }), (amount, field, bit) => {
        const proof = blindProof(randomOutput(amount))
        const shown = field === null ? proof : { ...proof, [field]: flip(proof[field], bit) }
        expect(verifyDleq(shown)).toBe(theirs(shown))
        expect(verifyDleq(shown)).toBe(field === null)
      }),
      { numRuns: 60 },
    )
  })

  it.each(fields)('is refused for every single bit of %s', (field) => {
    const proof = blindProof(outputOf(4))
    const bits = Array.from({ length: proof[field].length * 4 }, (_, bit) => bit)
    expect(bits.filter((bit) => verifyDleq({ ...proof, [field]: flip(proof[field], bit) }))).toEqual([])
    expect(verifyDleq(proof)).toBe(true)
    expect(verifyDleq({ ...proof, A: keyOf(16) })).toBe(false)
  })

  it('is refused, without an error, when it is malformed', () => {
    const proof = blindProof(outputOf(8))
    const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'
    const zero = '0'.repeat(64)
    for (const bad of ['', 'xyz', '0x', '02', zero, order, 'f'.repeat(64), `04${'1'.repeat(128)}`, '00', `02${'f'.repeat(64)}`]) {
      for (const field of fields) {
        const shown = { ...proof, [field]: bad }
        expect(verifyDleq(shown), `${field}=${bad}`).toBe(false)
        expect(theirs(shown)).toBe(false)
      }
    }
  })
})

describe('a note out of a token', () => {
  const noteOf = (amount: number): Proof => {
    const output = randomOutput(amount)
    return output.toProof(sign(output), keys)
  }
  const theirAnswer = (proof: Proof): boolean => hasValidDleq(proof, keys)
  const ourAnswer = (proof: Proof): boolean => proof.dleq !== undefined && verifyInboundDleq({ ...proof, dleq: proof.dleq }, keyOf(proof.amount))

  it('is accepted exactly when cashu-ts accepts it', () => {
    fc.assert(
      fc.property(step, fc.constantFrom('e', 's', 'r', 'C', 'secret', 'none', 'amount'), fc.integer({ min: 0, max: 255 }), (amount, what, bit) => {
        const good = noteOf(amount)
        const dleq = good.dleq ?? { e: '', s: '', r: '' }
        const shown =
          what === 'none'
            ? good
            : what === 'C' || what === 'secret'
              ? { ...good, [what]: flip(good[what], bit) }
              : what === 'amount'
                ? { ...good, amount: Amount.from(amount === 1 ? 2 : amount / 2) }
                : { ...good, dleq: { ...dleq, [what]: flip(dleq[what === 'e' ? 'e' : what === 's' ? 's' : 'r'] ?? '', bit) } }
        expect(ourAnswer(shown)).toBe(theirAnswer(shown))
        expect(ourAnswer(shown)).toBe(what === 'none')
      }),
      { numRuns: 60 },
    )
  })

  it('is refused without a blinding factor, and with one that is none', () => {
    const { dleq, ...note } = noteOf(2)
    if (dleq === undefined) throw new Error('cashu-ts made no dleq')
    expect(verifyInboundDleq({ ...note, dleq: { e: dleq.e, s: dleq.s } }, keyOf(2))).toBe(false)
    for (const r of ['', '0', 'zz', `1${dleq.r}`, '0'.repeat(64), 'f'.repeat(64)])
      expect(verifyInboundDleq({ ...note, dleq: { ...dleq, r } }, keyOf(2)), r).toBe(false)
    expect(verifyInboundDleq({ ...note, dleq: { ...dleq, r: dleq.r?.toUpperCase() } }, keyOf(2))).toBe(true)
  })

  it('is refused when it was never blinded: its mint has seen it', () => {
    const { secret } = randomOutput(4)
    const bare = sign(new OutputData({ amount: Amount.from(4), B_: hashToCurve(secret).toHex(true), id: keys.id }, 1n, secret))
    const note = { secret: new TextDecoder().decode(secret), C: bare.C_, dleq: { ...bare.dleq, r: '0'.repeat(64) } }
    expect(verifyInboundDleq(note, keyOf(4))).toBe(false)
    expect(theirAnswer({ ...note, id: keys.id, amount: Amount.from(4) })).toBe(false)
  })

  it('is accepted with a blinding factor without its leading zeros, as cashu-ts does', () => {
    const { secret } = randomOutput(4)
    const { B_ } = blindMessage(secret, 0xabcn)
    const output = new OutputData({ amount: Amount.from(4), B_: B_.toHex(true), id: keys.id }, 0xabcn, secret)
    const note = proofFromSignature(output, sign(output), keys)
    const short = { ...note, dleq: { e: note.dleq?.e.toUpperCase() ?? '', s: note.dleq?.s ?? '', r: 'abc' } }
    expect(note.dleq?.r).toBe('abc'.padStart(64, '0'))
    expect(verifyInboundDleq(short, keyOf(4))).toBe(true)
    expect(theirAnswer(short)).toBe(true)
  })

  it('is answered for each of many, with pauses in between; no key is no', async () => {
    const notes = Array.from({ length: 12 }, (_, index) => noteOf(2 ** (index % STEPS)))
    const inbound = notes.map((note, index) => ({
      secret: index === 5 ? 'another secret' : note.secret,
      C: note.C,
      dleq: note.dleq ?? { e: '', s: '' },
      amount: index === 7 ? 3 : note.amount,
    }))
    let pauses = 0
    const answers = await verifyInboundDleqs(
      inbound,
      ({ amount }) => keys.keys[amount.toString()],
      async () => {
        pauses++
      },
    )
    expect(answers).toEqual(notes.map((_, index) => index !== 5 && index !== 7))
    expect(pauses).toBeGreaterThan(0)
  })
})

describe('the note behind a signature', () => {
  it('is the one of cashu-ts, field by field, for 200 outputs; wrong signatures are refused by both', () => {
    const faults = ['C_', 'e', 's', 'amount', 'other output', 'none', 'none', 'none'] as const
    const outputs = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? outputOf : randomOutput)(2 ** (index % STEPS)))
    let refused = 0
    for (const [index, output] of outputs.entries()) {
      const good = sign(output)
      const fault = faults[(index * 5 + (index >> 3)) % faults.length]
      const bad: Required<SerializedBlindedSignature> =
        fault === 'C_'
          ? { ...good, C_: sign(outputOf(2 ** (index % STEPS))).C_ }
          : fault === 'e' || fault === 's'
            ? { ...good, dleq: { ...good.dleq, [fault]: flip(good.dleq[fault], index) } }
            : fault === 'amount'
              ? { ...good, amount: Amount.from(2 ** ((index + 1) % STEPS)) }
              : fault === 'other output'
                ? sign(outputOf(2 ** (index % STEPS)))
                : good
      const ours = attempt(() => proofFromSignature(output, bad, keys))
      expect(ours, `${index} ${fault}`).toEqual(attempt(() => output.toProof(bad, keys)))
      expect(ours === 'refused').toBe(fault !== 'none')
      if (ours === 'refused') refused++
    }
    expect(refused).toBeGreaterThan(100)
  })

  it('comes for a whole answer at once, in the order of the outputs', async () => {
    const outputs = Array.from({ length: 40 }, (_, index) => outputOf(2 ** (index % 3)))
    const signatures = outputs.map((output) => sign(output))
    const notes = await proofsFromSignatures(outputs, signatures, keys)
    expect(notes.map(plain)).toEqual(outputs.map((output, index) => plain(output.toProof(signatures[index] ?? sign(output), keys))))
    expect(notes[3]?.amount).toBeInstanceOf(Amount)
  })

  it('keeps the key of a note that is blinded for somebody (P2BK)', () => {
    const key = keyOf(1)
    const output = OutputData.createSingleP2PKData({ pubkey: key, blindKeys: true }, 4, keys.id)
    const { dleq, ...rest } = sign(output)
    const signature = { ...rest, dleq: { e: dleq.e.toUpperCase(), s: dleq.s.toUpperCase() } }
    expect(plain(proofFromSignature(output, signature, keys))).toEqual(plain(output.toProof(signature, keys)))
    expect(proofFromSignature(output, signature, keys).p2pk_e).toBe(output.ephemeralE)
  })

  it('never comes of an answer without signature, without proof, of an unknown amount, of garbage: a CTSError each', async () => {
    const output = outputOf(4)
    const good = sign(output)
    const { dleq: _, ...unproven } = good
    const { '4': __, ...fewer } = keys.keys
    expect(() => proofFromSignature(output, undefined, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, unproven, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, good, { id: keys.id, keys: fewer })).toThrow(/no key for 4/)
    expect(() => proofFromSignature(output, { ...good, amount: Amount.from(3) }, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, { ...good, C_: 'no point' }, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, { ...good, dleq: { e: '', s: '' } }, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, { ...good, dleq: { ...good.dleq, s: `${good.dleq.s}00` } }, keys)).toThrow(CTSError)
    expect(() => proofFromSignature(output, good, { id: keys.id, keys: { '4': '02beef' } })).toThrow(CTSError)
    await expect(proofsFromSignatures([output, outputOf(4)], [good], keys)).rejects.toThrow(CTSError)
    await expect(proofsFromSignatures([output], [good, good], keys)).rejects.toThrow(CTSError)
    await expect(proofsFromSignatures([output, outputOf(4)], [good, good], keys)).rejects.toThrow(CTSError)
  })

  it('is unblinded as cashu-ts does, with a table and without one', () => {
    fc.assert(
      fc.property(step, (amount) => {
        const output = randomOutput(amount)
        const { C_ } = sign(output)
        const expected = unblindSignature(pointFromHex(C_), output.blindingFactor, pointFromHex(keyOf(amount))).toHex(true)
        // five uses and the key gets its table: the last answers come from it
        expect(Array.from({ length: 8 }, () => unblind(C_, output.blindingFactor, keyOf(amount)))).toEqual(Array(8).fill(expected))
      }),
      { numRuns: 10 },
    )
    const { C_ } = sign(outputOf(1))
    for (const r of [0n, -1n, 2n ** 256n]) expect(() => unblind(C_, r, keyOf(1))).toThrow(CTSError)
    expect(() => unblind('02', 1n, keyOf(1))).toThrow(CTSError)
  })
})
