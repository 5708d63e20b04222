/** Work that is due a while after it was last asked for, and not put off for longer than `atLatestMs`: once for all who asked. */
export function createSoon(work: () => void, { afterMs, atLatestMs }: { readonly afterMs: number; readonly atLatestMs: number }): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let firstAskedAt: number | null = null
  return () => {
    clearTimeout(timer)
    firstAskedAt ??= performance.now()
    const waits = Math.min(afterMs, firstAskedAt + atLatestMs - performance.now())
    timer = setTimeout(() => {
      firstAskedAt = null
      work()
    }, Math.max(0, waits))
  }
}
