export const settingWords = {
  pause: 'Payments',
  pauseHint: 'Switched off, every request of every site is refused. What is running is stopped.',
  cap: 'Limit answers that have no limit',
  capHint:
    'A request without max_tokens makes a provider hold the price of the longest possible answer. With this switch a missing max_tokens becomes the number below; a number set by the page is never changed.',
  capNumber: 'max_tokens',
  capError: 'A whole number from 16 to 1 000 000.',
  idle: 'Give sessions back after',
  idleHint:
    'Without requests for this long, a session is settled and its change comes home. Longer means faster next answers, shorter means less money outside.',
  idleError: 'From 0.1 to 60 minutes.',
  float: 'At most at providers',
  floatHint: 'The most that may stay in sessions at all providers together. 0: only what a running request needs.',
  floatError: 'Whole sats, up to 1 000 000.',
  relays: 'Relays',
  relaysHint: 'Nostr relays on which providers are looked for.',
  relayAdd: 'Add a relay',
  relayError: 'An address that begins with wss://',
  relayTwice: 'It is in the list already.',
  relayMany: 'Not more than 20 relays.',
  saved: 'Saved.',
} as const
