/** What the numbers in a mint's list of NUTs mean for the person who holds its money. */

const ABILITIES: readonly (readonly [nut: number, can: string, otherwise?: string])[] = [
  [4, 'Can be topped up over Lightning', 'Can not be topped up over Lightning'],
  [5, 'Can pay Lightning invoices', 'Can not pay Lightning invoices: its money leaves only as tokens'],
  [8, 'Gives back what a Lightning payment did not need', 'Keeps what a Lightning payment did not need'],
  [7, 'Tells whether a token was spent'],
  [9, 'Restores answers that were lost on the way, and your money from the twelve words'],
  [12, 'Proves that its signatures are genuine'],
  [11, 'Keeps tokens that are locked to a key for the owner of the key'],
  [17, 'Tells at once when something happens, without being asked again and again'],
  [20, 'Top-ups that only you can redeem'],
  [19, 'Repeats an answer when you ask twice'],
]

export interface Ability {
  readonly nut: number
  readonly text: string
  readonly has: boolean
}

/** What it can first, then what it lacks and others have. NUTs nobody has to know about are left out. */
export function abilitiesOf(nuts: readonly number[]): readonly Ability[] {
  const offered = new Set(nuts)
  return [
    ...ABILITIES.flatMap(([nut, text]) => (offered.has(nut) ? [{ nut, text, has: true }] : [])),
    ...ABILITIES.flatMap(([nut, , text]) => (offered.has(nut) || text === undefined ? [] : [{ nut, text, has: false }])),
  ]
}

/** NUT-02: the fee is `ceil(notes × ppk / 1000)` per payment. @param unit of the keyset */
export function feeInWords(ppk: number, unit: string): string {
  if (ppk === 0) return 'none'
  if (ppk >= 1000) return `${Math.ceil(ppk / 100) / 10} ${unit} for every note that is spent`
  const notes = Math.floor(1000 / ppk)
  return notes === 1 ? `1 ${unit} for a note that is spent` : `1 ${unit} for up to ${notes} notes that are spent together`
}
