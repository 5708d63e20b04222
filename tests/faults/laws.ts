/** What must hold after every case, whatever happened in it. Money is counted from the outside as well as from our books. */
import { Amount, getEncodedToken } from '@cashu/cashu-ts'
import type { RoutstrDatabase } from '../../src/storage/database.ts'
import type { NoteRow } from '../../src/storage/note-row.ts'
import { isSwap } from '../../src/wallet/journal.ts'
import type { World } from '../app/world.ts'
import type { DevnetMint } from '../devnet/mint/mint.ts'
import { readBooks } from './outside.ts'
import { openRows } from './rows.ts'
import type { Scene } from './scene.ts'

export class LawBroken extends Error {
  readonly law: string
  constructor(law: string, detail: string) {
    super(`${law}: ${detail}`)
    this.law = law
  }
}

function demand(holds: boolean, law: string, detail: () => string): void {
  if (!holds) throw new LawBroken(law, detail())
}

/** What still waits for something: rows, and invoices that were paid to us and are not minted. */
export async function stillOpen({ devnet, readRaw }: Scene): Promise<string[]> {
  const rows: unknown[] = await readRaw((database) => database.table('topUps').toArray())
  const paid = rows.filter(isTopUp).filter(({ state, invoice }) => state !== 'done' && devnet.lightning.isPaid(invoice))
  return [...(await readRaw(openRows)), ...paid.map(({ state }) => `a paid top-up ${state}`)]
}

function isTopUp(row: unknown): row is { readonly state: string; readonly invoice: string } {
  return typeof row === 'object' && row !== null && 'invoice' in row && typeof row.invoice === 'string' && 'state' in row && typeof row.state === 'string'
}

export async function everythingIsFinal(scene: Scene): Promise<void> {
  const open = await stillOpen(scene)
  demand(open.length === 0, 'every row reaches a final state', () => open.join('; '))
}

/** Our own books, and that they tell what the others' books tell. */
export async function booksAreRight(scene: Scene, world: World): Promise<void> {
  const ledger = await world.ledger()
  demand(ledger.differenceMsat === 0, 'our books are balanced', () => `they differ by ${ledger.differenceMsat} msat: ${JSON.stringify(ledger)}`)
  demand(ledger.lostMsat === 0, 'nothing counts as lost', () => `${ledger.lostMsat} msat`)
  demand(ledger.sessionsMsat === 0, 'nothing is left at providers', () => `${ledger.sessionsMsat} msat`)
  const keptMsat = readBooks(scene.devnet).keptMsat - scene.booksBefore.keptMsat
  demand(ledger.spentMsat === keptMsat, 'what we call spent is what the providers have got', () => `${ledger.spentMsat} and ${keptMsat} msat`)
  const ready = (await scene.readRows(notesOf)).filter(({ state }) => state === 'ready')
  const readyMsat = ready.reduce((sum, { amount }) => sum + amount, 0) * 1000
  demand(ledger.walletMsat === readyMsat, 'the balance is made of notes that can be spent', () => `${ledger.walletMsat} and ${readyMsat} msat`)
}

/** Whatever a mint has signed and not redeemed belongs to somebody we can name. */
export async function noMoneyIsMissing(scene: Scene): Promise<void> {
  const { devnet } = scene
  const now = readBooks(devnet)
  const notes = await scene.readRows(notesOf)
  for (const mint of [devnet.mint, devnet.otherMint]) {
    const known = new Map(notes.filter((note) => note.mint === mint.url).map(({ secret, amount }) => [secret, amount]))
    for (const token of scene.hand) for (const note of decodeAt(mint, token)) known.set(note.secret, note.amount)
    const ours = [...known].reduce((sum, [secret, amount]) => sum + (mint.isSpent(secret) ? 0 : amount), 0)
    const held = mint === devnet.mint ? now.heldSat - scene.booksBefore.heldSat : 0
    const out = (now.outstandingSat.get(mint.url) ?? 0) - (scene.booksBefore.outstandingSat.get(mint.url) ?? 0)
    demand(
      out === ours + held,
      'no money is missing',
      () => `${mint.name} owes ${out} sat more than before; the wallet can show ${ours}, the providers ${held}`,
    )
  }
}

/** What Lightning says about an invoice is what our rows say. */
export async function paymentsAreTrue({ devnet, readRows }: Scene): Promise<void> {
  const { topUps, withdrawals } = await readRows(async (database) => ({
    topUps: await database.topUps.toArray(),
    withdrawals: await database.withdrawals.toArray(),
  }))
  for (const { invoice, state } of topUps) demand(devnet.lightning.isPaid(invoice) === (state === 'done'), 'what was paid to us is here', () => state)
  for (const { invoice, state } of withdrawals)
    demand(devnet.lightning.isPaid(invoice) === (state === 'paid'), 'what we paid is called paid, and nothing else', () => state)
}

/** A user who tries again when all is well has nothing left in the hand. */
export function handIsEmpty(scene: Scene): void {
  const { devnet } = scene
  for (const token of scene.hand) {
    const left = [devnet.mint, devnet.otherMint].flatMap((mint) => decodeAt(mint, token).filter(({ secret }) => !mint.isSpent(secret)))
    demand(left.length === 0, 'what the user hands in again is received', () => `${left.length} notes of a token are still unspent`)
  }
}

/** A note serves one operation; an output is asked for once. */
export async function nothingTwice(scene: Scene): Promise<void> {
  const { operations, notes } = await scene.readRows(async (database) => ({ operations: await database.operations.toArray(), notes: await notesOf(database) }))
  const swaps = operations.filter(isSwap)
  const sends = operations.filter((operation) => !isSwap(operation))
  const outputs = swaps.flatMap(({ swap }) => swap.outputs.map(({ blindedMessage }) => blindedMessage.B_))
  demand(new Set(outputs).size === outputs.length, 'no counter is used twice', () => `${outputs.length - new Set(outputs).size} outputs were asked for twice`)

  const spentBy = new Map<string, string>()
  for (const { id, secret } of swaps.filter(({ state }) => state === 'done').flatMap(({ id, swap }) => swap.inputs.map(({ secret }) => ({ id, secret })))) {
    demand(!spentBy.has(secret), 'no note is spent by two operations', () => `by ${spentBy.get(secret)} and ${id}`)
    spentBy.set(secret, id)
  }
  const sentBy = new Map<string, string>()
  for (const { id, secret } of sends.filter(({ state }) => state !== 'takenBack').flatMap(({ id, secrets }) => secrets.map((secret) => ({ id, secret })))) {
    demand(!sentBy.has(secret) && !spentBy.has(secret), 'no note is sent and used again', () => `by ${sentBy.get(secret) ?? spentBy.get(secret)} and ${id}`)
    sentBy.set(secret, id)
  }
  for (const { secret, state } of notes) {
    demand(!spentBy.has(secret), 'no spent note stays in the wallet', () => `spent by ${spentBy.get(secret)}, and ${state}`)
    demand(state !== 'ready' || !sentBy.has(secret), 'no note is ready and sent', () => `sent by ${sentBy.get(secret)}`)
  }
}

/** The mints swap every note that is ready, and every token that was sent and not taken back, for its holder. */
export async function everyNoteIsGood(scene: Scene): Promise<void> {
  const { notes, sends } = await scene.readRows(async (database) => ({
    notes: (await notesOf(database)).filter(({ state }) => state === 'ready'),
    sends: (await database.operations.toArray())
      .filter((operation) => !isSwap(operation))
      .filter(({ state, purpose }) => state === 'sent' && purpose === 'user'),
  }))
  for (const mint of [scene.devnet.mint, scene.devnet.otherMint]) {
    const here = notes.filter((note) => note.mint === mint.url)
    const worthAFee = here.reduce((sum, { amount }) => sum + amount, 0) > 2 + here.length * 0.5
    if (worthAFee) await redeem(mint, encode(mint, here), 'each ready note is redeemed at the mint')
    for (const { token } of sends.filter((send) => send.mint === mint.url)) await redeem(mint, token, 'a sent token is good for its holder')
  }
}

async function redeem(mint: DevnetMint, token: string, law: string): Promise<void> {
  await mint.swapAll(token).catch((error: unknown) => demand(false, law, () => (error instanceof Error ? error.message : 'refused')))
}

function notesOf(database: RoutstrDatabase): Promise<NoteRow[]> {
  return database.purse.toArray()
}

function encode(mint: DevnetMint, notes: readonly NoteRow[]): string {
  const proofs = notes.map(({ keysetId, amount, secret, C }) => ({ id: keysetId, amount: Amount.from(amount), secret, C }))
  return getEncodedToken({ mint: mint.url, unit: 'sat', proofs })
}

function decodeAt(mint: DevnetMint, token: string): { readonly secret: string; readonly amount: number }[] {
  try {
    return mint.decode(token).map(({ secret, amount }) => ({ secret, amount: amount.toNumber() }))
  } catch {
    return []
  }
}
