/** `models.list` and `models.retrieve`. The list is one page; like the SDK's it can be iterated, awaited or not. */
import type OpenAI from 'openai'
import type { ModelPage, RoutstrProvider } from './api.ts'
import { assign, asyncIterator, encodeSegment } from './builtins.ts'
import { ask, readAnswer } from './create.ts'

/** The `models` part of the provider. */
export const createModels = (fetch: RoutstrProvider['fetch']): RoutstrProvider['models'] => ({
  list: (options) => iterable(ask<ModelPage>(fetch, '/models', options, async (response) => iterable(await readAnswer(response)))),
  retrieve: (model, options) => ask<OpenAI.Model>(fetch, `/models/${encodeSegment(model)}`, options, readAnswer),
})

/** Makes a page, or the promise of one, iterable over its models. */
const iterable = <T extends { data: OpenAI.Model[] } | PromiseLike<ModelPage>>(page: T): T & AsyncIterable<OpenAI.Model> =>
  assign(page, {
    async *[asyncIterator]() {
      const { data } = await page
      for (let i = 0; i < data.length; i++) yield data[i] as OpenAI.Model
    },
  })
