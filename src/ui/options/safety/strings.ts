export const safetyWords = {
  words: 'Your twelve words',
  wordsText: 'Twelve words bring your notes back on any computer. Whoever reads them owns your money: write them on paper, show them to nobody.',
  hold: 'Hold to show the twelve words',
  confirmShow: 'Is nobody looking? Then show the words for 60 seconds.',
  hide: 'Hide now',
  confirmed: 'You have proven that you wrote them down.',
  notConfirmed: 'Nobody has checked yet that you wrote them down. Without them, what is in this browser is gone with it.',
  quiz: 'Check what I wrote down',
  quizText: 'Look at your paper, not at the screen.',
  quizDone: 'Right. These words are your backup.',

  restore: 'Restore from words',
  restoreText: 'Brings back what the mints have signed for twelve words. Nothing in this wallet is overwritten.',
  restoreForeign:
    'If these are the words of another wallet and this one is in use already, the notes are swapped to this wallet; each mint takes its usual fee. An empty wallet takes the words over as its own.',
  restoreWords: 'The words',
  restoreWordsHint: '12 small words with a space in between.',
  restoreMints: 'Mints to ask',
  restoreMintsHint: 'The words do not say at which mints the money is.',
  addMint: 'Another mint',
  findMints: 'Look for my list of mints on the relays',
  foundNone: 'The relays have no list for these words. Type the addresses of the mints.',
  start: 'Restore',
  restoreStates: { running: 'Restoring', done: 'Restored', failed: 'Not every mint could be asked', cancelled: 'Restore stopped' },
  cancel: 'Cancel the restore',
  cancelQuestion: 'What was found stays. Stop looking?',
  again: 'Try the missing mints again',
  fileFirst: 'The backup file above is not all checked yet.',
  nothingFound: 'nothing new found',
  goesOn: 'You can close this page: it goes on by itself.',

  file: 'Backup file',
  fileText:
    'One encrypted file with the words, notes, mints, open sessions, sent tokens, limits of sites and settings. Without the passphrase nobody can read it, and nobody can help you if you forget it.',
  exportTitle: 'Save a backup',
  passphrase: 'Passphrase',
  passphraseAgain: 'Once more',
  passphraseDiffers: 'The two are not the same.',
  export: 'Make the file',
  exported: 'The file is in your downloads. Keep it where this computer can not lose it.',
  importTitle: 'Open a backup',
  importText: 'Notes that were spent after the file was made do not count: every mint is asked first.',
  choose: 'Choose a file, or drop it here',
  import: 'Bring it in',
  tooLarge: 'This file is too large to be a backup.',

  list: 'Keep my list of mints on relays',
  listText:
    'So that the twelve words alone are enough: the addresses of your mints are put on the relays of your settings, encrypted so that only the words open them. Relays see that somebody at your address keeps such a list. Off by default.',
} as const

/** Shown while typing; no rule but the length. */
export function strengthText(passphrase: string): string {
  if (passphrase.length === 0) return 'At least 8 characters. Four or more unrelated words are easy to keep and hard to guess.'
  if (passphrase.length < 8) return `${8 - passphrase.length} more characters.`
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(passphrase)).length
  const different = new Set(passphrase).size
  if (different < 5) return 'Very weak: the same few characters over and over.'
  const points = passphrase.length + kinds * 2
  return points < 16 ? 'Weak: a computer guesses it in hours.' : points < 24 ? 'Fair.' : 'Strong.'
}
