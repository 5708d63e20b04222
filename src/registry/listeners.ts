/** Who wants to hear of something. */
export interface Listeners<A extends readonly unknown[]> {
  tell(...news: A): void
  /** @returns unsubscribe */
  on(listener: (...news: A) => void): () => void
}

export function createListeners<A extends readonly unknown[]>(): Listeners<A> {
  const listeners = new Set<(...news: A) => void>()
  return {
    tell(...news) {
      for (const listener of listeners) listener(...news)
    },
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
