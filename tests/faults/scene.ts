/** The stage of one case: a network that many cases share, and a wallet with a few fresh notes in a database of its own. */
import { getTokenMetadata } from '@cashu/cashu-ts'
import { Dexie } from 'dexie'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { sha256Hex } from '../../src/domain/sha256.ts'
import { fromSat } from '../../src/domain/msat.ts'
import type { IncomingToken } from '../../src/domain/wallet.ts'
import { RoutstrDatabase } from '../../src/storage/database.ts'
import { noteRow } from '../../src/storage/note-row.ts'
import { newBrowserSession, openWorld, SITE, type World } from '../app/world.ts'
import { type Devnet, startDevnet } from '../devnet/devnet.ts'
import type { DevnetMint } from '../devnet/mint/mint.ts'
import { createLife, type Fate, type Life } from './life.ts'
import { createNetwork, type Network } from './network.ts'
import { type OutsideBooks, readBooks } from './outside.ts'
import type { Random } from './random.ts'

/** A devnet and the wallet every case begins with. */
export interface Ground {
  readonly devnet: Devnet
  rows: ReadonlyMap<string, readonly object[]>
  /** Keysets the rows know. */
  keysets: string
  readonly catalogue: Map<string, Promise<string>>
  cases: number
}

export interface Scene {
  readonly devnet: Devnet
  readonly disk: IDBFactory
  readonly network: Network
  readonly random: Random
  /** Tokens the user has and may hand in. */
  readonly hand: string[]
  readonly booksBefore: OutsideBooks
  /** Another wallet of another seed lives, and is gone; its words. */
  elsewhere(live: (world: World) => Promise<void>): Promise<string>
  /** Several workers at once: answers are seen sooner or later. */
  isRace: boolean
  /** What operations note for themselves. */
  words: string
  /** A new worker on the disk. `null`: it died while it started, or could not. */
  start(fate: Fate | null): Promise<Run | null>
  /** A token in the user's hand. */
  faucet(denominations: readonly number[], mint?: DevnetMint): Promise<string>
  /** The same, kept in the wallet and not redeemed. Only while no worker runs. */
  stored(token: string): Promise<void>
  /** Looks at the rows themselves, as no worker. */
  readRows<T>(read: (database: RoutstrDatabase) => Promise<T>): Promise<T>
  /** As they lie there, sealed or not. */
  readRaw<T>(read: (database: Dexie) => Promise<T>): Promise<T>
}

export interface Run {
  readonly life: Life
  readonly world: World
}

export async function layGround(): Promise<Ground> {
  const devnet = await startDevnet({ tokensPerSecond: 1_000_000, autoPayMs: null, provider: { staleReservationMs: 1_000 } })
  const world = await openWorld()
  await world.screen.call('developer.connect', { configUrl: devnet.configUrl })
  await world.screen.call('mints.add', { url: devnet.otherMint.url })
  await world.screen.call('settings.set', { relays: [] })
  await world.screen.call('sites.setGrant', { origin: SITE, terms: { period: 'day', limitMsat: fromSat(100_000), maxPerRequestMsat: fromSat(2_000) } })
  const rows = await keptRows(world.database)
  await world.kill()
  return { devnet, rows, keysets: keysetsOf(devnet), catalogue: new Map(), cases: 0 }
}

const FEE_PPK = 100
const PATIENCE = { firstByteMs: 20_000, wholeAnswerMs: 20_000, idleMs: 20_000, totalMs: 40_000 }

/** A case that ended with other keysets: wallets begin with those, and with the usual fee. */
async function followRotations(ground: Ground): Promise<void> {
  const { devnet } = ground
  for (const mint of [devnet.mint, devnet.otherMint]) if (mint.feePpk !== FEE_PPK) mint.rotate({ feePpk: FEE_PPK })
  if (ground.keysets === keysetsOf(devnet)) return
  const factory = new IDBFactory()
  await withDatabase(factory, (database) => addRows(database, ground))
  const world = await openWorld({ factory })
  for (const { url } of [devnet.mint, devnet.otherMint]) await world.screen.call('mints.check', { url })
  ground.rows = await keptRows(world.database)
  ground.keysets = keysetsOf(devnet)
  await world.kill()
}

const keysetsOf = ({ mint, otherMint }: Devnet): string => [...mint.keysetIds, ...otherMint.keysetIds].join()

async function keptRows(database: RoutstrDatabase): Promise<ReadonlyMap<string, readonly object[]>> {
  const kept = ['mints', 'grants', 'sites', 'values', 'providers', 'catalogues']
  const tables = database.tables.filter(({ name }) => kept.includes(name))
  return new Map(await Promise.all(tables.map(async (table) => [table.name, await table.toArray()] as const)))
}

async function addRows(database: RoutstrDatabase, { rows }: Ground): Promise<void> {
  for (const [name, kept] of rows) await database.table(name).bulkAdd([...kept])
}

async function withDatabase<T>(factory: IDBFactory, work: (database: RoutstrDatabase) => Promise<T>): Promise<T> {
  const database = new RoutstrDatabase('routstr', { indexedDB: factory, IDBKeyRange })
  try {
    return await work(database)
  } finally {
    database.close()
  }
}

/** @param purse denominations of the notes the wallet holds, sat */
export async function openScene(ground: Ground, random: Random, purse: readonly number[]): Promise<Scene> {
  const { devnet } = ground
  const disk = new IDBFactory()
  const network = createNetwork(devnet)
  const hand: string[] = []
  ground.cases++
  await followRotations(ground)
  for (const mint of [devnet.mint, devnet.otherMint]) {
    mint.calls.length = 0
    mint.quotes.holdMelts = false
  }

  const readRows: Scene['readRows'] = (read) => withDatabase(disk, read)

  const readRaw: Scene['readRaw'] = async (read) => {
    const database = new Dexie('routstr', { indexedDB: disk, IDBKeyRange })
    try {
      return await read(await database.open())
    } finally {
      database.close()
    }
  }

  async function rowOf(token: string, state: IncomingToken['state']): Promise<IncomingToken> {
    const mint = getTokenMetadata(token).mint === devnet.otherMint.url ? devnet.otherMint : devnet.mint
    const amount = mint.decode(token).reduce((sum, note) => sum + note.amount.toNumber(), 0)
    const facts = { id: await sha256Hex(token), token, mint: mint.url, unit: 'sat', amount, amountMsat: fromSat(amount) }
    return { ...facts, from: 'user', sessionId: null, state, problem: null, operationId: null, at: Date.now() }
  }

  const issue = (denominations: readonly number[], mint: DevnetMint): Promise<string> =>
    mint.mintToken(
      denominations.reduce((sum, amount) => sum + amount, 0),
      { denominations: [...denominations] },
    )

  const browserSession = newBrowserSession()
  const scene: Scene = {
    devnet,
    disk,
    network,
    random,
    hand,
    booksBefore: readBooks(devnet),
    async faucet(denominations, mint = devnet.mint) {
      const token = await issue(denominations, mint)
      hand.push(token)
      return token
    },
    words: '',
    isRace: false,
    async elsewhere(live) {
      const factory = new IDBFactory()
      await withDatabase(factory, async (database) => {
        await addRows(database, ground)
        await database.values.delete('seed')
      })
      const world = await openWorld({ factory })
      await live(world)
      const { words } = await world.screen.call('seed.reveal', {})
      await world.kill()
      return words.join(' ')
    },
    readRows,
    readRaw,
    async stored(token) {
      await readRows(async ({ incoming }) => incoming.add(await rowOf(token, 'stored')))
    },
    async start(fate) {
      const providers = [devnet.providers.cheap.url, devnet.providers.dear.url]
      const life = createLife({ disk, network, providers, catalogue: ground.catalogue, jitter: () => (scene.isRace ? random.below(25) : 0) })
      if (fate !== null) life.begin(fate)
      const opening = openWorld({ factory: life.disk, sessionMemory: browserSession, bent: { answer: life.bend }, socket: life.socket, patience: PATIENCE })
      const opened = await Promise.race([opening.catch(() => null), life.died.then(() => null)])
      if (opened === null) {
        // killed while it started, or there was no room to start: whatever of it comes later is buried
        life.die()
        opening.then((world) => world.kill()).catch(() => undefined)
        return null
      }
      life.onDeath(() => void opened.kill())
      if (life.isDead()) await opened.kill()
      return life.isDead() ? null : { life, world: opened }
    },
  }

  await readRows(async (database) => {
    await addRows(database, ground)
    // one seed for many cases: each begins where no other has been
    const next = ground.cases * 1_000
    const keysets = [...devnet.mint.keysetIds, ...devnet.otherMint.keysetIds]
    await database.counters.bulkAdd(keysets.map((keysetId) => ({ keysetId, next })))
    if (purse.length === 0) return
    const token = await issue(purse, devnet.mint)
    await database.incoming.add(await rowOf(token, 'redeemed'))
    const notes = devnet.mint.decode(token).map(({ id, amount, secret, C }) => ({ keysetId: id, amount: amount.toNumber(), secret, C }))
    await database.purse.bulkAdd(notes.map((note) => noteRow({ ...note, mint: devnet.mint.url, unit: 'sat', dleq: null, state: 'ready', operationId: null })))
  })
  return scene
}
