/** The built-in model's tokeniser: one token is up to six characters with the space before it. Counts are honest and reproducible. */

const TOKEN = /\s*\S{1,6}|\s+$/gu

export const tokenize = (text: string): string[] => text.match(TOKEN) ?? []

/** A chat prompt costs its tokens plus four per message, as the usual chat formats do. */
export function promptTokenCount(messages: readonly { text: string }[]): number {
  return messages.reduce((total, message) => total + tokenize(message.text).length + 4, 0)
}
