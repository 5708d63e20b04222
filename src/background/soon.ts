/** Work that is due a while after it was last asked for, and not put off for longer than `atLatestMs`: once for all who asked. */
export function createSoon(work: () => void, { afterMs, atLatestMs }: { readonly afterMs: number; readonly atLatestMs: number }): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latestAt = 0
  let dueAt = 0

  /** Asked for many times a second: one timer, which looks again when it was put off meanwhile. */
  function arm(): void {
    timer = setTimeout(
      () => {
        timer = undefined
        if (dueAt > performance.now()) return arm()
        work()
      },
      Math.max(0, dueAt - performance.now()),
    )
  }

  return () => {
    if (timer === undefined) latestAt = performance.now() + atLatestMs
    dueAt = Math.min(performance.now() + afterMs, latestAt)
    if (timer === undefined) arm()
  }
}
