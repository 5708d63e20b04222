import { OpenAI } from '/sdks.js'

export const openai = ({ baseURL, fetch, headers }) => {
  const client = new OpenAI({ apiKey: 'routstr', baseURL, fetch, defaultHeaders: headers, dangerouslyAllowBrowser: true, maxRetries: 0 })
  const ask = ({ model, prompt, maxTokens, picture }) => ({
    model,
    max_tokens: maxTokens,
    messages: [{ role: 'user', content: picture ? [{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: picture } }] : prompt }],
  })
  return {
    async whole(input) {
      const signal = input.aborted ? AbortSignal.abort() : undefined
      const answer = await client.chat.completions.create(ask(input), { signal })
      return { text: answer.choices[0].message.content }
    },
    async stream(input) {
      const controller = new AbortController()
      const stream = await client.chat.completions.create({ ...ask(input), stream: true }, { signal: controller.signal })
      let text = ''
      let pieces = 0
      try {
        for await (const chunk of stream) {
          const piece = chunk.choices[0]?.delta.content
          if (!piece) continue
          text += piece
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
      const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }]
      const messages = [{ role: 'user', content: `[[tool:{"city":"${city}"}]]` }]
      const { message } = (await client.chat.completions.create({ model, messages, tools, max_tokens: maxTokens })).choices[0]
      const call = message.tool_calls[0]
      messages.push(message, { role: 'tool', tool_call_id: call.id, content: `sunny in ${JSON.parse(call.function.arguments).city}` })
      const answer = await client.chat.completions.create({ model, messages, tools, max_tokens: maxTokens })
      return { text: answer.choices[0].message.content }
    },
    async structured({ model, prompt, schema, maxTokens }) {
      const format = { type: 'json_schema', json_schema: { name: 'bird', schema, strict: true } }
      const answer = await client.chat.completions.create({ ...ask({ model, prompt, maxTokens }), response_format: format })
      return { object: JSON.parse(answer.choices[0].message.content) }
    },
    async embeddings({ model, prompt }) {
      const { data } = await client.embeddings.create({ model, input: prompt, encoding_format: 'float' })
      return { numbers: data[0].embedding.length }
    },
    async responses({ model, prompt, maxTokens }) {
      let text = ''
      for await (const event of await client.responses.create({ model, input: prompt, max_output_tokens: maxTokens, stream: true }))
        if (event.type === 'response.output_text.delta') text += event.delta
      return { text }
    },
  }
}
