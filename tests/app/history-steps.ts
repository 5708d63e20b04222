/** Everything that moves money, as steps a test can take in any order; and the history read as a screen reads it. */
import { getEncodedToken } from '@cashu/cashu-ts'
import { fromSat } from '../../src/domain/msat.ts'
import type { Movement } from '../../src/domain/movement.ts'
import type { FaultKind } from '../devnet/provider/faults.ts'
import { ask, type Stage, until } from './stage.ts'

/** In pieces, as the room loads them. */
export async function historyOf({ world }: Stage, limit = 7): Promise<Movement[]> {
  const all: Movement[] = []
  for (;;) {
    const last = all.at(-1)
    const before = last === undefined ? null : { at: last.at, id: last.id }
    const { movements, more } = await world.screen.call('history.list', { before, limit, filter: 'all' })
    all.push(...movements)
    if (!more) return all
  }
}

/** What the lines say is in the wallet, per unit; sat and msat together, in msat. */
export function sumOf(movements: readonly Movement[]): { readonly bitcoinMsat: number; readonly feesMsat: number; readonly usd: number } {
  const change = ({ direction }: Movement, amount: number): number => (direction === 'in' ? amount : direction === 'out' ? -amount : 0)
  const usd = movements.filter(({ unit }) => unit === 'usd')
  return {
    bitcoinMsat: movements.reduce((sum, movement) => sum + change(movement, movement.amountMsat) - movement.feeMsat, 0),
    feesMsat: movements.reduce((sum, { feeMsat }) => sum + feeMsat, 0),
    usd: usd.reduce((sum, movement) => sum + change(movement, movement.amount) - movement.fee, 0),
  }
}

type Step = (stage: Stage) => Promise<unknown>

const receive = (stage: Stage, token: string): Promise<unknown> => stage.world.screen.call('tokens.receive', { token, trustMint: false }).catch(() => undefined)
const send = (stage: Stage, amount: number, unit = 'sat') =>
  stage.world.screen.call('tokens.send', { mint: stage.devnet.mint.url, unit, amount, memo: 'for lunch' })
async function refusedDeposit(stage: Stage, fault: FaultKind): Promise<void> {
  await stage.world.screen.call('sessions.bringHome', {})
  for (const provider of Object.values(stage.devnet.providers)) provider.fault(fault, 1, fault === 'status' ? { value: 503, path: /create/ } : {})
  await chat(stage).catch(() => undefined)
  for (const provider of Object.values(stage.devnet.providers)) provider.clearFaults()
}

const chat = (stage: Stage) => stage.world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 200 })

/** A moment later: the network's clock stands still, and its invoices hold for an hour. */
async function goOn({ world }: Stage): Promise<void> {
  world.clock.skewMs += 3_000
  await world.app.wake()
}

async function topUp(stage: Stage, amountSat: number): Promise<void> {
  const { id } = await stage.world.screen.call('topups.create', { mint: stage.devnet.mint.url, amountSat })
  await until(
    async () => {
      await goOn(stage)
      return (await stage.world.database.topUps.get(id))?.state === 'done'
    },
    'the top-up is done',
    30_000,
  )
}

async function withdraw(stage: Stage, amountSat: number): Promise<void> {
  const { world, devnet } = stage
  const { invoice } = devnet.lightning.createInvoice({ amountMsat: amountSat * 1000, description: '=a coffee' })
  const { id } = await world.screen.call('withdrawals.quote', { text: invoice, amountSat: null, mint: devnet.mint.url })
  await world.screen.call('withdrawals.pay', { id })
}

async function move(stage: Stage): Promise<void> {
  const { world, devnet } = stage
  const { withdrawalId, topUpId } = await world.screen.call('moves.quote', { from: devnet.mint.url, to: devnet.otherMint.url, amountSat: 64 })
  await world.screen.call('moves.start', { withdrawalId })
  await until(
    async () => {
      await goOn(stage)
      return (await world.database.topUps.get(topUpId))?.state === 'done'
    },
    'the money has arrived',
    30_000,
  )
}

export const STEPS: Readonly<Record<string, Step>> = {
  async 'five tokens in one swap'(stage) {
    const tokens = await Promise.all([3, 5, 8, 13, 21].map((amount) => stage.devnet.faucet(amount)))
    await stage.world.screen.call('mints.distrust', { url: stage.devnet.mint.url })
    for (const token of tokens) await receive(stage, token)
    await stage.world.screen.call('mints.add', { url: stage.devnet.mint.url })
  },
  'a token of msat': async (stage) => receive(stage, await stage.devnet.mint.mintToken(70_001, { unit: 'msat' })),
  'a token of usd': async (stage) => receive(stage, await stage.devnet.mint.mintToken(350, { unit: 'usd' })),
  'a token of a stranger': async (stage) => receive(stage, await stage.devnet.faucet(32, stage.devnet.otherMint)),
  async 'a token that was spent before'(stage) {
    const token = await stage.devnet.faucet(40)
    await stage.devnet.mint.swapAll(token)
    await receive(stage, token)
  },
  async 'a token whose mint is silent'(stage) {
    const token = await stage.devnet.faucet(50)
    stage.devnet.mint.down = true
    await receive(stage, token)
    stage.devnet.mint.down = false
  },
  'a token for a friend': (stage) => send(stage, 77),
  async 'a token that is claimed'(stage) {
    const { token } = await send(stage, 33)
    await stage.devnet.mint.swapAll(token)
    await goOn(stage)
  },
  async 'a token that is taken back'(stage) {
    const { operationId } = await send(stage, 21)
    await stage.world.screen.call('tokens.takeBack', { operationId })
  },
  async 'a token of our own, pasted'(stage) {
    const { token } = await send(stage, 18)
    await receive(stage, token)
  },
  'usd for a friend': (stage) => send(stage, 100, 'usd').catch(() => undefined),
  'a top-up': (stage) => topUp(stage, 120),
  'an invoice nobody pays': (stage) => stage.world.screen.call('topups.create', { mint: stage.devnet.mint.url, amountSat: 999_999 }).catch(() => undefined),
  'a payment': (stage) => withdraw(stage, 90),
  'a move between mints': move,
  'a request': chat,
  'a provider that answers no deposit': (stage) => refusedDeposit(stage, 'status'),
  'a provider that loses the answer': (stage) => refusedDeposit(stage, 'drop-chat-response'),
  'a provider that steals': (stage) => refusedDeposit(stage, 'token-consumed'),
  async 'change at another mint'(stage) {
    stage.devnet.providers.cheap.fault('refund-other-mint', 1)
    await chat(stage)
    await stage.world.screen.call('sessions.bringHome', {})
  },
  'everything home': (stage) => stage.world.screen.call('sessions.bringHome', {}),
  async 'a restore of another wallet'(stage) {
    const { screen } = stage.world
    await screen.call('restore.start', { words: `${'abandon '.repeat(11)}about`, mints: [stage.devnet.mint.url] })
    await until(
      async () => {
        await goOn(stage)
        return (await screen.call('backup.get', {})).restore?.state === 'done'
      },
      'the restore has ended',
      30_000,
    )
  },
}

/** A good token of 32 sat that says something. */
export async function encodeWithMemo({ devnet }: Stage, memo: string): Promise<string> {
  const proofs = devnet.mint.decode(await devnet.faucet(32))
  return getEncodedToken({ mint: devnet.mint.url, unit: 'sat', proofs, memo })
}

export const LIMITS = { kind: 'approve', terms: { period: 'day', limitMsat: fromSat(5_000), maxPerRequestMsat: fromSat(500) } } as const
