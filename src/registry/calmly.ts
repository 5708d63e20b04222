/** For what walks over the whole book: ten thousand announcements must not make it walk ten thousand times. */
export interface Calm {
  /** Done at once after a rest, else when the rest is over; asked for often meanwhile, it is done once. */
  soon(): void
  /** Nothing is done later on. */
  stop(): void
}

/** @param restMs between two times that it is done */
export function calmly(work: () => void, restMs: number): Calm {
  let resting: ReturnType<typeof setTimeout> | undefined
  let isAsked = false

  function now(): void {
    isAsked = false
    resting = setTimeout(() => {
      resting = undefined
      if (isAsked) now()
    }, restMs)
    work()
  }

  return {
    soon() {
      isAsked = true
      if (resting === undefined) now()
    },
    stop() {
      clearTimeout(resting)
      resting = undefined
      isAsked = false
    },
  }
}
