/** Puts `window.routstr` together: one port, one frozen object, functions that need no `this`. */
import { BASE_URL } from '../messaging/page-constants.ts'
import type { CreateChatCompletion, CreateCompletion, CreateResponse, CreateTranscription, RoutstrProvider } from './api.ts'
import { freeze } from './builtins.ts'
import { createCalls } from './calls.ts'
import { creator } from './create.ts'
import { createEmitter } from './events.ts'
import { createFetch } from './fetch.ts'
import { createModels } from './models.ts'
import { createTransport } from './transport.ts'

/**
 * @param port the page's end of the channel to the relay; it belongs to the provider from here on
 * @param onDelegated a frame of another site's page may use it from now on (T7)
 */
export const createProvider = (port: MessagePort, onDelegated: () => void = () => {}): RoutstrProvider => {
  const { emit, listening } = createEmitter()
  const transport = createTransport(port, emit, onDelegated)
  const fetch = createFetch(transport)
  const at = <Create>(path: string) => freeze({ create: creator<Create>(fetch, path) })

  return freeze({
    isRoutstr: true,
    apiVersion: 1,
    baseURL: BASE_URL,
    fetch,
    ...createCalls(transport),
    chat: freeze({ completions: at<CreateChatCompletion>('/chat/completions') }),
    completions: at<CreateCompletion>('/completions'),
    embeddings: at<RoutstrProvider['embeddings']['create']>('/embeddings'),
    responses: at<CreateResponse>('/responses'),
    moderations: at<RoutstrProvider['moderations']['create']>('/moderations'),
    images: freeze({ generate: creator<RoutstrProvider['images']['generate']>(fetch, '/images/generations') }),
    audio: freeze({
      speech: at<RoutstrProvider['audio']['speech']['create']>('/audio/speech'),
      transcriptions: at<CreateTranscription>('/audio/transcriptions'),
    }),
    models: freeze(createModels(fetch)),
    ...listening,
  } satisfies RoutstrProvider)
}
