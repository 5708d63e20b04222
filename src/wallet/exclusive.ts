/**
 * One at a time per key, in order. For throughput only: safety comes from comparing states inside one database
 * transaction (`cashu.md` §1.2), this merely saves the losers of a race from trying again.
 */
export function createExclusive(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>()
  return (key, task) => {
    const before = tails.get(key) ?? Promise.resolve()
    const result = before.then(task, task)
    const tail = result.catch(() => undefined)
    tails.set(key, tail)
    void tail.then(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    return result
  }
}
