import { inBackground } from '../../domain/in-background.ts'

/** Waits for work that goes on by itself, but not longer than this. */
export async function atMost(work: Promise<void>, patienceMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  inBackground(work)
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
