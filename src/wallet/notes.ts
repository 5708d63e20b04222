/** A note is one Cashu proof in sat; how to choose some of them without asking the mint. */
export interface Note {
  /** Unique; also what the mint will remember once it is spent. */
  readonly secret: string
  readonly mint: string
  readonly keysetId: string
  readonly amountSat: number
  readonly C: string
  readonly dleq: { readonly e: string; readonly s: string; readonly r?: string } | null
  /** ready → swapping | sent; rows of spent notes are deleted when their value has arrived elsewhere. */
  readonly state: 'ready' | 'swapping' | 'sent'
  readonly operationId: string | null
}

export function sumSat(notes: readonly { readonly amountSat: number }[]): number {
  return notes.reduce((sum, note) => sum + note.amountSat, 0)
}

/** NUT-02: `ceil(Σ ppk / 1000)` sat, once per transaction. */
export function inputFeeSat(count: number, ppk: number): number {
  return Math.ceil((count * ppk) / 1000)
}

/**
 * Notes worth exactly `amountSat`, all of one keyset (a node refuses tokens of several, `routstr-node.md` §3.1), or null.
 * Few notes are preferred. Depth-first over descending amounts with a bound on the work; with powers of two the first
 * descent nearly always succeeds.
 */
export function selectExact(notes: readonly Note[], amountSat: number): Note[] | null {
  for (const group of byKeyset(notes)) {
    const found = exactFrom(group, amountSat)
    if (found !== null) return found
  }
  return null
}

/**
 * Notes of one keyset whose value after the redeemer's input fee is at least `needSat` and at most `capSat`, with the least
 * overshoot found; or null. For deposits, where the rest comes back.
 */
export function selectAtLeast(
  notes: readonly Note[],
  request: { readonly needSat: number; readonly aimSat: number; readonly capSat: number; readonly feePpk: (keysetId: string) => number },
): Note[] | null {
  for (const aim of [request.aimSat, request.needSat]) {
    for (const group of byKeyset(notes)) {
      const ppk = request.feePpk(group[0]?.keysetId ?? '')
      const found = coverFrom(group, aim, ppk)
      if (found === null) continue
      const value = sumSat(found) - inputFeeSat(found.length, ppk)
      if (value >= request.needSat && value <= request.capSat) return found
    }
  }
  return null
}

function byKeyset(notes: readonly Note[]): Note[][] {
  const groups = new Map<string, Note[]>()
  for (const note of notes) {
    const group = groups.get(note.keysetId)
    if (group === undefined) groups.set(note.keysetId, [note])
    else group.push(note)
  }
  return [...groups.values()].map((group) => group.sort((a, b) => b.amountSat - a.amountSat))
}

const MOST_STEPS = 5_000

function exactFrom(descending: readonly Note[], amountSat: number): Note[] | null {
  let steps = 0
  const search = (from: number, rest: number): Note[] | null => {
    if (rest === 0) return []
    for (let index = from; index < descending.length; index++) {
      if (++steps > MOST_STEPS) return null
      const note = descending[index]
      if (note === undefined || note.amountSat > rest) continue
      const tail = search(index + 1, rest - note.amountSat)
      if (tail !== null) return [note, ...tail]
    }
    return null
  }
  return search(0, amountSat)
}

/** Largest first while they fit, then the smallest note that covers the rest, then drop what became unnecessary. */
function coverFrom(descending: readonly Note[], needSat: number, ppk: number): Note[] | null {
  const chosen: Note[] = []
  const value = (): number => sumSat(chosen) - inputFeeSat(chosen.length, ppk)
  const rest = [...descending]
  while (value() < needSat) {
    const missing = needSat - value()
    const withFee = missing + inputFeeSat(chosen.length + 1, ppk) - inputFeeSat(chosen.length, ppk)
    const fitting = rest.findIndex((note) => note.amountSat <= withFee)
    const smallestAbove = fitting === -1 ? rest.length - 1 : coveringIndex(rest, withFee, fitting)
    const [note] = rest.splice(smallestAbove, 1)
    if (note === undefined) return null
    chosen.push(note)
  }
  for (const note of [...chosen].sort((a, b) => a.amountSat - b.amountSat)) {
    const without = chosen.filter((other) => other !== note)
    if (without.length > 0 && sumSat(without) - inputFeeSat(without.length, ppk) >= needSat) chosen.splice(chosen.indexOf(note), 1)
  }
  return chosen
}

/** An exact hit, else the largest that fits; when everything that fits together is too little, the smallest above. */
function coveringIndex(descending: readonly Note[], amountSat: number, fitting: number): number {
  const fittingSum = sumSat(descending.slice(fitting))
  return fittingSum >= amountSat || fitting === 0 ? fitting : fitting - 1
}

/** The least face value whose notes (powers of two) are worth `valueSat` after the redeemer's input fee. */
export function faceFor(valueSat: number, ppk: number): number {
  let faceSat = valueSat
  while (faceSat - inputFeeSat(powersOfTwo(faceSat).length, ppk) < valueSat) faceSat++
  return faceSat
}

/** Largest step of the ladder, and how many notes of each step a wallet likes to hold. */
const LADDER_TOP_SAT = 64
const LADDER_COPIES = 3

/**
 * Denominations for `totalSat` of fresh notes: exactly `exactSat` first, then the steps 1, 2, 4 … 64 of which fewer than
 * three are at hand, then the rest in as few notes as possible. So payments find exact notes without asking the mint; on
 * small totals at most half goes into steps, because every note costs an input fee when it is spent; steps that are not
 * worth their own fee are left out.
 * @param ppk input fee of one note
 */
export function ladder(totalSat: number, exactSat: number, have: readonly { readonly amountSat: number }[], ppk = 0): number[] {
  const amounts = powersOfTwo(exactSat)
  let rest = totalSat - exactSat
  let forSteps = Math.floor(rest / 2)
  for (let copy = 1; copy <= LADDER_COPIES; copy++) {
    for (let step = 1; step <= LADDER_TOP_SAT && step <= forSteps; step *= 2) {
      if (step * 1000 <= ppk * 2 || have.filter(({ amountSat }) => amountSat === step).length >= copy) continue
      amounts.push(step)
      rest -= step
      forSteps -= step
    }
  }
  return [...amounts, ...powersOfTwo(rest)]
}

function powersOfTwo(value: number): number[] {
  const amounts: number[] = []
  for (let bit = 1; bit <= value; bit *= 2) if (Math.floor(value / bit) % 2 === 1) amounts.push(bit)
  return amounts
}
