import type { DebtKind, SessionState } from '../../../domain/session.ts'
import type { IncomingToken, SentToken } from '../../../domain/wallet.ts'

export const tokenWords = {
  total: 'In your wallet',
  inAndOut: 'Money in and out',
  receive: 'Receive',
  send: 'Send',
  trustAndReceive: 'Trust this mint and receive',
  swap: 'Swap to my mint',
  swapTo: 'Swap it to',
  swapHint: 'Its worth goes to a mint you trust, over Lightning. That costs a small fee, and you need not trust the other one.',
  swapping: 'The token is on its way to your mint.',
  providers: 'At providers',
  providersText: 'Sessions hold money at providers for the requests to come. What is left comes back by itself.',
  noSessions: 'No money is at providers.',
  incoming: 'Incoming tokens',
  incomingText: 'They are kept until they are in your balance. Nothing here is ever thrown away.',
  sent: 'Sent tokens',
  noSent: 'Tokens you send are listed here, with what became of them.',
  takeBack: 'Take back',
  show: 'Show',
  remind: 'Your money is in this browser only. Write down the twelve words that bring it back.',
  remindGo: 'To Safety',
} as const

export const debtWords = {
  title: 'Providers owe you',
  text: 'Change that should be back by now. It is asked for again by itself; until it is here, this provider gets nothing new.',
  next: 'Asked again',
  soon: 'in a moment',
  over: 'Nothing more is expected to come.',
  retry: 'Try now',
  proof: 'Show the proof',
  hideProof: 'Hide the proof',
  proofLabel: 'The token that was paid: it names the account at the provider',
  invoiceLabel: 'The invoice that was paid: it names the account at the provider',
  forget: 'Take off the list',
  forgetQuestion: 'The proof goes off this list. What was lost stays in the books.',
} as const

export const debtKinds: Readonly<Record<DebtKind, string>> = {
  fails: 'the refund fails',
  pending: 'an unfinished request blocks the refund',
  stale: 'it returns an old token',
  worthless: 'it returned a token that is worth nothing',
  short: 'less came back than was left there',
  denied: 'it denies the account',
  uncredited: 'its invoice is paid and it has not said so',
}

export const sessionWords: Readonly<Record<SessionState, string>> = {
  prepared: 'being opened',
  open: 'open',
  settling: 'coming home',
  refunded: 'change is arriving',
  closed: 'closed',
  cancelled: 'cancelled, notes taken back',
  lost: 'lost at the provider',
}

export const incomingWords: Readonly<Record<IncomingToken['state'], string>> = {
  stored: 'kept, waits for the mint',
  redeeming: 'being redeemed',
  redeemed: 'in your balance',
  waiting: 'waits for your decision',
  refused: 'refused by the mint',
}

export const fromWords: Readonly<Record<IncomingToken['from'], string>> = {
  user: 'received by you',
  refund: 'change of a session',
  faucet: 'from the development network',
  sync: 'taken over from another browser',
}

export const sentWords: Readonly<Record<SentToken['state'], string>> = {
  pending: 'not claimed yet',
  claimed: 'claimed',
  'taking back': 'being taken back',
  'taken back': 'taken back',
}
