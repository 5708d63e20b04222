/** Tokens whose notes ask for something (NUT-10), made as any wallet makes them: the mint swaps bearer notes for them. */
import { Amount, blindMessage, getEncodedToken, Mint, OutputData } from '@cashu/cashu-ts'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { expect } from 'vitest'
import type { Stage } from './stage.ts'

/** Somebody else's. */
export const STRANGER = bytesToHex(secp256k1.getPublicKey(new Uint8Array(32).fill(7), true))
export const FRIEND = bytesToHex(secp256k1.getPublicKey(new Uint8Array(32).fill(9), true))

export const AN_HOUR_AGO = String(Math.floor(Date.now() / 1000) - 3_600)
export const IN_AN_HOUR = String(Math.floor(Date.now() / 1000) + 3_600)

let made = 0
/** The secret of one note; each has a nonce of its own. */
export function condition(kind: string, data: string, tags?: readonly (readonly string[])[]): string {
  made += 1
  return JSON.stringify([kind, { nonce: made.toString(16).padStart(64, '0'), data, ...(tags === undefined ? {} : { tags }) }])
}

const AMOUNTS = [32, 16]
/** Worth of a `tokenOf` with two secrets, sat. */
export const FACE = 48

/** A good token of one note per secret (32, 16 … sat). */
export async function tokenOf({ devnet }: Stage, secrets: readonly string[]): Promise<string> {
  const mint = new Mint(devnet.mint.url)
  const amounts = secrets.map((_, index) => AMOUNTS[index] ?? 8)
  const inputs = devnet.mint.decode(await devnet.faucet(amounts.reduce((sum, amount) => sum + amount, 1)))
  const { keysets } = await mint.getKeys(devnet.mint.keysetId)
  const keyset = keysets[0]
  if (keyset === undefined) throw new Error('no keys')
  const outputs = secrets.map((secret, index) => {
    const { B_, r, secret: bytes } = blindMessage(utf8ToBytes(secret))
    return new OutputData({ amount: Amount.from(amounts[index] ?? 0), B_: B_.toHex(true), id: keyset.id }, r, bytes)
  })
  const { signatures } = await mint.swap({ inputs, outputs: outputs.map(({ blindedMessage }) => blindedMessage) })
  const proofs = outputs.flatMap((output, index) => {
    const signature = signatures[index]
    return signature === undefined ? [] : [output.toProof(signature, keyset)]
  })
  return getEncodedToken({ mint: devnet.mint.url, unit: 'sat', proofs })
}

/** The secrets of two notes. */
export const two = (make: () => string): string[] => [make(), make()]

export const receive = ({ world }: Stage, token: string) => world.screen.call('tokens.receive', { token, trustMint: false })

export const rowOf = async ({ world }: Stage, token: string) => (await world.screen.call('wallet.get', {})).incoming.find((row) => row.token === token)

export const expectBalanced = async ({ world }: Stage): Promise<void> => expect((await world.ledger()).differenceMsat).toBe(0)
