/** Long enough to be worth a pause, short enough not to be felt. */
const PORTION_MS = 8

/** Long work in a worker that has pages to serve: everything else that waits has its turn every few milliseconds. Throws what `work` throws. */
export async function inPortions<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let began = performance.now()
  for (const item of items) {
    if (performance.now() - began >= PORTION_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      began = performance.now()
    }
    work(item)
  }
}
