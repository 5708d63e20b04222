/**
 * Work nobody waits for, whose failure is repaired elsewhere: by the next change, the alarm, or the next start. Anything
 * whose failure somebody must hear of is awaited instead.
 */
export function inBackground(work: Promise<unknown>): void {
  work.catch(() => undefined)
}
