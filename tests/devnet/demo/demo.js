// A chat that knows nothing but window.routstr: no account, no key, no library.

/** The provider, announced or already on the window. Reads `window.routstr` late: extensions may arrive after this script. */
let provider = window.routstr ?? null
/** @type {{role: string, content: string}[]} */
const conversation = []
let running = null
let modelsAsked = false
let spentMsat = 0
let pinned = true

const byId = (id) => document.getElementById(id)
const [thread, prompt, send, stop, model, welcome, missing, total, announcer] = ['thread', 'prompt', 'send', 'stop', 'model', 'welcome', 'missing', 'total', 'announce'].map(byId)

window.addEventListener('routstr:announceProvider', (event) => {
  provider ??= event.detail?.provider ?? null
  showPresence()
})
window.dispatchEvent(new Event('routstr:requestProvider'))
setTimeout(showPresence, 600)

byId('again').addEventListener('click', () => {
  window.dispatchEvent(new Event('routstr:requestProvider'))
  provider ??= window.routstr ?? null
  if (provider) showPresence()
  else location.reload()
})

function showPresence() {
  provider ??= window.routstr ?? null
  missing.hidden = provider !== null
  refreshControls()
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault()
  void ask(prompt.value.trim())
})
prompt.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  void ask(prompt.value.trim())
})
prompt.addEventListener('input', refreshControls)
stop.addEventListener('click', () => running?.abort())
for (const chip of document.querySelectorAll('.chip')) chip.addEventListener('click', () => void ask(chip.textContent))
for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, fillModels)

refreshControls()

function refreshControls() {
  const busy = running !== null
  send.hidden = busy
  stop.hidden = !busy
  send.disabled = provider === null || prompt.value.trim() === ''
  for (const chip of document.querySelectorAll('.chip')) chip.disabled = provider === null
}

/** The list is asked for after the first thing the user does, so that merely opening the page never costs or asks anything. */
async function fillModels() {
  if (modelsAsked || provider === null) return
  modelsAsked = true
  try {
    const listed = await provider.models.list()
    const ids = listed.data.map((entry) => entry.id).filter((id) => !/embed/i.test(id)) // those cannot chat
    if (ids.length === 0) return
    const chosen = ids.includes(model.value) ? model.value : ids[0]
    model.replaceChildren(...ids.map((id) => new Option(id, id, id === chosen, id === chosen)))
  } catch {
    modelsAsked = false // not important: the default stays, the next action tries again
  }
}

async function ask(question) {
  if (question === '' || running !== null) return
  if (provider === null) return showPresence()
  welcome.hidden = true
  prompt.value = ''
  conversation.push({ role: 'user', content: question })
  thread.append(element('li', { className: 'mine', testId: 'message-user', text: question }))
  const answer = openAnswer()
  running = new AbortController()
  refreshControls()
  announce('Waiting for the answer')
  try {
    await receive(answer, running.signal)
    announce(`Answer complete. ${answer.costText()}`)
  } catch (error) {
    if (running.signal.aborted || error?.name === 'AbortError' || error?.name === 'APIUserAbortError') answer.stopped()
    else answer.failed(error, question)
  } finally {
    running = null
    if (answer.text() === '') conversation.pop()
    else conversation.push({ role: 'assistant', content: answer.text() })
    answer.done()
    refreshControls()
    prompt.focus({ preventScroll: true })
    void fillModels()
  }
}

async function receive(answer, signal) {
  const request = { model: model.value, messages: conversation.slice(), stream: true }
  const { data: stream, response } = await provider.chat.completions.create(request, { signal }).withResponse()
  answer.from(response.headers.get('x-routstr-provider'))
  // The page's own Stop also works where a provider takes no signal option.
  signal.addEventListener('abort', () => stream.controller?.abort())
  for await (const chunk of stream) {
    answer.add(chunk.choices?.[0]?.delta?.content ?? '')
    const msats = chunk.cost?.total_msats ?? chunk.usage?.cost?.total_msats
    answer.paid(msats, chunk.usage?.total_tokens)
  }
}

function openAnswer() {
  const text = element('div', { className: 'text' })
  const provided = element('span')
  const tokens = element('span')
  const cost = element('span', { className: 'cost', testId: 'cost' })
  const facts = element('p', { className: 'facts' })
  const item = element('li', { className: 'theirs writing', testId: 'message-assistant' })
  const note = element('span')
  let written = ''
  let countedMsat = 0
  cost.hidden = true
  facts.append(cost, provided, tokens, note)
  item.append(text, facts)
  text.append(element('p'))
  thread.append(item)
  pinned = true
  follow()
  return {
    text: () => written,
    costText: () => cost.textContent,
    add(more) {
      if (more === '') return
      written += more
      render(text, written)
      follow()
    },
    from: (name) => (provided.textContent = name ?? ''),
    paid(msats, tokenCount) {
      if (typeof tokenCount === 'number') tokens.textContent = `${tokenCount} tokens`
      if (typeof msats !== 'number') return
      cost.hidden = false
      cost.textContent = sats(msats)
      cost.title = `${msats} msat`
      spentMsat += msats - countedMsat
      countedMsat = msats
      total.textContent = `${sats(spentMsat)} spent on this page`
    },
    stopped: () => (note.textContent = 'Stopped'),
    failed(error, question) {
      item.append(problem(error, question))
      announce('The answer failed')
      pinned = true
    },
    done() {
      item.classList.remove('writing')
      if (written === '') text.remove()
      if (facts.textContent === '') facts.remove()
      follow()
    },
  }
}

/** Paragraphs and fenced code, as text: nothing from a model is ever markup here. */
function render(target, written) {
  const parts = written.split(/```[a-z]*\n?/)
  target.replaceChildren(
    ...parts.flatMap((part, index) => {
      if (index % 2 === 1) {
        const block = element('pre')
        block.append(element('code', { text: part.replace(/\n$/, '') }))
        return [block]
      }
      return part.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== '').map(paragraphOf)
    }),
  )
  if (!target.hasChildNodes()) target.append(element('p'))
}

function paragraphOf(text) {
  const made = element('p')
  made.append(...text.trim().split('`').map((part, index) => (index % 2 === 1 ? element('code', { text: part }) : part)))
  return made
}

const KIND_WORDS = {
  user_rejected: 'You declined this request. Nothing was paid.',
  prompt_timeout: 'The question in the extension was not answered in time. Nothing was paid.',
  origin_blocked: 'This page is blocked in your Routstr settings.',
  origin_cooldown: 'You declined a moment ago. Try again in a little while.',
  permission_required: 'This page has no permission to spend yet.',
  payments_paused: 'Payments are paused in your Routstr extension.',
  wallet_not_configured: 'Set up your wallet in the Routstr extension first.',
  wallet_locked: 'Your wallet is locked. Unlock it in the extension and ask again.',
  insufficient_balance: 'Your wallet does not hold enough for this answer. Add some sats and ask again.',
  budget_exceeded: 'The budget you gave this page is used up.',
  max_cost_exceeded: 'This answer could cost more than you allowed.',
  model_not_found: 'Nobody offers this model right now.',
  model_not_allowed: 'This page may not use that model.',
  no_provider_available: 'No provider can answer right now. Try again in a moment.',
  provider_unreachable: 'The provider could not be reached. Nothing was paid.',
}

function problem(error, question) {
  const code = error?.code ?? error?.error?.code ?? (error?.status ? String(error.status) : 'unknown')
  const box = element('div', { className: 'error', testId: 'error' })
  box.setAttribute('role', 'alert')
  const line = element('p', { text: `${KIND_WORDS[code] ?? error?.message ?? 'Something went wrong.'} ` })
  line.append(element('code', { text: code }))
  box.dataset.code = code
  const retry = element('button', { className: 'quiet', text: 'Try again' })
  retry.type = 'button'
  retry.addEventListener('click', () => {
    retry.remove()
    void ask(question)
  })
  box.append(line, retry)
  return box
}

function sats(msats) {
  const value = msats / 1000
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 || value === 0 ? 2 : 3
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${value === 1 ? 'sat' : 'sats'}`
}

function element(tag, { className, testId, text } = {}) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (testId) made.dataset.testid = testId
  if (text !== undefined) made.textContent = text
  return made
}

const announce = (text) => (announcer.textContent = text)

/** The page follows the answer until the reader scrolls up, and again when they return to the end. */
function follow() {
  if (pinned) scrollTo({ top: document.documentElement.scrollHeight })
}
addEventListener('scroll', () => (pinned = innerHeight + scrollY >= document.documentElement.scrollHeight - 80), { passive: true })
