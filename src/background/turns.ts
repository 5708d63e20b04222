/**
 * Who runs and who waits (T35): at most six requests of a document run at once, and twelve of a site. The others wait, each document in
 * a queue of its own; the documents of a site take turns, so that one with a long queue does not hold up the rest.
 */
export const MOST_RUNNING = 6
const MOST_RUNNING_OF_SITE = 12

/** The queue of one document. */
export interface Queue {
  /**
   * Calls `start` when it is its turn: at once where there is room.
   * @returns gives the place back, whether it waited or ran; to be called once it is over
   */
  take(start: () => void): () => void
}

interface Document {
  running: number
  readonly waiting: Set<() => void>
}

interface Site {
  running: number
  /** Those that have somebody waiting, in the order of their turns. */
  readonly documents: Set<Document>
}

/** @returns makes the queue of a new document of a site */
export function createTurns(): (site: string) => Queue {
  const sites = new Map<string, Site>()

  function next(name: string, site: Site): void {
    for (const document of site.documents) {
      if (site.running >= MOST_RUNNING_OF_SITE) return
      const [start] = document.waiting
      if (start === undefined || document.running >= MOST_RUNNING) continue
      site.documents.delete(document)
      document.waiting.delete(start)
      // to the end of the line: this loop comes to it again
      if (document.waiting.size > 0) site.documents.add(document)
      document.running++
      site.running++
      start()
    }
    if (site.running === 0 && site.documents.size === 0) sites.delete(name)
  }

  return (name) => {
    const document: Document = { running: 0, waiting: new Set() }
    return {
      take(start) {
        const site = sites.get(name) ?? { running: 0, documents: new Set() }
        sites.set(name, site)
        let over = false
        let started = false
        const begin = (): void => {
          started = true
          start()
        }
        document.waiting.add(begin)
        site.documents.add(document)
        next(name, site)
        return () => {
          if (over) return
          over = true
          if (started) {
            document.running--
            site.running--
          } else {
            document.waiting.delete(begin)
            if (document.waiting.size === 0) site.documents.delete(document)
          }
          next(name, site)
        }
      },
    }
  }
}
