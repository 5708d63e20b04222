/** Many streams at once, over as many documents and sites as the limits ask for: nothing is lost, and memory stays flat. */
import { readdirSync, readFileSync } from 'node:fs'
import { startDevnet } from '../../devnet/devnet.ts'
import { openBrowser } from '../../e2e/support/browser.ts'
import type { Page } from '../../e2e/support/driver.ts'
import { openOptions } from '../../e2e/support/options.ts'
import { serveSites, type Sites } from '../../e2e/support/sites.ts'
import { serveOverHttp2, TRUSTS_ANYBODY } from './http2-front.ts'
import type { Times } from '../topic.ts'
import type {} from '../../../src/page/api.ts'

/** More than is wanted of them, because some of them always are just ending and beginning; what is late is made up for. */
const TOKENS_PER_SECOND = 12_000
const PER_DOCUMENT = 6
const DOCUMENTS_PER_SITE = 2
/** Two sites per server: localhost and 127.0.0.1. */
const SITES_PER_SERVER = 2
const PURSE_SAT = 400_000
/** A model writes no more at once; a lane then asks again. */
const MOST_TOKENS = 6_000

export async function measureStreams({ count, minutes }: { count: number; minutes: number }): Promise<Times> {
  const speed = TOKENS_PER_SECOND / count
  const tokens = Math.ceil(speed * minutes * 60)
  const devnet = await startDevnet({ tokensPerSecond: speed })
  const documents = Math.ceil(count / PER_DOCUMENT)
  const servers: Sites[] = await Promise.all(Array.from({ length: Math.ceil(documents / DOCUMENTS_PER_SITE / SITES_PER_SERVER) }, serveSites))
  const origins = servers.flatMap(({ home, other }) => [home, other])
  const front = await serveOverHttp2(devnet.providers.cheap.url)
  const user = await openBrowser({ flags: [TRUSTS_ANYBODY] })
  try {
    const options = await openOptions(user, 'developer')
    // neither the caution about new providers nor the fuse is measured here
    await tell(options.page, 'settings.set', { developer: true, firstDepositSat: 1_000_000, fuseSatPerMinute: 10_000_000, floatSat: 1_000_000 })
    await tell(options.page, 'tokens.receive', { token: await devnet.faucet(PURSE_SAT), trustMint: true })
    await tell(options.page, 'providers.add', { url: front.url })
    const most = 1_000_000_000
    for (const origin of origins) await tell(options.page, 'sites.setGrant', { origin, terms: { period: 'day', limitMsat: most, maxPerRequestMsat: most } })
    // nobody looks on
    await options.close()
    const pages: Page[] = []
    for (let n = 0; n < documents; n++) pages.push(await user.open(`${origins[n % origins.length]}/`))
    const began = performance.now()
    const memory: number[] = []
    const watch = setInterval(() => memory.push(chromiumMegabytes()), 1_000)
    const lanes = Array.from({ length: count }, (_, n) => lengthsOf(tokens, (n + 1) / count))
    const answers = await Promise.all(pages.map((page, n) => read(page, lanes.filter((_lane, lane) => lane % documents === n))))
    clearInterval(watch)
    const seconds = (performance.now() - began) / 1000
    const ended = answers.flat()
    const words = ended.reduce((sum, one) => sum + one.words, 0)
    const whole = ended.filter((one) => one.done && one.words === one.written && one.words >= tokens).length
    const quarter = memory.slice(memory.length >> 2)
    console.error(
      `${ended.length} streams at once, of ${tokens} tokens at least each: ${whole} whole, ${words} tokens in ${seconds.toFixed(1)} s (${Math.round(words / seconds)}/s, ` +
        `${rateWhileAllRan(ended)}/s while all of them ran); Chromium ${quarter[0] ?? 0} MB after a quarter, ${quarter.at(-1) ?? 0} MB at the end`,
    )
    if (whole !== count) throw new Error(`streams were lost: ${JSON.stringify(ended.filter(({ done, words: got, written }) => !done || got !== written).slice(0, 3))}`)
    const later = ended.flatMap(({ firsts }) => firsts.slice(1))
    return {
      'memory of Chromium, MB': quarter,
      'first token, all begin at once': ended.map(({ firsts }) => firsts[0] ?? Number.NaN),
      ...(later.length === 0 ? {} : { 'first token, one begins beside the others': later }),
    }
  } finally {
    await user.close()
    front.stop()
    await Promise.all(servers.map((server) => server.stop()))
    await devnet.stop()
  }
}

/** Tokens per second from the first second in which every stream had begun to the last in which none had ended. */
function rateWhileAllRan(ended: readonly Ended[]): number {
  const from = Math.max(...ended.map(({ bySecond }) => Math.min(...Object.keys(bySecond).map(Number)))) + 1
  const until = Math.min(...ended.map(({ bySecond }) => Math.max(...Object.keys(bySecond).map(Number))))
  const read = ended.reduce((sum, { bySecond }) => sum + Object.entries(bySecond).reduce((mine, [second, words]) => mine + (Number(second) >= from && Number(second) < until ? words : 0), 0), 0)
  return Math.round(read / (until - from))
}

interface Ended {
  readonly words: number
  /** Tokens the model says it wrote. */
  readonly written: number
  readonly done: boolean
  /** To the first token of each of its streams, ms. */
  readonly firsts: readonly number[]
  /** Words by the second in which they were read. */
  readonly bySecond: Readonly<Record<number, number>>
  readonly error: string | null
}

/** The streams of a lane, one after the other. Where there are several the first is shorter, in each lane by another share: all of them begin at once, but do not end so. */
function lengthsOf(tokens: number, share: number): readonly number[] {
  const first = tokens <= MOST_TOKENS ? tokens : Math.ceil(MOST_TOKENS * (0.25 + 0.75 * share))
  const lengths = [first]
  for (let left = tokens - first; left > 0; left -= MOST_TOKENS) lengths.push(Math.min(left, MOST_TOKENS))
  return lengths
}

/** Starts lanes of streams, one stream after the other in each, in one document, and reads them to their ends. */
function read(page: Page, lanes: readonly (readonly number[])[]): Promise<Ended[]> {
  return page.evaluate(
    async (wanted) => {
      const one = async (lengths: readonly number[]): Promise<Ended> => {
        const ended = { words: 0, written: 0, done: false, firsts: [] as number[], bySecond: {} as Record<number, number>, error: null as string | null }
        try {
          for (const length of lengths) {
            const began = performance.now()
            let isFirst = true
            const stream = await window.routstr?.chat.completions.create({
              model: 'owl-mini',
              stream: true,
              stream_options: { include_usage: true },
              max_tokens: length + 10,
              messages: [{ role: 'user', content: `[[words:${length}]]` }],
            })
            if (stream === undefined) throw new Error('no provider')
            for await (const chunk of stream) {
              if (isFirst) ended.firsts.push(performance.now() - began)
              isFirst = false
              if (chunk.choices[0]?.delta.content) {
                const second = Math.floor(Date.now() / 1000)
                ended.bySecond[second] = (ended.bySecond[second] ?? 0) + 1
                ended.words++
              }
              ended.written += chunk.usage?.completion_tokens ?? 0
            }
          }
          ended.done = true
        } catch (error) {
          ended.error = String(error)
        }
        return ended
      }
      return Promise.all(wanted.map(one))
    },
    lanes,
  )
}

/** One call of a route of our screens. */
function tell(page: Page, route: string, input: object): Promise<unknown> {
  return page.evaluate(
    ([name, body]) =>
      new Promise((resolve, reject) => {
        const port = chrome.runtime.connect({ name: 'ui' })
        port.onMessage.addListener((message) => {
          if (message?.id !== 1) return
          port.disconnect()
          if (message.ok === true) resolve(message.value)
          else reject(new Error(JSON.stringify(message)))
        })
        port.postMessage({ id: 1, route: name, input: body })
      }),
    [route, input] as const,
  )
}

/** Resident memory of all processes below this one that are Chromium's. */
function chromiumMegabytes(): number {
  let pages = 0
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id)) continue
    try {
      if (readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('chromium') && isOurs(id)) pages += Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1])
    } catch {
      // gone meanwhile
    }
  }
  return Math.round((pages * 4096) / 2 ** 20)
}

function isOurs(id: string): boolean {
  for (let one = id; one !== '1' && one !== '0'; ) {
    if (one === String(process.pid)) return true
    one = /\) \S+ (\d+)/.exec(readFileSync(`/proc/${one}/stat`, 'utf8'))?.[1] ?? '0'
  }
  return false
}
