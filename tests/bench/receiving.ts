/** The arithmetic of receiving a token of 32 notes: are they real, new outputs, and the notes behind the mint's signatures. */
import { hasValidDleq } from '@cashu/cashu-ts'
import { proofsFromSignatures, verifyInboundDleqs } from '../../src/wallet/signatures.ts'
import { openMint, type TestMint } from './mint.ts'
import type { Times, Topic } from './topic.ts'

/** A token out of somebody's ladder, and the worst for tables: no key twice. */
const LADDER = [1, 2, 4, 8, 16, 32, 64].flatMap((step) => [step, step, step]).concat([128, 128, 256, 256, 512, 512, 1024, 1024, 2048, 4096, 8192])
const TOKENS = { ladder: LADDER, 'all different': Array.from({ length: 32 }, (_, power) => 2 ** power) }
const ROUNDS = 4

export const receiving: Topic = {
  name: 'receive 32 notes',
  workers: 6,
  limits: { 'ours: all': { p95: 120 }, 'ours, first after start: all': { p95: 120 }, 'ours, all different: all': { p95: 120 } },

  async measure() {
    const times: Times = {}
    const mint = openMint()
    await ours(mint, 'ours, first after start', TOKENS.ladder, times)
    for (let round = 0; round < ROUNDS; round++) await ours(mint, 'ours', TOKENS.ladder, times)
    for (let round = 0; round < ROUNDS; round++) await ours(mint, 'ours, all different', TOKENS['all different'], times)
    for (let round = 0; round < ROUNDS; round++) theirs(mint, 'cashu-ts', TOKENS.ladder, times)
    return times
  },
}

async function ours({ keys, notesOf, outputsFor, sign }: TestMint, name: string, amounts: readonly number[], times: Times): Promise<void> {
  const inbound = notesOf(amounts)
  const clock = startClock()
  const proven = await verifyInboundDleqs(inbound, ({ amount }) => keys.keys[amount.toString()], clock.pause)
  const check = clock.stop()
  const outputs = outputsFor(amounts)
  const prepare = clock.stop()
  const signatures = outputs.map(sign)
  clock.restart()
  const notes = await proofsFromSignatures(outputs, signatures, keys, clock.pause)
  const unblind = clock.stop()
  if (proven.includes(false) || notes.length !== amounts.length) throw new Error('a good note was refused')
  record(times, name, check, prepare, unblind)
  record(times, `${name}: longest piece`, Math.max(...clock.pieces()))
}

function theirs({ keys, notesOf, outputsFor, sign }: TestMint, name: string, amounts: readonly number[], times: Times): void {
  const inbound = notesOf(amounts)
  const clock = startClock()
  const proven = inbound.map((note) => hasValidDleq(note, keys))
  const check = clock.stop()
  const outputs = outputsFor(amounts)
  const prepare = clock.stop()
  const signatures = outputs.map(sign)
  clock.restart()
  const notes = outputs.map((output, index) => output.toProof(signatures[index] ?? sign(output), keys))
  const unblind = clock.stop()
  if (proven.includes(false) || notes.length !== amounts.length) throw new Error('a good note was refused')
  record(times, name, check, prepare, unblind)
}

function record(times: Times, name: string, ...parts: readonly number[]): void {
  const add = (figure: string, ms: number): void => {
    times[figure] = [...(times[figure] ?? []), ms]
  }
  const [only = 0] = parts
  if (parts.length === 1) return add(name, only)
  for (const [index, part] of ['are they real', 'new outputs', 'answer to notes'].entries()) add(`${name}: ${part}`, parts[index] ?? 0)
  add(
    `${name}: all`,
    parts.reduce((sum, part) => sum + part, 0),
  )
}

/** Counts our own time only, and each piece of it between two pauses. */
function startClock() {
  const pieces: number[] = []
  let part = 0
  let since = performance.now()
  const cut = (): void => {
    const piece = performance.now() - since
    pieces.push(piece)
    part += piece
  }
  const restart = (): void => {
    part = 0
    since = performance.now()
  }
  return {
    async pause() {
      cut()
      await new Promise((resolve) => setTimeout(resolve))
      since = performance.now()
    },
    stop() {
      cut()
      const took = part
      restart()
      return took
    },
    restart,
    pieces: () => pieces,
  }
}
