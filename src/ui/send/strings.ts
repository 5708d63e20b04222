export const sendWords = {
  title: 'Send a token',
  amount: 'Amount',
  mint: 'From mint',
  memo: 'Memo (optional, travels inside the token)',
  submit: 'Make a token',
  notNumber: 'Whole sats, 1 or more.',
  noMint: 'There is nothing to send yet: no mint holds notes of yours.',
  made: 'Whoever has it first owns it.',
  takeBackHint: 'As long as nobody has claimed it, you can take it back under “Sent tokens”.',
  tooLong: 'This token is too long for one QR code. Copy it instead.',
  another: 'Send another token',
  qr: 'QR code of the token',
} as const
