/**
 * What the built-in model says: a few pleasant paragraphs, chosen by topic and by a hash of the prompt, always the same for the
 * same prompt. It says openly that it is the development network's stand-in.
 *
 * Markers in the last user message, for tests:
 *   [[words:200]]   that many words               [[echo]]        the message itself, without markers
 *   [[say:text]]    exactly this text             [[slow]]        ten tokens per second
 *   [[usage:12,7]]  these token counts in `usage` [[delay:500]]   milliseconds before the first byte
 *   [[gap:500]]     milliseconds of silence after the third token of a stream
 *   [[status:400]]  this status with an error  [[cut]], [[truncate]]  a stream that ends after three tokens, broken or as if complete
 *   [[tool:{…}]]    a call of the first tool with these arguments (tools.ts)
 */
import { createHash } from 'node:crypto'

export interface Plan {
  text: string
  usage: { prompt: number; completion: number } | null
  slow: boolean
  delayMs: number
  /** silence after the third token of a stream */
  gapMs: number
  /** instead of an answer: this status with an error; null: it answers */
  status: number | null
  /** how a stream ends after its third token, without a word; null: properly */
  ending: 'cut' | 'truncate' | null
}

const TOPICS: { match: RegExp; answers: string[] }[] = [
  {
    match: /\bsky\b|\bsunset\b/i,
    answers: [
      'Because light of short waves is scattered more than light of long waves.\n\nSunlight holds all colours. On its way through the air it meets molecules that are far smaller than its waves, and these throw blue light about in all directions roughly ten times as strongly as red. So blue reaches your eye from everywhere, and the whole sky looks blue.\n\nIn the evening the light has a longer way to go. Most of the blue has been scattered out of it by then, and what is left is the red and gold of a sunset.',
    ],
  },
  {
    match: /\b(ecash|cashu|sats?|satoshis?|bitcoin|lightning|mint|wallet)\b/i,
    answers: [
      'Ecash is digital cash in the oldest sense of the word. A mint signs a note without seeing it, you keep the note, and whoever you hand it to can swap it for a fresh one. The mint knows how much is in circulation, but not who paid whom.\n\nThat makes it a good fit for small things. Asking a question like this one costs a sat or two: too little for a card payment, and nothing you would open an account for. Here the payment simply travels with the question, and the change comes back with the answer.',
      'Think of a coat check that hands out numbered tags. The attendant blinds the number before stamping it, so later he can tell that a tag is genuine, but not which visitor it was given to. Ecash works the same way: blind signatures in place of stamps, and sats in place of coats.\n\nLightning moves value between mints, ecash moves it between people. Together they make payments small enough to be attached to a single web request.',
    ],
  },
  {
    match: /\b(poem|haiku|rhyme|verse|sonnet)\b/i,
    answers: [
      'A lamp in the window, a kettle on low,\nthe street folded under a blanket of snow.\nThe clock takes its time, and the cat takes the chair,\nand nothing is asked of the evening but air.\n\nA page left half open, a pencil, a cup,\nthe day puts its tools down, the stars put theirs up.\nTomorrow can wait at the foot of the stairs:\ntonight is a house with no room for affairs.',
      'Small coin in my palm,\nthe river asks for no name.\nA heron takes off.\n\nThat is the haiku. If you would rather have it rhymed, longer, or about the sea, say so; verses are cheap here, about a sat apiece.',
    ],
  },
  {
    match: /\b(code|javascript|typescript|python|function|regex|algorithm|bug|api)\b/i,
    answers: [
      'Here is a small one that is useful surprisingly often: group a list by a key.\n\n```js\nconst groupBy = (items, keyOf) =>\n  items.reduce((groups, item) => {\n    const key = keyOf(item)\n    ;(groups[key] ??= []).push(item)\n    return groups\n  }, {})\n\ngroupBy(["owl", "heron", "oriole"], (word) => word[0])\n// { o: ["owl", "oriole"], h: ["heron"] }\n```\n\nIt walks the list once, keeps the order inside each group, and has no dependencies. In current browsers `Object.groupBy` does the same; the version above is handy where that is missing.',
    ],
  },
  {
    match: /\b(trip|travel|weekend|plan|itinerary|visit|day)\b/i,
    answers: [
      'A day that leaves room to breathe:\n\n- Morning: start at the market while it is still quiet. Buy bread, fruit and something you cannot name.\n- Late morning: walk along the river to the old bridge. It takes half an hour, an hour with stops.\n- Afternoon: one museum, not three. Pick the small one with the garden, and sit in it.\n- Evening: eat early, then climb the hill for the last light.\n\nKeep one hour with nothing in it. It is usually the one you remember.',
    ],
  },
  {
    match: /\b(recipe|cook|dinner|soup|bake|eat|meal)\b/i,
    answers: [
      'Tomato soup for a tired evening, in twenty minutes:\n\n1. Soften one onion and two cloves of garlic in plenty of olive oil, slowly, with a pinch of salt.\n2. Add a tin of good tomatoes, a small carrot in thin slices, and a mug of water.\n3. Simmer for a quarter of an hour, then blend until smooth.\n4. Finish with a spoon of butter, black pepper, and a few drops of vinegar to wake it up.\n\nEat it with toast rubbed with the other half of the garlic. It is better the next day, if there is any left.',
    ],
  },
  {
    match: /\b(email|letter|message|reply|apolog\w*)\b/i,
    answers: [
      'Hello Mira,\n\nthank you for your patience, and sorry for the silence of the past week. The draft took longer than I had promised: two of the figures did not add up, and I wanted to find out why before sending anything.\n\nThey do now. You will have the final version on Thursday before noon. If that is too late for your meeting, tell me, and I will send you what is ready tonight.\n\nWarm regards',
    ],
  },
  {
    match: /\b(why|how|what|explain|difference|meaning)\b/i,
    answers: [
      'It helps to take it in two steps.\n\nFirst, the parts: something that stores, something that moves, and something that decides. Nearly every system that looks complicated is these three in a coat. Second, the flow: follow one single thing through all of them, from the moment it enters until it leaves. Where it has to wait, you have found the bottleneck; where it is copied, you have found the bug.\n\nPick the part that puzzles you most and we can go through it together.',
    ],
  },
]

const GENERAL = [
  'Glad you asked. The most useful habit I know is to write the question down before looking for an answer: half of all problems turn out to be two smaller ones wearing the same hat. Name them separately, and one of them is usually easy.\n\nThen do the easy one. It costs little, and it changes what you know about the other.',
  'Here is one thing worth knowing: owls cannot move their eyes. The eyes are long tubes, fixed in the skull, and so an owl turns its whole head instead, up to three quarters of a circle. Its blood vessels have small reservoirs in the neck that keep the brain supplied while it looks over its shoulder.\n\nA bit of slack in the right place, and a limitation becomes a feature.',
]

const GREETING = 'Hello! Nice to meet you. Ask me to explain something, to write a few lines, or to sketch a piece of code. Each answer is paid for on its own, usually with a sat or two, so there is nothing to sign up for.'

const NOTE = '\n\n(This is the built-in model of the Routstr development network. It knows only a handful of answers, but the payment behind this one was real.)'

export function planAnswer(prompt: string): Plan {
  const plain = prompt.replace(/\[\[[^\]]*\]\]/g, '').trim()
  const words = marker(prompt, 'words')
  const said = marker(prompt, 'say')
  const usage = /^(\d+),(\d+)$/.exec(marker(prompt, 'usage') ?? '')
  const text = said ?? (words !== undefined ? manyWords(Number(words), plain) : marker(prompt, 'echo') !== undefined ? plain : cannedAnswer(plain))
  return {
    text,
    usage: usage ? { prompt: Number(usage[1]), completion: Number(usage[2]) } : null,
    slow: marker(prompt, 'slow') !== undefined,
    delayMs: Number(marker(prompt, 'delay') ?? 0),
    gapMs: Number(marker(prompt, 'gap') ?? 0),
    status: Number(marker(prompt, 'status') ?? 0) || null,
    ending: marker(prompt, 'cut') !== undefined ? 'cut' : marker(prompt, 'truncate') !== undefined ? 'truncate' : null,
  }
}

function marker(prompt: string, name: string): string | undefined {
  const match = new RegExp(`\\[\\[${name}(?::([^\\]]*))?\\]\\]`).exec(prompt)
  return match ? (match[1] ?? '') : undefined
}

function pick<T>(choices: readonly T[], prompt: string): T | undefined {
  return choices[createHash('sha256').update(prompt).digest().readUInt16BE(0) % choices.length]
}

function cannedAnswer(prompt: string): string {
  if (/^\W*(hi|hello|hey|good (morning|evening|day))\b.{0,20}$/i.test(prompt)) return GREETING + NOTE
  const topic = TOPICS.find(({ match }) => match.test(prompt))
  return (pick(topic?.answers ?? GENERAL, prompt) ?? GREETING) + NOTE
}

function manyWords(count: number, prompt: string): string {
  const all = [...TOPICS.flatMap(({ answers }) => answers), ...GENERAL].join(' ').split(/\s+/)
  const start = createHash('sha256').update(prompt).digest().readUInt16BE(0) % all.length
  return Array.from({ length: Math.min(count, 20_000) }, (_, index) => all[(start + index) % all.length]).join(' ')
}
