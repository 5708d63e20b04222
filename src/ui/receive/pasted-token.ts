/** What was pasted → the token in it. Pure. */

/** @returns null when there is none. Accepts `cashu:` links, quotes and white space around and inside. */
export function pastedToken(text: string): string | null {
  const joined = text.replace(/\s+/g, '').replace(/^["'`]|["'`]$/g, '')
  const bare = joined.replace(/^(web\+)?cashu:(\/\/)?/i, '')
  return /^cashu[AB][\w+/=-]{16,}$/.test(bare) && bare.length <= 200_000 ? bare : null
}
