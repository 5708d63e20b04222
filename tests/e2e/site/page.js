// What a page developer writes: asks in one of three ways, and keeps what came back for the test to read.

/** @type {Record<string, object>} */
window.stories = {}
const controllers = {}

window.ask = (name, request) => {
  const controller = new AbortController()
  controllers[name] = controller
  const story = { state: 'running', status: null, code: null, error: null, text: '', pieces: 0, done: false, costMsat: null, provider: null, at: null }
  window.stories[name] = story
  const ways = { fetch: withFetch, create: withCreate, openai: withOpenai }
  ways[request.way](story, request, controller.signal).then(
    () => {
      story.at = performance.now()
      story.state = 'ended'
    },
    (error) => {
      story.at = performance.now()
      story.state = 'broken'
      story.error = error.name
      story.status = error.status ?? story.status
      story.code = error.code ?? null
    },
  )
}

window.abort = (name) => controllers[name].abort()

/** `routstr.fetch`, as any HTTP client: the answer is read to its end, whatever it is. */
async function withFetch(story, { body, prompt }, signal) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal, prompt }
  const response = await window.routstr.fetch('/v1/chat/completions', init)
  story.status = response.status
  story.provider = response.headers.get('x-routstr-provider')
  if (!response.headers.get('content-type')?.includes('event-stream')) {
    const answer = await response.json()
    story.code = answer.error?.code ?? null
    story.text = answer.choices?.[0].message.content ?? answer.error?.message
    story.costMsat = answer.cost?.total_msats ?? null
    return
  }
  let line = ''
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (line + piece).split('\n')
    line = lines.pop()
    for (const { groups } of lines.map((one) => /^data: (?<data>.*)$/.exec(one)).filter(Boolean)) {
      if (groups.data === '[DONE]') story.done = true
      else take(story, JSON.parse(groups.data))
    }
  }
}

/** `routstr.chat.completions.create`, without any library. */
async function withCreate(story, { body }, signal) {
  const answer = await window.routstr.chat.completions.create(JSON.parse(body), { signal })
  await readAnswer(story, answer)
}

/** The unmodified `openai` package. */
async function withOpenai(story, { body }, signal) {
  const { OpenAI } = await import('/openai.js')
  const client = new OpenAI({ baseURL: window.routstr.baseURL, fetch: window.routstr.fetch, apiKey: 'routstr', dangerouslyAllowBrowser: true })
  await readAnswer(story, await client.chat.completions.create(JSON.parse(body), { signal }))
}

async function readAnswer(story, answer) {
  if (answer.choices !== undefined) {
    story.text = answer.choices[0].message.content
    story.costMsat = answer.cost?.total_msats ?? null
    return
  }
  for await (const chunk of answer) take(story, chunk)
  story.done = true
}

function take(story, chunk) {
  const more = chunk.choices?.[0]?.delta?.content ?? ''
  story.text += more
  if (more !== '') story.pieces += 1
  story.costMsat = chunk.cost?.total_msats ?? story.costMsat
}
