/** The twelve words every note of this wallet derives from (NUT-13). */
import { generateMnemonic, mnemonicToSeedWebcrypto } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import type { WalletStore } from './store.ts'

export function loadSeedWords(store: WalletStore): Promise<string> {
  return store.seedWords(() => generateMnemonic(wordlist, 128))
}

/** 64 bytes, BIP-39 without a passphrase; by WebCrypto, because the first payment after a restart may wait for it. */
export function seedBytes(words: string): Promise<Uint8Array> {
  return mnemonicToSeedWebcrypto(words)
}
