/** What a call costs: the way to the worker and back, and the first token of a paid stream beside that of a direct fetch. */
import { startDevnet } from '../../devnet/devnet.ts'
import { nextQuestion } from '../../e2e/support/approval.ts'
import { ask } from '../../e2e/support/asking.ts'
import { serveSites } from '../../e2e/support/sites.ts'
import { openConnected } from '../../e2e/support/test.ts'
import { openBarePipe } from './bare-pipe.ts'
import type { Times } from '../topic.ts'
import type {} from '../../../src/page/api.ts'

declare global {
  interface Window {
    bareEcho?: () => Promise<unknown>
  }
}

const PAIRS = 100

export async function measureCalls(): Promise<Times> {
  const devnet = await startDevnet({ tokensPerSecond: 2_000 })
  const sites = await serveSites()
  const user = await openConnected(devnet)
  const bare = await openBarePipe()
  try {
    const page = await user.open(`${sites.home}/`)
    const asked = await ask(page)
    await (await nextQuestion(user)).approveUpTo(1_500, 100)
    await asked.end()
    // an account of its own at the same provider, for the direct way
    const url = devnet.providers.cheap.url
    const opened = await fetch(`${url}/v1/balance/create?initial_balance_token=${encodeURIComponent(await devnet.faucet(1_500))}`)
    const { api_key: key } = await opened.json()
    if (typeof key !== 'string') throw new Error(`the provider opened no account: ${opened.status}`)
    const barePage = await bare.context.newPage()
    await barePage.goto(`${sites.home}/`)
    const pipe = await barePage.evaluate(async (count) => {
      const times: number[] = []
      for (let n = -5; n < count; n++) {
        const began = performance.now()
        await window.bareEcho?.()
        if (n >= 0) times.push(performance.now() - began)
      }
      return times
    }, PAIRS)
    const { round, ours, direct } = await page.evaluate(
      async ({ count, provider, bearer }) => {
        const { routstr } = window
        if (routstr === undefined) throw new Error('no provider')
        const body = JSON.stringify({ model: 'owl-mini', stream: true, max_tokens: 20, messages: [{ role: 'user', content: '[[words:8]]' }] })
        const headers = { 'content-type': 'application/json' }
        const timed = async (work: () => Promise<unknown>): Promise<number> => {
          const began = performance.now()
          await work()
          return performance.now() - began
        }
        /** Until the first piece; then the rest is read, so that nothing runs into the next. */
        const first = async (answer: Promise<Response>): Promise<number> => {
          const began = performance.now()
          const response = await answer
          if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`)
          const reader = response.body.getReader()
          await reader.read()
          const took = performance.now() - began
          while (!(await reader.read()).done);
          return took
        }
        const times: { round: number[]; ours: number[]; direct: number[] } = { round: [], ours: [], direct: [] }
        // an address that is not there: answered by the worker without looking anything up
        for (let n = -5; n < count; n++) {
          const round = await timed(() => routstr.fetch('/nothing/here').then((response) => response.text()))
          if (n >= 0) times.round.push(round)
        }
        for (let n = -5; n < count; n++) {
          const pair = {
            ours: await first(routstr.fetch('/chat/completions', { method: 'POST', headers, body })),
            direct: await first(fetch(`${provider}/v1/chat/completions`, { method: 'POST', headers: { ...headers, authorization: `Bearer ${bearer}` }, body })),
          }
          if (n < 0) continue
          times.ours.push(pair.ours)
          times.direct.push(pair.direct)
        }
        return times
      },
      { count: PAIRS, provider: url, bearer: key },
    )
    const over = ours.map((time, index) => time - (direct[index] ?? 0))
    return { 'page to worker and back, a bare pipe': pipe, 'page to worker and back': round, 'time to first token, direct fetch': direct, 'time to first token': ours, 'time to first token over direct fetch': over }
  } finally {
    await user.close()
    await bare.close()
    await sites.stop()
    await devnet.stop()
  }
}
