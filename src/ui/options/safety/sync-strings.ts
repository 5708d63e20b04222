import type { SyncView } from '../../../domain/backup.ts'

export const syncWords = {
  title: 'Other browsers',
  text: 'The same money in several of your browsers. Each one shows the others what it holds; a browser that runs short takes what it needs from there, at the mint.',
  seen: 'Relays keep what is shown, encrypted. They see that a key has a wallet, from which network address, when it changes, and roughly how many notes there are. Not what they are worth, at which mint, or what they pay for.',
  on: 'Switch on',
  paste: 'I have a key from another browser',
  key: 'Key of the other browser',
  keyHint: 'There: Safety → Other browsers → Show the key. A key of another NIP-60 wallet works as well.',
  scan: 'Scan',
  join: 'Join',
  cancel: 'Cancel',
  notAKey: 'This code is not a key. It starts with nsec1.',
  off: 'Switch off',
  offQuestion: 'Your other browsers no longer see this money. What they hold stays with them. Switch off?',
  offConfirm: 'Switch off',
  now: 'Look now',
  bring: 'Bring it all here',
  bringQuestion: 'Each mint takes its usual fee, and the other browsers hold nothing then. Bring it here?',
  bringConfirm: 'Bring it here',
  bringTrust: 'Trust this mint and bring it here',
  elsewhere: 'In your other browsers',
  nothing: 'Your other browsers hold nothing at the moment.',
  untrusted: 'This browser does not trust this mint yet.',
  hold: 'Hold to show the key',
  confirmShow: 'Whoever has this key can take the money of all your browsers. Is nobody looking?',
  show: 'Show the key',
  hide: 'Hide now',
  keyLabel: 'Secret key of your browsers',
  unsent: (count: number): string => (count === 1 ? 'One change is on no relay yet.' : `${count} changes are on no relay yet.`),
  taken: 'It counts as yours here only when it has come. Should two browsers take the same at the same moment, the mint gives it to one of them.',
} as const

export const relayWords: Readonly<Record<SyncView['relays'][number]['state'], string>> = {
  idle: 'not asked yet',
  connected: 'answers',
  failed: 'does not answer',
}
