/** Notes that only the holder of a key may spend (NUT-10, NUT-11): can we open them? Pure. */
import { parseP2PKSecret } from '@cashu/cashu-ts'

const LOCKED = /^\s*\[\s*"/
const KEY = /^(0[23])?[0-9a-f]{64}$/i
const UNREADABLE = 'This token is locked by a condition that can not be read.'

/** Whether the secret is a condition rather than a mere random string. */
export function isLocked(secret: string): boolean {
  return LOCKED.test(secret)
}

/**
 * What keeps us from spending the note; null: our key alone (or nobody's, any more) is enough.
 * @param publicKey ours, 33 bytes hex @param nowSeconds for `locktime`
 */
export function lockProblem(secret: string, publicKey: string, nowSeconds: number): string | null {
  if (!isLocked(secret)) return null
  const lock = readLock(secret)
  if (lock === null) return UNREADABLE
  const isOver = nowSeconds > lock.locktime
  if (isOver && lock.refund.length === 0) return null
  const isOurs = (keys: readonly string[]): boolean => keys.some((key) => sameKey(key, publicKey))
  // both ways are open after the locktime (NUT-11); a hash lock (NUT-14) has no way of its main keys without its preimage
  const ways = [
    ...(lock.kind === 'P2PK' ? [{ keys: lock.keys, needed: lock.needed }] : []),
    ...(isOver ? [{ keys: lock.refund, needed: lock.neededForRefund }] : []),
  ].filter(({ keys }) => isOurs(keys))
  if (ways.some(({ needed }) => needed === 1)) return null
  const [way] = ways
  if (way !== undefined) return `This token needs ${way.needed} signatures; this wallet has one key.`
  if (lock.kind === 'HTLC' && (!isOver || isOurs(lock.keys))) return 'This token is locked by a secret (HTLC) that this wallet does not have.'
  return 'This token is locked to somebody else’s key.'
}

interface Lock {
  readonly kind: 'P2PK' | 'HTLC'
  /** Any of them may sign; `needed` different ones have to. */
  readonly keys: readonly string[]
  readonly needed: number
  /** Unix seconds; Infinity: for ever. */
  readonly locktime: number
  /** The same after the locktime; empty: anybody may spend it then. */
  readonly refund: readonly string[]
  readonly neededForRefund: number
}

/** null: nobody could say what it asks for, or of another kind. Read strictly: a mint would refuse it again and again. */
function readLock(secret: string): Lock | null {
  try {
    const [name, { data, tags = [] }] = parseP2PKSecret(secret)
    const kind: Lock['kind'] = name === 'HTLC' ? 'HTLC' : 'P2PK'
    const valuesOf = (tag: string): string[] => tags.filter(([key]) => key === tag).flatMap(([, ...values]) => values)
    const count = (tag: string): number => positive(valuesOf(tag), 1)
    const keys = [...(kind === 'P2PK' ? [data] : []), ...valuesOf('pubkeys')]
    const refund = valuesOf('refund')
    if (![...keys, ...refund].every((key) => KEY.test(key))) return null
    const lock = {
      kind,
      keys,
      needed: count('n_sigs'),
      locktime: positive(valuesOf('locktime'), Number.POSITIVE_INFINITY),
      refund,
      neededForRefund: count('n_sigs_refund'),
    }
    return [lock.needed, lock.locktime, lock.neededForRefund].some(Number.isNaN) ? null : lock
  } catch {
    return null
  }
}

/** NaN for what is no positive whole number. */
function positive([text, ...more]: readonly string[], otherwise: number): number {
  if (text === undefined) return otherwise
  return more.length === 0 && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : Number.NaN
}

/** Keys are compared by their x coordinate: some wallets write 32 bytes. */
function sameKey(a: string, b: string): boolean {
  return a.slice(-64).toLowerCase() === b.slice(-64).toLowerCase()
}
