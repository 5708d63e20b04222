/** The twelve words every note of this wallet derives from (NUT-13). */
import { generateMnemonic, mnemonicToSeedWebcrypto, validateMnemonic } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { RoutstrError } from '../domain/errors.ts'
import type { WalletStore } from './store.ts'

export function loadSeedWords(store: WalletStore): Promise<string> {
  return store.seedWords(() => generateMnemonic(wordlist, 128))
}

/** 64 bytes, BIP-39 without a passphrase; by WebCrypto, because the first payment after a restart may wait for it. */
export function seedBytes(words: string): Promise<Uint8Array> {
  return mnemonicToSeedWebcrypto(words)
}

/**
 * What a person typed → the words as they are stored: small letters, one space.
 * @throws RoutstrError `wrong_words`, naming the place of an unknown word but never the word
 */
export function readWords(typed: string): string {
  const words = typed
    .trim()
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s,]+/)
  if (![12, 15, 18, 21, 24].includes(words.length))
    throw new RoutstrError('wrong_words', `These are ${words.length} words. A wallet has 12 (some have 15, 18, 21 or 24).`)
  const unknown = words.flatMap((word, index) => (KNOWN.has(word) ? [] : [index + 1]))
  if (unknown.length > 0) {
    const which = unknown.length === 1 ? `Word ${unknown[0]} is` : `Words ${unknown.join(', ')} are`
    throw new RoutstrError('wrong_words', `${which} not in the list of possible words. Look for a typing error.`)
  }
  const text = words.join(' ')
  if (!validateMnemonic(text, wordlist))
    throw new RoutstrError('wrong_words', 'Every word is a possible one, but together they are no wallet: one of them is wrong, or two are exchanged.')
  return text
}

const KNOWN: ReadonlySet<string> = new Set(wordlist)
