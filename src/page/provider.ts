/** Puts `window.routstr` together: one port, one frozen object, functions that need no `this`. */
import { BASE_URL } from '../messaging/page-constants.ts'
import type OpenAI from 'openai'
import type { CreateChatCompletion, CreateCompletion, CreateResponse, RoutstrProvider } from './api.ts'
import { freeze } from './builtins.ts'
import { createCalls } from './calls.ts'
import { creator } from './create.ts'
import { createEmitter } from './events.ts'
import { createFetch } from './fetch.ts'
import { createModels } from './models.ts'
import { createTransport } from './transport.ts'

const METHODS = freeze(['chat.completions', 'completions', 'embeddings', 'responses', 'models'])

/** @param port the page's end of the channel to the relay; it belongs to the provider from here on */
export function createProvider(port: MessagePort): RoutstrProvider {
  const { emit, listening } = createEmitter()
  const transport = createTransport(port, emit)
  const fetch = createFetch(transport)

  return freeze({
    isRoutstr: true,
    apiVersion: 1,
    baseURL: BASE_URL,
    fetch,
    getInfo: async () => ({ name: 'Routstr', version: '1', methods: METHODS, unit: 'msat' }),
    ...createCalls(transport),
    chat: freeze({ completions: freeze<{ create: CreateChatCompletion }>({ create: creator(fetch, '/chat/completions') }) }),
    completions: freeze<{ create: CreateCompletion }>({ create: creator(fetch, '/completions') }),
    embeddings: freeze({
      create: creator<OpenAI.EmbeddingCreateParams, never, OpenAI.CreateEmbeddingResponse, never>(fetch, '/embeddings'),
    }),
    responses: freeze<{ create: CreateResponse }>({ create: creator(fetch, '/responses') }),
    models: freeze(createModels(fetch)),
    ...listening,
  } satisfies RoutstrProvider)
}
