/** `models.list` and `models.retrieve`. The list is one page; like the SDK's it can be iterated, awaited or not. */
import type OpenAI from 'openai'
import type { ModelPage, RoutstrProvider } from './api.ts'
import { assign, asyncIterator, encodeSegment } from './builtins.ts'
import { ask, readJson } from './create.ts'

/** The `models` part of the provider. */
export function createModels(fetch: RoutstrProvider['fetch']): RoutstrProvider['models'] {
  return {
    list: (options) => iterable(ask<ModelPage>(fetch, '/models', options, async (response) => iterable(await readJson(response)))),
    retrieve: (model, options) => ask<OpenAI.Model>(fetch, `/models/${encodeSegment(model)}`, options, readJson),
  }
}

/** Makes a page, or the promise of one, iterable over its models. */
function iterable<T extends { data: OpenAI.Model[] } | PromiseLike<ModelPage>>(page: T): T & AsyncIterable<OpenAI.Model> {
  return assign(page, {
    async *[asyncIterator]() {
      const { data } = await page
      for (let i = 0; i < data.length; i++) {
        const model = data[i]
        if (model) yield model
      }
    },
  })
}
