import { ChatOpenAI, HumanMessage, OpenAIEmbeddings, ToolMessage } from '/sdks.js'

export const langchain = ({ baseURL, fetch, headers }) => {
  const configuration = { baseURL, fetch, defaultHeaders: headers, dangerouslyAllowBrowser: true }
  const chat = (model, maxTokens, more = {}) => new ChatOpenAI({ model, maxTokens, apiKey: 'routstr', maxRetries: 0, configuration, ...more })
  const messagesOf = ({ prompt, picture }) =>
    picture ? [new HumanMessage({ content: [{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: picture } }] })] : prompt
  return {
    async whole(input) {
      const signal = input.aborted ? AbortSignal.abort() : undefined
      return { text: (await chat(input.model, input.maxTokens).invoke(messagesOf(input), { signal })).text }
    },
    async stream(input) {
      const controller = new AbortController()
      let text = ''
      let pieces = 0
      try {
        for await (const chunk of await chat(input.model, input.maxTokens).stream(messagesOf(input), { signal: controller.signal })) {
          if (!chunk.text) continue
          text += chunk.text
          pieces++
          if (pieces === input.breakAfter) break
          if (pieces === input.abortAfter) controller.abort()
        }
      } catch (error) {
        throw Object.assign(error, { pieces })
      }
      return { text, pieces }
    },
    async tools({ model, city, maxTokens }) {
      const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }
      const bound = chat(model, maxTokens).bindTools([weather])
      const question = new HumanMessage(`[[tool:{"city":"${city}"}]]`)
      const message = await bound.invoke([question])
      const call = message.tool_calls[0]
      const answer = await bound.invoke([question, message, new ToolMessage({ tool_call_id: call.id, content: `sunny in ${call.args.city}` })])
      return { text: answer.text }
    },
    async structured({ model, prompt, schema, maxTokens }) {
      return { object: await chat(model, maxTokens).withStructuredOutput(schema, { name: 'bird', method: 'jsonSchema' }).invoke(prompt) }
    },
    async embeddings({ model, prompt }) {
      return { numbers: (await new OpenAIEmbeddings({ model, apiKey: 'routstr', maxRetries: 0, configuration, encodingFormat: 'float' }).embedQuery(prompt)).length }
    },
    async responses({ model, prompt, maxTokens }) {
      let text = ''
      for await (const chunk of await chat(model, maxTokens, { useResponsesApi: true }).stream(prompt)) text += chunk.text
      return { text }
    },
  }
}
