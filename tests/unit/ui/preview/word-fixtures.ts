/** What the user has said of providers, and a signer. */
import type { Word, WordDraft } from '../../../../src/domain/word.ts'
import type { WordsView } from '../../../../src/messaging/routes/words.ts'
import { HOUR, NOW } from './fixtures.ts'

const USER = '7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e'
const at = Math.floor((NOW - 26 * HOUR) / 1000)
export const SPOKEN = '4ad6fa2d16e2a9b576c863b4cf7404a70d4dc320c0c447d10ad6ff58993eacc8:bitblume'

const event = (kind: number, content: string, tags: string[][]) => ({ kind, pubkey: USER, created_at: at, tags, content })
const word = event(38_000, 'Quick, and every change came back to the sat. I have used it for two months from three countries.', [
  ['d', 'bitblume'],
  ['k', '38421'],
  ['a', `38421:${SPOKEN}`],
  ['u', 'https://bitblume.example'],
  ['rating', '1'],
])

export const spoken: Word = {
  providerId: SPOKEN,
  verdict: 'recommend',
  text: word.content,
  by: 'signer',
  pubkey: USER,
  said: [
    {
      event: { ...word, id: 'c61db687e905958ab04466853206024e7b79316f1c52154e89f65204a358e1a0', sig: 'ab'.repeat(64) },
      deliveries: [
        { relay: 'wss://relay.routstr.com', result: 'kept', why: '' },
        { relay: 'wss://relay.damus.io', result: 'refused', why: 'rate-limited: you are noting too much' },
        { relay: 'wss://nos.lol', result: 'silent', why: '' },
      ],
    },
  ],
  withdrawal: null,
}

export const wordsView = (scenario: string): WordsView => ({
  words: scenario === 'empty' ? [] : [spoken],
  names: { [SPOKEN]: 'Sats & Silicon' },
  signer: scenario === 'full' ? { npub: 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg', relays: ['wss://relay.nsec.app'], connectedAt: NOW - 30 * HOUR } : null,
  waitingAt: null,
})

export const wordDraft: WordDraft = { id: 'draft', by: 'throw-away', events: [word], relays: ['wss://relay.routstr.com', 'wss://relay.damus.io', 'wss://nos.lol'] }
export const withdrawalDraft: WordDraft = { ...wordDraft, events: [event(5, '', [['e', 'c6'.repeat(32)], ['a', `38000:${USER}:bitblume`], ['k', '38000']])] }
