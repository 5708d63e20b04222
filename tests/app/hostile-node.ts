/**
 * A node that is honest about money and says what the test likes to a paid request: a proxy in front of the cheap provider
 * of the development network, and the only provider the app may use.
 */
import type { ServerResponse } from 'node:http'
import { cut, readText, sendText, serve } from '../devnet/http.ts'
import type { Stage } from './stage.ts'

/** @param key the account's key, as the node was told it */
type Answer = (response: ServerResponse, key: string) => void

export interface HostileNode {
  /** How paid requests are answered from now on. Nothing is charged for them. */
  answers(how: Answer): void
  /** Answers whose reader left before they were complete. */
  left(): number
  /** Breaks the connections of all answers that are not complete. */
  cut(): void
  stop(): Promise<void>
}

export async function openHostileNode({ world, devnet }: Stage): Promise<HostileNode> {
  const { cheap } = devnet.providers
  const open = new Set<ServerResponse>()
  let left = 0
  let how: Answer = (response) => sendText(response, 500, 'not said yet')

  const host = await serve(async (request, response, url) => {
    const body = await readText(request)
    const authorization = request.headers.authorization ?? ''
    if (url.pathname === '/v1/chat/completions') {
      open.add(response)
      response.on('close', () => {
        open.delete(response)
        if (!response.writableFinished) left += 1
      })
      return how(response, authorization.replace('Bearer ', ''))
    }
    const answer = await fetch(cheap.url + url.pathname, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) },
      ...(request.method === 'POST' && { body }),
    })
    sendText(response, answer.status, await answer.text(), { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
  })

  await world.screen.call('providers.add', { url: host.url })
  for (const { provider } of await world.screen.call('providers.list', {})) {
    if (provider.url !== host.url) await world.screen.call('providers.setBlocked', { id: provider.id, blocked: true })
  }

  return {
    answers(next) {
      how = next
    },
    left: () => left,
    cut() {
      for (const response of open) cut(response)
    },
    stop: host.stop,
  }
}

/** One event of a stream: the choices of a chat chunk, `[index, text, finish_reason]` each. */
export const chunk = (...choices: readonly (readonly [index: number, content: string, finish: string | null])[]): string =>
  `data: ${JSON.stringify({ choices: choices.map(([index, content, finish]) => ({ index, delta: { content }, finish_reason: finish })) })}\n\n`

/** Says these events, and then ends, waits in silence, or sends comments for ever. */
export function stream(text: string, then: 'ends' | 'waits' | 'drips', contentType = 'text/event-stream'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': contentType })
    response.write(text)
    if (then === 'ends') response.end()
    if (then !== 'drips') return
    const timer = setInterval(() => response.write(': ping\n\n'), 20)
    response.on('close', () => clearInterval(timer))
  }
}

export const json =
  (status: number, value: object, headers: Record<string, string> = {}): Answer =>
  (response) =>
    sendText(response, status, JSON.stringify(value), { 'content-type': 'application/json', ...headers })

/** Reads along: what has come so far, and whether it ended as a whole or broke. */
export function reading(response: Response): { text(): string; end(): 'whole' | 'broken' | null } {
  let text = ''
  let end: 'whole' | 'broken' | null = null
  void (async () => {
    const decoder = new TextDecoder()
    try {
      for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
      end = 'whole'
    } catch {
      end = 'broken'
    }
  })()
  return { text: () => text, end: () => end }
}
