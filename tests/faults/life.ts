/**
 * One life of a worker. Everything by which it reaches out of itself (transactions of the database, requests, sockets) goes
 * through here and is a moment, before and after; one counter sees all of them in order. At the chosen moment it dies:
 * what it began is torn down, and nothing it would do reaches anybody.
 */
import type { IDBFactory as Disk } from 'fake-indexeddb'
import type { Bend } from '../app/world.ts'
import { isOfDisk, type Letter, type Network, type NetworkState } from './network.ts'

export interface Fate {
  /** The moment of death, counted from 0, or the first one of this name; null: it lives on. */
  readonly dieAt: number | string | null
  readonly state: NetworkState
  /** The request (of disk states: the writing transaction) it happens to, counted from 0. */
  readonly at: number
}

export const LONG_LIFE: Fate = { dieAt: null, state: 'none', at: 0 }

export interface Life {
  /** For `openWorld`. */
  readonly disk: InstanceType<typeof Disk>
  readonly bend: Bend
  readonly socket: (url: string) => WebSocket
  /** Moments count from now on. */
  begin(fate: Fate): void
  /** It ends now, as if it had been killed. */
  die(): void
  /** Called at its death. */
  onDeath(then: () => void): void
  readonly died: Promise<void>
  readonly isDead: () => boolean
  /** Names of the moments so far. */
  readonly moments: readonly string[]
  readonly requests: () => number
  readonly writes: () => number
  /** There is room on the disk again. */
  emptyDisk(): void
  /** Nothing it began is under way any more. */
  idle(): Promise<void>
}

/** Answers that are no money and always the same: what a provider sells. */
type Catalogue = Map<string, Promise<string>>

const silence = <T>(): Promise<T> => new Promise<T>(() => undefined)
/** Prices and addresses of sellers are no money. */
const UNCOUNTED = /^(providers|catalogues)(\+(providers|catalogues))*$/

export function createLife(world: {
  readonly disk: InstanceType<typeof Disk>
  readonly network: Network
  readonly providers: readonly string[]
  readonly catalogue: Catalogue
  /** How much later than it came an answer is seen, ms: between two workers that decides who is first. */
  readonly jitter: () => number
}): Life {
  let fate: Fate | null = null
  let dead = false
  let full = false
  let requests = 0
  let writes = 0
  let underWay = 0
  const moments: string[] = []
  const running = new Set<IDBTransaction>()
  const mourners: (() => void)[] = []
  let tell = (): void => undefined
  const died = new Promise<void>((resolve) => {
    tell = resolve
  })

  function die(): void {
    if (dead) return
    dead = true
    for (const transaction of running) abort(transaction)
    for (const mourn of mourners) mourn()
    tell()
  }

  /** false: it is dead. */
  function reach(what: string): boolean {
    if (dead) return false
    if (fate === null) return true
    moments.push(what)
    if (fate.dieAt === moments.length - 1 || fate.dieAt === what) die()
    return !dead
  }

  function begin(name: string, mode: IDBTransactionMode, open: () => IDBTransaction): IDBTransaction {
    const isCounted = !UNCOUNTED.test(name)
    if (dead || (isCounted && !reach(`${mode === 'readwrite' ? 'write' : 'read'} ${name}: begins`))) throw new DOMException('the worker died', 'AbortError')
    if (mode === 'readwrite' && isCounted && fate !== null) {
      if (isOfDisk(fate.state) && fate.at === writes) full = true
      writes++
      if (full) {
        if (fate.state === 'disk-full-once') full = false
        throw new DOMException('the disk is full', 'QuotaExceededError')
      }
    }
    const transaction = open()
    underWay++
    running.add(transaction)
    const over = (): void => {
      if (running.delete(transaction)) underWay--
    }
    // these come before whoever opened it hears of it
    transaction.addEventListener('complete', () => {
      over()
      if (isCounted) reach(`${mode === 'readwrite' ? 'write' : 'read'} ${name}: done`)
    })
    transaction.addEventListener('abort', over)
    return transaction
  }

  const bend: Bend = (url, go, body, headers, method) => {
    const { origin, pathname } = new URL(url)
    if (dead) return silence()
    if (world.providers.includes(origin) && /^\/v1\/(info|models)$/.test(pathname)) return told(url, go)
    return request({ url, method, body, headers }, `${method} ${pathname}`, go)
  }

  async function request(letter: Letter, name: string, go: () => Promise<Response>): Promise<Response> {
    if (!reach(`${name}: leaves`)) return silence()
    const state = fate !== null && !isOfDisk(fate.state) && fate.at === requests ? fate.state : 'none'
    if (fate !== null) requests++
    underWay++
    try {
      const answer = await world.network.send(letter, state, go)
      const delayMs = world.jitter()
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      return reach(`${name}: answered`) ? answer : silence()
    } catch (error) {
      if (!reach(`${name}: failed`)) return silence()
      throw error
    } finally {
      underWay--
    }
  }

  /** News of mints, wallets and relays: opening, each word said and each word heard. */
  function socket(url: string): WebSocket {
    if (!reach('socket: opens')) throw new DOMException('the worker died', 'AbortError')
    const opened = new WebSocket(url)
    mourners.push(() => opened.close())
    const send = opened.send.bind(opened)
    opened.send = (data) => {
      if (reach('socket: says')) send(data)
    }
    // before the one who opened it hears it
    opened.addEventListener('message', (event) => {
      if (!reach('socket: hears')) event.stopImmediatePropagation()
    })
    return opened
  }

  async function told(url: string, go: () => Promise<Response>): Promise<Response> {
    const known = world.catalogue.get(url) ?? go().then((answer) => answer.text())
    world.catalogue.set(url, known)
    known.catch(() => world.catalogue.delete(url))
    const text = await known
    return dead ? silence() : new Response(text, { headers: { 'content-type': 'application/json' } })
  }

  return {
    disk: watched(world.disk, begin, () => dead),
    bend,
    socket,
    begin(next) {
      fate = next
      moments.length = 0
      requests = 0
      writes = 0
    },
    die,
    onDeath: (then) => void mourners.push(then),
    died,
    isDead: () => dead,
    moments,
    requests: () => requests,
    writes: () => writes,
    emptyDisk() {
      full = false
      if (fate !== null && isOfDisk(fate.state)) fate = { ...fate, state: 'none' }
    },
    async idle() {
      for (let quiet = 0; quiet < 3; ) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        quiet = underWay === 0 ? quiet + 1 : 0
      }
    },
  }
}

/** The same databases, seen through one worker's eyes. */
function watched(
  disk: InstanceType<typeof Disk>,
  begin: (name: string, mode: IDBTransactionMode, open: () => IDBTransaction) => IDBTransaction,
  isDead: () => boolean,
): InstanceType<typeof Disk> {
  return {
    open(name, version) {
      if (isDead()) throw new DOMException('the worker died', 'AbortError')
      const request = disk.open(name, version)
      // before the one who opens it sees it
      request.addEventListener('success', () => {
        const database: IDBDatabase = request.result
        const transaction = database.transaction.bind(database)
        database.transaction = (stores, mode = 'readonly', options) =>
          begin(typeof stores === 'string' ? stores : [...stores].join('+'), mode, () => transaction(stores, mode, options))
      })
      return request
    },
    deleteDatabase: (name) => disk.deleteDatabase(name),
    databases: () => disk.databases(),
    cmp: (first, second) => disk.cmp(first, second),
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // it is complete already, and says so in a moment
  }
}
