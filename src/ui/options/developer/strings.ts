export const developerWords = {
  switch: 'Developer switch',
  switchHint: 'Allows addresses on this computer (localhost, 127.0.0.1). Leave it off unless you run the development network or a node of your own.',
  devnet: 'Development network',
  devnetHint:
    'A mint, providers and a relay on this computer, with play money. Start it with “npm start” or “npm run devnet”, then connect: its mint is trusted, its providers are added, its token is received.',
  fakeSats: 'Fake sats',
  fakeSatsHint:
    'Puts a second wallet with worthless sats in the place of yours. It speaks to this computer only: no real mint, provider or relay. Sites are asked anew. What runs is stopped first; your wallet rests exactly as it is (money at providers stays there, a wallet with a passphrase is locked) and comes back when you switch this off.',
  fakeSatsComing: 'What runs is being stopped, then the wallets change places…',
  fakeSatsGoing: 'What runs is being stopped, then your wallet comes back…',
  fakeSatsOn: (url: string) => `Fake sats are in use. Those of a development network at ${url} are fetched by themselves; from elsewhere, connect below.`,
  url: 'Address of devnet.json',
  connect: 'Connect to the development network',
  ledger: 'Ledger',
  ledgerHint: 'Everything that ever came in must be somewhere. The difference is 0 when the books are right.',
  forPages: 'For page developers',
  sampleHint: 'No key and no account. The OpenAI SDK works too: give it window.routstr.fetch and window.routstr.baseURL.',
} as const

export const DEVNET_URL = 'http://127.0.0.1:3388/devnet.json'

export const SAMPLE = `const ai = window.routstr
const answer = await ai.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Say hello.' }] })
console.log(answer.choices[0].message.content)`
