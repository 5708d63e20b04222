import { createOpenAICompatible, embed, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from '/sdks.js'

export const ai = ({ baseURL, fetch, headers }) => {
  const provider = createOpenAICompatible({ name: 'routstr', baseURL, fetch, headers, includeUsage: true, supportsStructuredOutputs: true })
  const ask = ({ model, prompt, maxTokens, picture }) => ({
    model: provider(model),
    maxOutputTokens: maxTokens,
    maxRetries: 0,
    messages: [{ role: 'user', content: picture ? [{ type: 'text', text: prompt }, { type: 'image', image: picture }] : prompt }],
  })
  return {
    async whole(input) {
      const { text } = await generateText({ ...ask(input), abortSignal: input.aborted ? AbortSignal.abort() : undefined })
      return { text }
    },
    async stream(input) {
      const controller = new AbortController()
      const { fullStream } = streamText({ ...ask(input), abortSignal: controller.signal, onError: () => {} })
      let text = ''
      let pieces = 0
      for await (const part of fullStream) {
        if (part.type === 'error') throw Object.assign(part.error instanceof Error ? part.error : new Error(part.error.message), { code: part.error.code, pieces })
        if (part.type === 'abort') throw Object.assign(new Error('aborted'), { name: 'AbortError', pieces })
        if (part.type === 'finish' && part.finishReason === 'error') throw Object.assign(new Error('it ended with an error'), { pieces })
        if (part.type !== 'text-delta') continue
        text += part.text
        pieces++
        if (pieces === input.breakAfter) break
        if (pieces === input.abortAfter) controller.abort()
      }
      return { text, pieces }
    },
    async tools({ model, city, maxTokens }) {
      const weather = tool({
        inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }),
        execute: async (input) => `sunny in ${input.city}`,
      })
      const { text } = await generateText({ ...ask({ model, prompt: `[[tool:{"city":"${city}"}]]`, maxTokens }), tools: { weather }, stopWhen: stepCountIs(3) })
      return { text }
    },
    async structured({ model, prompt, schema, maxTokens }) {
      const { output } = await generateText({ ...ask({ model, prompt, maxTokens }), output: Output.object({ schema: jsonSchema(schema) }) })
      return { object: output }
    },
    async embeddings({ model, prompt }) {
      const { embedding } = await embed({ model: provider.embeddingModel(model), value: prompt, maxRetries: 0 })
      return { numbers: embedding.length }
    },
  }
}
