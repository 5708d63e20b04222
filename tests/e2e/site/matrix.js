// What three SDKs do, each as its own documentation says, with window.routstr.fetch and nothing else of ours (tests/e2e/sdk/features.ts).
import { openai } from './matrix-openai.js'
import { ai } from './matrix-ai.js'
import { langchain } from './matrix-langchain.js'

const SDKS = { openai, ai, langchain }

/** @returns what happened, as plain data; an error is told, not thrown */
window.matrix = async (sdk, action, input) => {
  const { baseURL, fetch } = window.routstr
  // counted, because what an SDK repeats by itself is paid twice
  let calls = 0
  const counted = (url, init) => {
    calls++
    return fetch(url, init)
  }
  // too large to travel from the test to the page
  if (input.pictureBytes) input = { ...input, picture: `data:image/png;base64,${'A'.repeat(input.pictureBytes)}` }
  const started = performance.now()
  const told = await SDKS[sdk]({ baseURL, fetch: counted, headers: input.headers ?? {} })
    [action](input)
    .catch((error) => ({ error: errorFacts(error) }))
  return { ...told, calls, ms: Math.round(performance.now() - started) }
}

function errorFacts(error) {
  const envelope = error.error ?? error.data?.error ?? parsed(error.responseBody)?.error ?? parsed(error.message)?.error ?? {}
  return {
    name: error.name,
    status: error.status ?? error.statusCode ?? null,
    code: error.code ?? envelope.code ?? error.cause?.code ?? null,
    param: error.param ?? envelope.param ?? null,
    message: String(error.message),
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
