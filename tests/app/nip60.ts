/** NIP-60 events as any wallet that has the key may write them. */
import { decode } from 'nostr-tools/nip19'
import { encrypt, getConversationKey } from 'nostr-tools/nip44'
import { finalizeEvent, getPublicKey } from 'nostr-tools/pure'
import type { Devnet } from '../devnet/devnet.ts'
import type { RelayEvent } from '../devnet/relay/relay.ts'

/** @param content a string is sent as it is, anything else encrypted @param signer another key than that of the nsec */
export function written(nsec: string, kind: number, content: unknown, tags: string[][] = [], signer = secretOf(nsec)): RelayEvent {
  const sealed = typeof content === 'string' ? content : encrypt(JSON.stringify(content), getConversationKey(signer, getPublicKey(signer)))
  return JSON.parse(JSON.stringify(finalizeEvent({ kind, created_at: Math.floor(Date.now() / 1000), tags, content: sealed }, signer)))
}

/** Fresh notes, as they stand in an event. */
export async function proofsOf({ mint }: Devnet, amount: number, options: Parameters<typeof mint.mintToken>[1] = {}) {
  const token = await mint.mintToken(amount, options)
  return mint.decode(token).map(({ id, amount: worth, secret, C, dleq }) => ({ id, amount: worth.toNumber(), secret, C, ...(dleq ? { dleq } : {}) }))
}

export function secretOf(nsec: string): Uint8Array {
  const read = decode(nsec)
  if (read.type !== 'nsec') throw new Error('no secret key')
  return read.data
}
