/**
 * Answers given again, free of charge: only where the user has switched it on for a site or the page asks for it (`x-routstr-cache: use`),
 * only for the identical request of the same site, and only where asking again would say the same: embeddings, and whole answers at
 * temperature 0. Visible in `x-routstr-cache` and on a receipt of its own; never across sites.
 */
import { RoutstrError } from '../domain/errors.ts'
import { inBackground } from '../domain/in-background.ts'
import { ZERO_MSAT } from '../domain/msat.ts'
import { sha256Hex } from '../domain/sha256.ts'
import { isRecord, parseJson } from '../protocol/foreign.ts'
import type { CachedAnswer, CacheSize } from '../domain/cached-answer.ts'
import type { CacheStore } from './cache-store.ts'
import { wish } from './wishes.ts'
import type { EngineAnswer, EngineRequest, EngineWorld, RunRequest } from './world.ts'

/** Of one site. */
const BOUNDS: CacheSize = { answers: 500, kept: 5_000_000 }
const LARGEST = 1_000_000
const LIFE_MS = 30 * 24 * 3_600_000
const MOST_BODY_BYTES = 1_000_000
const REPEATABLE = /^\/(chat\/completions|completions|responses|messages)$/
/** Headers of the page that change who answers. */
const CHOOSING = /^x-routstr-(provider|models|task|profile)$/i

export function withCache(run: RunRequest, world: Pick<EngineWorld, 'permissions' | 'settings' | 'now' | 'store'> & { readonly cache: CacheStore; readonly mayLook: () => boolean }): RunRequest {
  const { cache, now } = world

  return async (request) => {
    const id = await keyOf(request)
    if (id === null) return run(request)
    const kept = await cache.answer(id)
    if (kept !== undefined && kept.at > now() - LIFE_MS) return again(request, kept)
    const answer = await run(request)
    return answer.status === 200 ? keeping(request, id, answer) : answer
  }

  /** null: it is not wanted, or asking again may say something else. */
  async function keyOf(request: EngineRequest): Promise<string | null> {
    if (!isRepeatable(request)) return null
    const asked = wish(request, 'x-routstr-cache')
    const rule = await world.permissions.site(request.origin)
    const wanted = asked === null ? rule?.caches === true : asked === 'use'
    if (!wanted || rule?.blocked === true || world.settings().paused || !world.mayLook()) return null
    const choosing = request.headers.filter(([name]) => CHOOSING.test(name)).map(([name, value]) => [name.toLowerCase(), value])
    return sha256Hex(JSON.stringify([request.origin, request.path, choosing, new TextDecoder().decode(request.body ?? new Uint8Array())]))
  }

  async function again(request: EngineRequest, { id, model, contentType, text, at, requestId }: CachedAnswer): Promise<EngineAnswer> {
    if ((await world.store.receipt(request.id)) !== undefined) throw new RoutstrError('worker_lost', 'This request was answered before. It is not sent twice.')
    const moment = now()
    await world.store.saveReceipt({
      ...{ id: request.id, origin: request.origin, path: request.path, modelAsked: model, modelServed: null, stream: false, state: 'completed', startedAt: moment, finishedAt: moment },
      ...{ firstByteMs: 0, firstTokenMs: null, tokensPerSecond: null, providerId: null, providerName: null, providerUrl: null, nodeRequestId: null, promptTokens: null, completionTokens: null },
      ...{ price: null, priceAt: null, expectedMsat: null, chargedMsat: ZERO_MSAT, mismatches: [], attempts: [] },
      reason: `the answer of ${new Date(at).toISOString()} again (request ${requestId}): free of charge`,
    })
    inBackground(cache.used(id, moment))
    return {
      status: 200,
      headers: [['content-type', contentType], ['x-routstr-cache', `hit; ${new Date(at).toISOString()}`], ['x-routstr-cost-msats', String(ZERO_MSAT)], ['x-routstr-model', model.replace(/[^\x20-\x7e]/g, ' ')], ['x-request-id', request.id]],
      body: new Blob([text]).stream(),
    }
  }

  /** What passes is read along; only a whole answer is kept. */
  function keeping(request: EngineRequest, id: string, answer: EngineAnswer): EngineAnswer {
    const headers: EngineAnswer['headers'] = [...answer.headers, ['x-routstr-cache', 'miss']]
    if (answer.body === null) return { ...answer, headers }
    const decoder = new TextDecoder()
    let text = ''
    const reader = answer.body.getReader()
    const value = (name: string): string => answer.headers.find(([key]) => key === name)?.[1] ?? ''
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const piece = await reader.read()
          if (!piece.done) {
            if (text.length <= LARGEST) text += decoder.decode(piece.value, { stream: true })
            return controller.enqueue(piece.value)
          }
          text += decoder.decode()
          const at = now()
          // the page is not kept waiting, and no disk that is full takes its answer away
          if (text.length <= LARGEST && isRecord(parseJson(text, LARGEST))) {
            await cache.keep({ id, origin: request.origin, at, usedAt: at, model: value('x-routstr-model'), contentType: value('content-type'), text, kept: text.length, requestId: request.id }, BOUNDS, at - LIFE_MS).catch(() => undefined)
          }
          controller.close()
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
    return { ...answer, headers, body }
  }
}

/** Embeddings always say the same; texts do at temperature 0, and only whole ones are kept. */
function isRepeatable({ path, body }: Pick<EngineRequest, 'path' | 'body'>): boolean {
  if (body === null || body.length > MOST_BODY_BYTES) return false
  const fields = parseJson(new TextDecoder().decode(body), MOST_BODY_BYTES)
  if (!isRecord(fields) || fields.stream === true) return false
  return path === '/embeddings' || (REPEATABLE.test(path) && fields.temperature === 0)
}
