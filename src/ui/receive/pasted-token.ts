/** What was pasted → the tokens in it. Pure. */

const MOST_CHARACTERS = 200_000

/** @returns null when there is none. Accepts `cashu:` links, quotes and white space around and inside. */
export function pastedToken(text: string): string | null {
  const joined = text.replace(/\s+/g, '').replace(/^["'`]|["'`]$/g, '')
  const bare = joined.replace(/^(web\+)?cashu:(\/\/)?/i, '')
  return /^cashu[AB][\w+/=-]{16,}$/.test(bare) && bare.length <= MOST_CHARACTERS ? bare : null
}

/**
 * All tokens of a text, in order, none twice. A new one begins after white space or punctuation: inside of a token the same letters could
 * stand by chance.
 */
export function pastedTokens(text: string): readonly string[] {
  const pieces = text.split(/[\s,;"'`<>()]+(?=(?:(?:web\+)?cashu:(?:\/\/)?)?cashu[AB])/i)
  return [...new Set(pieces.map(pastedToken).filter((token) => token !== null))]
}
