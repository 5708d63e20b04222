import type { SessionState } from '../../../domain/session.ts'
import type { IncomingToken, SentToken } from '../../../domain/wallet.ts'

export const tokenWords = {
  total: 'In your wallet',
  mints: 'Mints',
  noMints: 'No mint yet',
  noMintsText: 'A mint issues the tokens you hold. Receive a token, or add a mint by its address.',
  addMint: 'Add a mint',
  addMintHint: 'The mint is asked who it is first. Nothing is trusted before you say so.',
  ask: 'Ask the mint',
  trust: 'Trust this mint',
  alreadyTrusted: 'You trust this mint already.',
  remove: 'Remove',
  removeQuestion: 'Remove this mint?',
  providers: 'At providers',
  providersText: 'Sessions hold money at providers for the requests to come. What is left comes back by itself.',
  noSessions: 'No money is at providers.',
  incoming: 'Incoming tokens',
  incomingText: 'They are kept until they are in your balance. Nothing here is ever thrown away.',
  sent: 'Sent tokens',
  noSent: 'Tokens you send are listed here, with what became of them.',
  takeBack: 'Take back',
  show: 'Show',
  backup: 'Backup',
  backupText: 'Twelve words bring your notes back on any computer. Whoever reads them owns your money: write them on paper, show them to nobody.',
  hold: 'Hold to show the twelve words',
  confirmShow: 'Is nobody looking? Then show the words for 60 seconds.',
  hide: 'Hide now',
} as const

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
}

export const sentWords: Readonly<Record<SentToken['state'], string>> = {
  pending: 'not claimed yet',
  claimed: 'claimed',
  'taking back': 'being taken back',
  'taken back': 'taken back',
}
