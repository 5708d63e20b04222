/** An IndexedDB whose writing transactions a test can watch: at one of them the worker dies, or the disk is full. */
import { IDBFactory } from 'fake-indexeddb'
import type { World } from './world.ts'

/** What happens at a writing transaction; `begin` makes it. */
type AtWrite = (begin: () => IDBTransaction, stores: readonly string[]) => IDBTransaction

export interface Death {
  readonly when: 'before' | 'after'
  /** The n-th, counted from 0, of the writing transactions… */
  readonly nth: number
  /** …over exactly these stores; all of them when it is left out. */
  readonly over?: string
}

export class WatchedIndexedDb extends IDBFactory {
  #atWrite: AtWrite = (begin) => begin()
  readonly #read: string[] = []

  override open(name: string, version?: number) {
    const request = super.open(name, version)
    // before the one who opens it sees it
    request.addEventListener('success', () => {
      const database: IDBDatabase = request.result
      const transaction = database.transaction.bind(database)
      database.transaction = (stores, mode, options) => {
        const begin = (): IDBTransaction => transaction(stores, mode, options)
        const names = typeof stores === 'string' ? [stores] : [...stores]
        if (mode === 'readwrite') return this.#atWrite(begin, names)
        this.#read.push(names.join(' '))
        return begin()
      }
    })
    return request
  }

  /** Writing transactions begin as ever. */
  calm(): void {
    this.#atWrite = (begin) => begin()
  }

  /** Names the stores of every writing transaction from now on, in order. */
  record(): readonly string[] {
    const written: string[] = []
    this.#atWrite = (begin, stores) => {
      written.push(stores.join(' '))
      return begin()
    }
    return written
  }

  /** Names the stores of every transaction that only reads, in order. */
  get read(): readonly string[] {
    return this.#read
  }

  /** The worker dies at one writing transaction: before it begins, or when it is complete and its caller does not know yet. */
  dieAt(world: Pick<World, 'kill'>, { when, nth, over }: Death): void {
    let left = nth
    this.#atWrite = (begin, stores) => {
      if ((over !== undefined && over !== stores.join(' ')) || left-- !== 0) return begin()
      if (when === 'before') {
        void world.kill()
        throw new DOMException('the worker died', 'AbortError')
      }
      const transaction = begin()
      transaction.addEventListener('complete', () => void world.kill())
      return transaction
    }
  }

  /** There is no room for the n-th writing transaction over these stores (all when left out), nor for any after it. */
  fullAt(nth: number, over?: string): void {
    let left = nth
    this.#atWrite = (begin, stores) => {
      if ((over !== undefined && over !== stores.join(' ')) || left-- > 0) return begin()
      throw new DOMException('the disk is full', 'QuotaExceededError')
    }
  }
}
