/**
 * One case: an operation (or two, in two workers on one database), something that happens to one of its requests, and the
 * moment the worker dies; then other workers over the same database repair what was begun, and the laws are asked.
 */
import { later } from './clock.ts'
import {
  booksAreRight,
  everyNoteIsGood,
  everythingIsFinal,
  handIsEmpty,
  LawBroken,
  noMoneyIsMissing,
  nothingTwice,
  paymentsAreTrue,
  stillOpen,
} from './laws.ts'
import { type Fate, LONG_LIFE } from './life.ts'
import type { Operation } from './operations/operation.ts'
import { createRandom } from './random.ts'
import { dump } from './rows.ts'
import { type Ground, openScene, type Run, type Scene } from './scene.ts'

export interface Actor {
  readonly operation: Operation
  readonly fate: Fate
}

export interface Case {
  /** One worker each. */
  readonly actors: readonly Actor[]
  /** What befalls the worker that repairs. */
  readonly second: Fate | null
  /** When a letter that was late arrives. */
  readonly late: 'before' | 'amid' | 'after'
  /** A worker that did not die goes on itself instead of being restarted. */
  readonly stays: boolean
}

/** What the first worker went through. */
export interface Passage {
  readonly moments: readonly string[]
  readonly requests: number
  readonly writes: number
  readonly died: boolean
}

type Begin = (fate: Fate | null) => Promise<Run | null>

/** Of this process; where others want the machine as well, it may be long until it has had them. */
const PATIENCE_CPU_S = 60
const PATIENCE_S = 600
const ROUNDS = 14

/** @throws LawBroken */
export async function runCase(ground: Ground, wanted: Case): Promise<Passage> {
  const purse = wanted.actors.flatMap(({ operation }) => operation.purse)
  const scene = await openScene(ground, createRandom(ground.cases), purse)
  const lives: Run[] = []
  const begin: Begin = async (fate) => {
    const run = await scene.start(fate)
    if (run !== null) lives.push(run)
    return run
  }
  try {
    return await inTime(live(scene, wanted, begin), 'a case comes to its end')
  } finally {
    for (const { world } of lives) await world.kill()
  }
}

async function live(scene: Scene, { actors, second, late, stays }: Case, begin: Begin): Promise<Passage> {
  for (const { operation } of actors) await operation.furnish?.(scene)
  scene.isRace = actors.length > 1
  const { runs, passages } = await perform(scene, actors, begin)
  scene.isRace = false
  if (late === 'before') await scene.network.deliver()

  let workers = runs.filter(({ life }) => !life.isDead())
  for (const { life } of workers) life.begin(LONG_LIFE)
  if (!stays) {
    for (const { world } of workers) await world.kill()
    workers = []
  }
  if (second !== null) {
    const run = await begin(second)
    if (run !== null) {
      const others = repairOnce(scene, workers)
      const repaired = repairOnce(scene, [run]).catch((error: unknown) => (run.life.isDead() ? undefined : Promise.reject(error)))
      await Promise.race([repaired, run.life.died])
      await run.world.kill()
      await others
    }
  }
  if (workers.length < actors.length) workers.push(await started(begin))
  for (const { life } of workers) life.emptyDisk()
  if (late === 'amid') await scene.network.deliver()
  await repairOnce(scene, workers)
  scene.network.heal()
  await repair(scene, workers)
  if (late === 'after') await scene.network.deliver()
  await repair(scene, workers)
  await tryAgain(scene, actors, workers)

  await everythingIsFinal(scene)
  await noMoneyIsMissing(scene)
  await paymentsAreTrue(scene)
  if (actors.some(({ operation }) => operation.again !== undefined)) handIsEmpty(scene)
  await nothingTwice(scene)
  const [first] = workers
  if (first !== undefined) await booksAreRight(scene, first.world)
  for (const { world } of workers) await world.kill()
  await secondRecoveryChangesNothing(scene, begin)
  await everyNoteIsGood(scene)
  return passages[0] ?? { moments: [], requests: 0, writes: 0, died: true }
}

/** All at the same time; resolves when each has ended, or died. */
async function perform(scene: Scene, actors: readonly Actor[], begin: Begin): Promise<{ readonly runs: Run[]; readonly passages: Passage[] }> {
  const early = new Map<Actor, Run>()
  for (const actor of actors) {
    if (actor.operation.atStart === true) continue
    const run = await started(begin)
    await run.life.idle()
    await actor.operation.before?.(scene, run.world)
    await run.life.idle()
    early.set(actor, run)
  }
  const ends = await Promise.all(
    actors.map(async (actor) => {
      const known = early.get(actor)
      known?.life.begin(actor.fate)
      const run = known ?? (await begin(actor.fate))
      if (run === null) return { run, passage: { moments: [], requests: 0, writes: 0, died: true } }
      return { run, passage: await performIn(scene, actor.operation, run) }
    }),
  )
  return { runs: ends.flatMap(({ run }) => run ?? []), passages: ends.map(({ passage }) => passage) }
}

async function performIn(scene: Scene, operation: Operation, { life, world }: Run): Promise<Passage> {
  const ended = operation.perform(scene, world).catch(() => undefined)
  await Promise.race([ended, life.died])
  if (!life.isDead()) await Promise.race([life.idle(), life.died])
  return { moments: [...life.moments], requests: life.requests(), writes: life.writes(), died: life.isDead() }
}

/** One alarm, ten minutes later, and the user asks for the money at providers. */
async function repairOnce(scene: Scene, workers: readonly Run[]): Promise<void> {
  later(600_000)
  for (const provider of [scene.devnet.providers.cheap, scene.devnet.providers.dear]) provider.sweep()
  await Promise.all(
    workers.map(async ({ life, world }) => {
      // a full disk, a locked wallet: what is left open then shows in the end
      await world.app.wake().catch(() => undefined)
      await world.screen.call('sessions.bringHome', {}).catch(() => undefined)
      await life.idle()
    }),
  )
}

/** Until nothing is open and nothing moves any more. */
async function repair(scene: Scene, workers: readonly Run[]): Promise<void> {
  let before = ''
  for (let round = 0; round < ROUNDS; round++) {
    await repairOnce(scene, workers)
    const now = await scene.readRaw(dump)
    if (now === before && (await stillOpen(scene)).length === 0) return
    before = now
  }
}

async function tryAgain(scene: Scene, actors: readonly Actor[], workers: readonly Run[]): Promise<void> {
  const [first] = workers
  if (first === undefined) return
  for (let time = 0; time < 2; time++) {
    for (const { operation } of actors) {
      if (operation.again === undefined) continue
      await operation.again(scene, first.world).catch(() => undefined)
      await repair(scene, workers)
    }
  }
}

async function secondRecoveryChangesNothing(scene: Scene, begin: Begin): Promise<void> {
  const before = await scene.readRaw(dump)
  const { life, world } = await started(begin)
  await life.idle()
  await world.app.wake()
  await life.idle()
  await world.kill()
  const after = await scene.readRaw(dump)
  if (before !== after) throw new LawBroken('a second recovery changes nothing', firstDifference(before, after))
}

async function started(begin: Begin): Promise<Run> {
  const run = await begin(null)
  if (run === null) throw new LawBroken('a worker starts', 'it died although nobody killed it')
  return run
}

function firstDifference(before: string, after: string): string {
  const at = [...before].findIndex((character, index) => character !== after[index])
  const from = Math.max(0, at - 120)
  return `…${before.slice(from, at + 120)}… became …${after.slice(from, at + 120)}…`
}

async function inTime<T>(work: Promise<T>, law: string): Promise<T> {
  const [began, used] = [performance.now(), process.cpuUsage()]
  let timer: ReturnType<typeof setInterval> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const { user, system } = process.cpuUsage(used)
      const [cpuS, wallS] = [(user + system) / 1e6, (performance.now() - began) / 1000]
      if (cpuS > PATIENCE_CPU_S || wallS > PATIENCE_S) reject(new LawBroken(law, `not within ${cpuS.toFixed()} s of work, ${wallS.toFixed()} s in all`))
    }, 1_000)
  })
  return Promise.race([work, late]).finally(() => clearInterval(timer))
}
