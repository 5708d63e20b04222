/**
 * What the provider sends is what the page gets, and what the page sends is what the provider gets, byte for byte (design §5.8):
 * through the page's script, a real MessageChannel, the whole app and real HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recorded } from '../devnet-contract/recorded.ts'
import { type RawAnswer, type RawServer, rawServer } from './raw-server.ts'
import { openStage, type Stage } from './stage.ts'
import { PER_DAY } from './world.ts'

const SEED = Number(process.env.FIDELITY_SEED ?? 20261128)
const GENERATED = 490
const RECORDED = [
  'bearer_chat',
  'bearer_chat_stream',
  'bearer_embeddings',
  'bearer_responses',
  'bearer_responses_stream',
  'xcashu_chat_stream',
  'xcashu_data_colon_bug',
  'xcashu_chat_chunked',
  'models',
  'info',
]

let stage: Stage
let server: RawServer
const answers: RawAnswer[] = []
const requests: Buffer<ArrayBuffer>[] = []

beforeAll(async () => {
  for (let number = 0; number < GENERATED; number++) {
    const random = seeded(SEED + number)
    answers.push(generatedAnswer(random, number))
    requests.push(Buffer.from(generatedRequest(random, number)))
  }
  for (const name of RECORDED) {
    const number = answers.length
    const random = seeded(SEED + number)
    const { headers, text } = recorded(name)
    answers.push({ headers: { 'content-type': headers.get('content-type') ?? 'application/json' }, pieces: cut(Buffer.from(text), random) })
    requests.push(Buffer.from(generatedRequest(random, number)))
  }
  server = await rawServer((number) => answers[number] ?? { headers: {}, pieces: [] })
  stage = await openStage()
  stage.world.answerWith(PER_DAY)
  stage.world.bend((url, _go, body, headers) => {
    if (!url.includes('/chat/completions')) return null
    const number = Number(/"number":(\d+)/.exec(body)?.[1])
    return fetch(`${server.url}/${number}`, { method: 'POST', body, headers: { 'content-type': headers.get('content-type') ?? '' } })
  })
})

afterAll(async () => {
  await stage.stop()
  await server.stop()
})

describe('byte for byte', () => {
  it(`${GENERATED + RECORDED.length} answers and requests arrive as they were sent (seed ${SEED})`, async () => {
    const { fetch: ask } = stage.world.page().routstr
    const wrong: string[] = []
    const next = answers.keys()
    const worker = async (): Promise<void> => {
      for (const number of next) {
        const response = await ask('/chat/completions', { method: 'POST', body: requests[number] ?? null })
        const got = Buffer.from(await response.arrayBuffer())
        const sent = Buffer.concat(answers[number]?.pieces ?? [])
        if (response.status !== 200 || !got.equals(sent)) wrong.push(`answer ${number} (${response.status}): ${firstDifference(sent, got)}`)
        const asked = requests[number] ?? Buffer.alloc(0)
        const received = server.received.get(number) ?? Buffer.alloc(0)
        if (!received.equals(asked)) wrong.push(`request ${number}: ${firstDifference(asked, received)}`)
      }
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    expect(wrong).toEqual([])
    expect(server.received.size).toBe(GENERATED + RECORDED.length)
  }, 300_000)
})

type Random = (below: number) => number

/** mulberry32 */
function seeded(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61)
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const LETTERS = ['a', ' ', '"', '\\', 'é', 'ß', '漢', '字', '😀', '👩‍👩‍👧', '\u2028', '\ufeff', '\u0000', '\t', 'ا']

function text(random: Random, most = 40): string {
  return Array.from({ length: random(most) }, () => LETTERS[random(LETTERS.length)]).join('')
}

function generatedRequest(random: Random, number: number): string {
  const space = [' ', '', '\n', '\t  '][random(4)] ?? ''
  return `{${space}"number":${number},"model"${space}:"owl-mini","stream":true,"max_tokens":16,"x":1.50e1,"messages":[{"role":"user","content":${JSON.stringify(text(random, 200))}}]${space}}`
}

function generatedAnswer(random: Random, number: number): RawAnswer {
  const kind = number % 10
  if (kind === 9) return whole(random, number)
  const line = number % 3 === 0 ? '\r\n' : '\n'
  let body = number % 41 === 5 ? '\ufeff' : ''
  const events = 1 + random(12)
  for (let index = 0; index < events; index++) {
    if (random(4) === 0) body += `: ${text(random).replace(/[\r\n]/g, '')}${line}`
    if (random(5) === 0) body += `event: x${line}id: ${index}${line}retry: 5${line}`
    if (random(6) === 0) body += `unknown field${line}`
    const content = number % 60 === 7 && index === 0 ? 'long '.repeat(60_000) : text(random)
    const json = JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] })
    // data over several lines: a line end inside of JSON is white space
    body += random(5) === 0 ? `data: {${line}data:${json.slice(1)}${line}${line}` : `data:${random(2) === 0 ? ' ' : ''}${json}${line}${line}`
  }
  body += `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}${line}${line}`
  if (kind < 6) body += `data: [DONE]${kind === 4 ? '' : line}${kind === 5 ? '' : line}`
  const bytes = Buffer.from(body)
  // not UTF-8 at all, in a comment
  const broken = number % 50 === 11 ? Buffer.concat([Buffer.from([0x3a, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a]), bytes]) : bytes
  return { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-routstr-cost-msats': '0' }, pieces: cut(broken, random) }
}

/** Answers in one piece: JSON with odd spaces, or bytes of no text at all. */
function whole(random: Random, number: number): RawAnswer {
  const isJson = number % 20 === 9
  const bytes = isJson
    ? Buffer.from(`${'\n '.repeat(random(5))}{"choices" : [ ], "x":${JSON.stringify(text(random, 2000))}}\n`)
    : Buffer.from(Array.from({ length: 1 + random(20_000) }, () => random(256)))
  return { headers: { 'content-type': isJson ? 'application/json' : 'audio/mpeg', 'x-routstr-cost-msats': '0' }, pieces: cut(bytes, random) }
}

/** At any byte: in the middle of characters, of line ends, of words. */
function cut(bytes: Buffer, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(random(4) === 0 ? 3 : Math.max(100, bytes.length / 4))
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

function firstDifference(sent: Buffer, got: Buffer): string {
  let at = 0
  while (at < sent.length && sent[at] === got[at]) at++
  return `${sent.length} bytes sent, ${got.length} got, different from ${at}: ${JSON.stringify(sent.subarray(at, at + 20).toString('latin1'))} ≠ ${JSON.stringify(got.subarray(at, at + 20).toString('latin1'))}`
}
