/** Work that several ask for at once is done once for all of them: who asks while it runs is served by the next run. */
export function createTogether(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  function run(): Promise<void> {
    running = work().finally(() => {
      running = null
    })
    return running
  }

  return () => {
    if (running === null) return run()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null
        return run()
      })
    return next
  }
}
