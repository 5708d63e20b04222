export const dryRunWords = {
  lead: 'Paste a request as a page would send it. You see who would be asked, what would be set aside, and whether there would be a question. Nobody is asked and no money moves.',
  site: 'Sent by',
  newSite: 'a site that has never asked',
  example: 'Start from',
  path: 'Path',
  body: 'Body (JSON)',
  go: 'Play it dry',
  noQuestion: 'It would be sent at once, without a question.',
  question: (why: string) => `The user would be asked first: ${why}.`,
  refused: (code: string) => `The page would be refused with ${code}:`,
  nothing: 'Nothing was asked, set aside or paid. The first provider is drawn among equals: another run may name another one.',
} as const

const pretty = (body: object): string => JSON.stringify(body, null, 2)

export const EXAMPLES = [
  { title: 'Chat', path: '/chat/completions', body: pretty({ model: 'auto', max_tokens: 300, stream: true, messages: [{ role: 'user', content: 'Say hello.' }] }) },
  { title: 'Responses', path: '/responses', body: pretty({ model: 'auto', max_output_tokens: 300, input: 'Say hello.' }) },
  { title: 'Embeddings', path: '/embeddings', body: pretty({ model: 'auto', input: 'Say hello.' }) },
] as const
