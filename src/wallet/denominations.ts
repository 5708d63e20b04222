/**
 * Which denominations, and how many of each, make up an amount: over buckets of equal notes, so that ten thousand notes cost
 * no more than ten. Pure.
 */

/** Notes of one denomination; lists of them go down from the largest, each amount once, all positive. */
export interface Bucket {
  readonly amount: number
  readonly count: number
}

/** A choice: some of the buckets, with how many notes to take. */
export type Choice = readonly Bucket[]

/** A choice out of one keyset: a node refuses tokens of several (`routstr-node.md` §3.1). */
export interface KeysetChoice {
  readonly keysetId: string
  readonly choice: Choice
}

/** Keyset → its buckets. */
export type Keysets = ReadonlyMap<string, readonly Bucket[]>

/** A deposit: its rest comes back, so it may be any value in a range. Whole units of the account, after the redeemer's input fee. */
export interface AtLeast {
  readonly need: number
  readonly aim: number
  readonly cap: number
  readonly feePpk: (keysetId: string) => number
}

/** Equal notes put together; a bare note counts as one. */
export function keysetsOf(notes: Iterable<{ readonly keysetId: string; readonly amount: number; readonly count?: number }>): Keysets {
  const counts = new Map<string, Map<number, number>>()
  for (const { keysetId, amount, count = 1 } of notes) {
    const amounts = counts.get(keysetId) ?? new Map<number, number>()
    amounts.set(amount, (amounts.get(amount) ?? 0) + count)
    counts.set(keysetId, amounts)
  }
  return new Map(
    [...counts].map(([keysetId, amounts]) => [keysetId, [...amounts].map(([amount, count]) => ({ amount, count })).sort((a, b) => b.amount - a.amount)]),
  )
}

function worthOf(keysets: Keysets): number {
  return [...keysets.values()].reduce((sum, buckets) => sum + faceOf(buckets), 0)
}

/** Exactly `amount` out of the keyset where the fewest notes do, or null. */
export function chooseExactAmong(keysets: Keysets, amount: number): KeysetChoice | null {
  return least(
    keysets,
    (buckets) => chooseExact(buckets, amount),
    ({ choice }) => countOf(choice),
  )
}

/** At least `aim` when some keyset can, else `need`, never more than `cap`; out of the keyset with the least overshoot. Or null. */
export function chooseAtLeastAmong(keysets: Keysets, { need, aim, cap, feePpk }: AtLeast): KeysetChoice | null {
  const choose = (goal: number): KeysetChoice | null =>
    least(
      keysets,
      (buckets, keysetId) => chooseAtLeast(buckets, { goal, cap, ppk: feePpk(keysetId) }),
      ({ choice, keysetId }) => receivedOf(choice, feePpk(keysetId)),
    )
  return choose(aim) ?? choose(need)
}

/**
 * What a deposit takes: as much as everybody who waits for it needs. Less, for the one who asks, only where the wallet has no more or
 * no better notes can be made; null: a swap at the mint makes them.
 */
export function chooseDeposit(keysets: Keysets, range: AtLeast & { readonly all: number }, maySplit: boolean): KeysetChoice | null {
  const forAll = chooseAtLeastAmong(keysets, { ...range, need: range.all })
  if (forAll !== null || (maySplit && worthOf(keysets) > range.all)) return forAll
  return chooseAtLeastAmong(keysets, range)
}

/**
 * Notes worth exactly `amount`, or null. Where each denomination divides the next (powers of two), the answer is complete and
 * has the fewest notes possible: of the largest coin one can always take as many as fit, because smaller ones that are worth
 * more than it contain some that are worth exactly it. Otherwise a search whose work is bounded.
 */
function chooseExact(buckets: readonly Bucket[], amount: number): Choice | null {
  if (amount <= 0) return null
  return isChain(buckets) ? greedy(buckets, amount) : search(buckets, amount)
}

/**
 * Notes whose value after the redeemer's input fee (NUT-02: `ceil(count · ppk / 1000)`) is at least `goal` and at most `cap`,
 * with the least face value; or null. Least exactly for powers of two, nearly for others.
 */
function chooseAtLeast(buckets: readonly Bucket[], wish: { readonly goal: number; readonly cap: number; readonly ppk: number }): Choice | null {
  // a note that is not worth its own fee brings nothing
  const useful = buckets.filter(({ amount }) => amount * 1000 > wish.ppk)
  const exactly = isChain(useful) ? leastFace(useful, wish) : null
  if (exactly !== null) return exactly
  // other denominations; or a cap so tight that only more notes, and so a higher fee, keep below it
  const choice = coverGreedily(useful, wish.goal, wish.ppk)
  return choice !== null && receivedOf(choice, wish.ppk) <= wish.cap ? choice : null
}

/** How many notes a choice takes. */
export function countOf(choice: Choice): number {
  return choice.reduce((sum, { count }) => sum + count, 0)
}

/** What the receiver gets of these notes once redeemed. */
function receivedOf(choice: Choice, ppk: number): number {
  return faceOf(choice) - feeOf(countOf(choice), ppk)
}

function least(
  keysets: Keysets,
  choose: (buckets: readonly Bucket[], keysetId: string) => Choice | null,
  cost: (candidate: KeysetChoice) => number,
): KeysetChoice | null {
  const candidates = [...keysets].flatMap(([keysetId, buckets]) => {
    const choice = choose(buckets, keysetId)
    return choice === null ? [] : [{ keysetId, choice }]
  })
  return candidates.sort((a, b) => cost(a) - cost(b))[0] ?? null
}

const MOST_STEPS = 20_000
const FINE_ROUNDS = 200
const MOST_ROUNDS = 300

function faceOf(choice: Choice): number {
  return choice.reduce((sum, { amount, count }) => sum + amount * count, 0)
}

function feeOf(count: number, ppk: number): number {
  return Math.ceil((count * ppk) / 1000)
}

function isChain(buckets: readonly Bucket[]): boolean {
  return buckets.every(({ amount }, index) => (buckets[index - 1]?.amount ?? amount) % amount === 0)
}

function greedy(buckets: readonly Bucket[], target: number): Choice | null {
  const choice: Bucket[] = []
  let rest = target
  for (const { amount, count } of buckets) {
    const take = Math.min(count, Math.floor(rest / amount))
    if (take === 0) continue
    choice.push({ amount, count: take })
    rest -= take * amount
  }
  return rest === 0 ? choice : null
}

/** Face values upwards until what arrives is right: more notes cost more, so the first one that covers the goal need not do. */
function leastFace(buckets: readonly Bucket[], { goal, cap, ppk }: { readonly goal: number; readonly cap: number; readonly ppk: number }): Choice | null {
  let face = goal + feeOf(1, ppk)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const choice = leastCover(buckets, face)
    if (choice === null) return null
    const received = receivedOf(choice, ppk)
    if (received >= goal && received <= cap) return choice
    // where fees are monstrous, in larger strides
    face = Math.max(faceOf(choice) + 1, round < FINE_ROUNDS ? 0 : goal + feeOf(countOf(choice), ppk))
  }
  return null
}

/** The smallest coin of a set without superfluous ones fixes its sum: `face` rounded up to a multiple of it. So few sums come into question. */
function leastCover(buckets: readonly Bucket[], face: number): Choice | null {
  const sums = new Set(buckets.map(({ amount }) => Math.ceil(face / amount) * amount))
  for (const sum of [...sums].sort((a, b) => a - b)) {
    const choice = greedy(buckets, sum)
    if (choice !== null) return choice
  }
  return null
}

/** Largest first, as many as fit first; what has failed once is not tried again. */
function search(buckets: readonly Bucket[], target: number): Choice | null {
  const failed = buckets.map(() => new Set<number>())
  const left = buckets.map((_, from) => faceOf(buckets.slice(from)))
  let steps = 0
  const from = (index: number, rest: number): Choice | null => {
    if (rest === 0) return []
    const bucket = buckets[index]
    if (bucket === undefined || rest > (left[index] ?? 0) || failed[index]?.has(rest)) return null
    for (let take = Math.min(bucket.count, Math.floor(rest / bucket.amount)); take >= 0; take--) {
      if (++steps > MOST_STEPS) return null
      const tail = from(index + 1, rest - take * bucket.amount)
      if (tail !== null) return take === 0 ? tail : [{ amount: bucket.amount, count: take }, ...tail]
    }
    failed[index]?.add(rest)
    return null
  }
  return from(0, target)
}

/** Largest first while they fit, then the smallest that covers the rest, then back with what became unnecessary. */
function coverGreedily(buckets: readonly Bucket[], goal: number, ppk: number): Choice | null {
  const spare = new Map(buckets.map(({ amount, count }) => [amount, count]))
  const taken = new Map<number, number>()
  const choice = (): Choice => [...taken].map(([amount, count]) => ({ amount, count }))
  while (receivedOf(choice(), ppk) < goal) {
    const count = countOf(choice())
    const missing = goal - receivedOf(choice(), ppk) + feeOf(count + 1, ppk) - feeOf(count, ppk)
    const usable = buckets.filter(({ amount }) => (spare.get(amount) ?? 0) > 0)
    const fitting = usable.filter(({ amount }) => amount <= missing)
    const above = usable[usable.length - fitting.length - 1]
    const reach = fitting.reduce((sum, { amount }) => sum + amount * (spare.get(amount) ?? 0), 0)
    const next = reach >= missing || above === undefined ? fitting[0] : above
    if (next === undefined) return null
    const take = next === above ? 1 : Math.min(spare.get(next.amount) ?? 0, Math.floor(missing / next.amount))
    spare.set(next.amount, (spare.get(next.amount) ?? 0) - take)
    taken.set(next.amount, (taken.get(next.amount) ?? 0) + take)
  }
  for (const [amount, count] of [...taken].sort(([a], [b]) => a - b)) {
    for (let keep = count; keep > 0; keep--) {
      taken.set(amount, keep - 1)
      if (receivedOf(choice(), ppk) >= goal) continue
      taken.set(amount, keep)
      break
    }
  }
  return choice().filter((bucket) => bucket.count > 0)
}
