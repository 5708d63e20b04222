/**
 * One row, sealed: the plain fields stay readable, all others are one box (XChaCha20-Poly1305, `security-and-ux.md` §4.6). The
 * table, the key and the plain fields are authenticated with it, so a row can neither be moved nor changed unseen. Not
 * asynchronous, because an IndexedDB transaction would end while WebCrypto works.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { RoutstrError } from '../domain/errors.ts'

/** How a sealed row lies in its table, beside its plain fields. */
interface SealedRow extends Row {
  readonly sealed: {
    /** Names of the hidden fields; their values, in this order, are in the box. */
    readonly names: readonly string[]
    /** Nonce (24 bytes) and cipher text. */
    readonly box: Uint8Array
  }
}

export type Row = Readonly<Record<string, unknown>>

/** Where a row lies: its seal holds nowhere else. */
export interface Place {
  readonly table: string
  readonly key: unknown
}

const NONCE_BYTES = 24
const BYTES_MARK = '~bytes'

/**
 * @param isPlain fields that must stay readable: those of keys and indexes, and what a locked screen shows
 * @param dataKey 32 bytes
 */
export function sealRow(row: Row, place: Place, isPlain: (field: string) => boolean, dataKey: Uint8Array): SealedRow {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined)
  const hidden = fields.filter(([name]) => !isPlain(name))
  const plain = Object.fromEntries(fields.filter(([name]) => isPlain(name)))
  const names = hidden.map(([name]) => name)
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const text = JSON.stringify(hidden.map(([, value]) => packed(value)))
  const cipherText = xchacha20poly1305(dataKey, nonce, sealOf(place, names, plain)).encrypt(utf8ToBytes(text))
  const box = new Uint8Array(NONCE_BYTES + cipherText.length)
  box.set(nonce)
  box.set(cipherText, NONCE_BYTES)
  return { ...plain, sealed: { names, box } }
}

export function isSealed(row: unknown): row is SealedRow {
  return typeof row === 'object' && row !== null && 'sealed' in row
}

/**
 * The row as it was. Its hidden fields are opened together when the first of them is read: whoever only sums amounts decrypts nothing.
 * @param dataKey asked again at that moment: the wallet may have been locked in between
 * @throws RoutstrError `internal_error`, on that first reading, when the row was changed or moved from outside
 */
export function openRow({ sealed: { names, box }, ...plain }: SealedRow, place: Place, dataKey: () => Uint8Array): Row {
  let opened: readonly unknown[] | null = null
  const values = (): readonly unknown[] => {
    opened ??= openBox(box, sealOf(place, names, plain), dataKey())
    return opened
  }
  const row: Row = { ...plain }
  for (const [index, name] of names.entries()) {
    const get = (): unknown => values()[index]
    // Dexie changes rows that it has read in place
    const set = (value: unknown): unknown => Object.defineProperty(row, name, { value, writable: true })
    Object.defineProperty(row, name, { get, set, enumerable: true, configurable: true })
  }
  return row
}

function openBox(box: Uint8Array, seal: Uint8Array, dataKey: Uint8Array): readonly unknown[] {
  try {
    const text = new TextDecoder().decode(xchacha20poly1305(dataKey, box.subarray(0, NONCE_BYTES), seal).decrypt(box.subarray(NONCE_BYTES)))
    const values: unknown = text.includes(BYTES_MARK) ? JSON.parse(text, unpacked) : JSON.parse(text)
    if (Array.isArray(values)) return values
  } catch (cause) {
    throw damaged(cause)
  }
  throw damaged(null)
}

function damaged(cause: unknown): RoutstrError {
  return new RoutstrError(
    'internal_error',
    'A stored piece of the wallet was damaged or changed from outside, so it is not used. No money was moved; the twelve words bring the notes back.',
    { cause },
  )
}

/** What the seal covers beside the box: everything readable. In a fixed order, because a row that is read back may have another. */
function sealOf({ table, key }: Place, names: readonly string[], plain: Row): Uint8Array {
  const fields = Object.keys(plain)
    .sort()
    .map((name) => [name, plain[name]])
  return utf8ToBytes(JSON.stringify(['routstr row 1', table, key, names, fields]))
}

/** JSON, and bytes. Anything else would come back as something else: better no write than a changed one. */
function packed(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value
  if (value instanceof Uint8Array) return { [BYTES_MARK]: bytesToHex(value) }
  if (Array.isArray(value)) return value.map((item: unknown) => packed(item ?? null))
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, packed(inner)]])))
  throw new RoutstrError('internal_error', 'The extension tried to save something that cannot be sealed. Nothing was saved.')
}

function unpacked(_: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && BYTES_MARK in value
  return isBytes && typeof value[BYTES_MARK] === 'string' ? hexToBytes(value[BYTES_MARK]) : value
}
