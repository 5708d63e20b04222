/** Each lie and silence of a provider against each life of a session: the page hears one thing, the money is found or in the books. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SESSION_LIVES } from '../../src/domain/session.ts'
import type { FaultKind, FaultOptions } from '../devnet/provider/faults.ts'
import { ask, collect, expectMoneyConserved, openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

interface Lie {
  readonly fault: FaultKind
  readonly options?: FaultOptions
  /** What its books say need not be what it took. */
  readonly liesInBooks?: true
}

/** Before the answer, in it, and after it. */
const LIES: readonly Lie[] = [
  { fault: 'upstream-500' },
  { fault: 'upstream-429' },
  { fault: 'upstream-400' },
  { fault: 'upstream-dead' },
  { fault: 'html', options: { path: /chat/ } },
  { fault: 'redirect', options: { path: /chat/ } },
  { fault: 'huge-402' },
  { fault: 'status', options: { value: 402, path: /chat/ } },
  { fault: 'silence', options: { path: /chat/ } },
  { fault: 'midstream-error' },
  { fault: 'midstream-cut' },
  { fault: 'no-usage' },
  { fault: 'drop-chat-response' },
  { fault: 'overcharge' },
  { fault: 'refund-503' },
  { fault: 'refund-409' },
  { fault: 'refund-502' },
  { fault: 'refund-ongoing' },
  { fault: 'refund-garbage' },
  { fault: 'refund-stale' },
  { fault: 'drop-refund-response' },
  { fault: 'refund-smaller', liesInBooks: true },
]

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ devnet: { provider: { staleReservationMs: 300, sweepMs: 50 } }, world: { patience: { firstByteMs: 2_000 } } })
  stage.world.answerWith(PER_DAY)
})
afterEach(() => stage.stop())

describe.each(SESSION_LIVES)('life %s', (life) => {
  it.each(LIES.map((lie) => [lie.fault, lie] as const))('%s', async (_, { fault, options, liesInBooks }) => {
    const { world, devnet } = stage
    await world.screen.call('settings.set', { sessionLife: life })
    const chat = async (): Promise<string> =>
      collect(await world.page().routstr.chat.completions.create({ ...ask(), max_tokens: 300, stream: true })).catch((error: { code?: string }) => `error ${error.code}`)
    await chat()
    devnet.providers.cheap.fault(fault, 1, options)
    const heard = await chat().catch((error: { status?: number }) => `refused ${error.status}`)
    // a whole answer or an error, never half of one as if it were whole
    expect(heard).toMatch(/built-in model|^error |^refused 4\d\d/)
    await world.screen.call('sessions.bringHome', {})
    devnet.providers.cheap.clearFaults()
    const ledger = await expectMoneyConserved(stage, { booksOfProviders: liesInBooks === undefined && fault !== 'overcharge' })
    expect(ledger.lostMsat).toBe(0)
  })
})
