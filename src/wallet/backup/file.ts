/**
 * The backup file: one JSON text. Outside, in the clear, only how to open it; inside, sealed with AES-256-GCM under a key that
 * PBKDF2 makes of the passphrase, both of WebCrypto. The head is part of what is authenticated: nobody can make it weaker.
 */
import { base64 } from '@scure/base'
import * as v from 'valibot'
import { RoutstrError } from '../../domain/errors.ts'
import { type Contents, contentsSchema } from './contents.ts'

const FORMAT = 'routstr-backup'
const VERSION = 1
/** As for encryption at rest: OWASP's figure for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000

const base64Text = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]*={0,2}$/))
const headSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  kdf: v.object({
    name: v.literal('PBKDF2-SHA-256'),
    // less would be a joke, more would be an attack on whoever opens it
    iterations: v.pipe(v.number(), v.integer(), v.minValue(ITERATIONS), v.maxValue(20_000_000)),
    salt: v.pipe(base64Text, v.length(24)),
  }),
  cipher: v.object({ name: v.literal('AES-256-GCM'), iv: v.pipe(base64Text, v.length(16)) }),
})
const fileSchema = v.object({ ...headSchema.entries, data: base64Text })

type Head = v.InferOutput<typeof headSchema>

export async function sealBackup(contents: Contents, passphrase: string): Promise<string> {
  const head: Head = {
    format: FORMAT,
    version: VERSION,
    kdf: { name: 'PBKDF2-SHA-256', iterations: ITERATIONS, salt: base64.encode(randomBytes(16)) },
    cipher: { name: 'AES-256-GCM', iv: base64.encode(randomBytes(12)) },
  }
  const key = await keyOf(passphrase, head)
  const data = await crypto.subtle.encrypt(cipherOf(head), key, new TextEncoder().encode(JSON.stringify(contents)))
  return JSON.stringify({ ...head, data: base64.encode(new Uint8Array(data)) })
}

/** @throws RoutstrError `invalid_backup` (no backup of ours, damaged, of a newer version), `wrong_passphrase` */
export async function openBackup(text: string, passphrase: string): Promise<Contents> {
  const { data, ...head } = readFile(text)
  const plain = await decrypt(bytesOf(data), passphrase, head)
  const contents = v.safeParse(contentsSchema, parse(new TextDecoder().decode(plain)))
  if (!contents.success) throw new RoutstrError('invalid_backup', 'The passphrase is right, but the content is not that of a wallet. Nothing was changed.')
  return contents.output
}

function readFile(text: string): v.InferOutput<typeof fileSchema> {
  const found = parse(text)
  const newer = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.pipe(v.number(), v.minValue(VERSION + 1)) }), found)
  if (newer.success)
    throw new RoutstrError(
      'invalid_backup',
      `This backup was made by a newer version of the extension (format ${newer.output.version}). Update the extension first. Nothing was changed.`,
    )
  const file = v.safeParse(fileSchema, found)
  if (!file.success) throw damaged()
  return file.output
}

/** GCM can not tell a wrong key from a changed byte; a file that is whole JSON is nearly always the former. */
async function decrypt(data: Uint8Array<ArrayBuffer>, passphrase: string, head: Head): Promise<ArrayBuffer> {
  const key = await keyOf(passphrase, head)
  try {
    return await crypto.subtle.decrypt(cipherOf(head), key, data)
  } catch (cause) {
    throw new RoutstrError('wrong_passphrase', 'This passphrase does not open the backup (or the file was changed). Nothing was changed in your wallet.', {
      cause,
    })
  }
}

async function keyOf(passphrase: string, { kdf }: Head): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', iterations: kdf.iterations, salt: bytesOf(kdf.salt) }
  return crypto.subtle.deriveKey(parameters, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function cipherOf({ format, version, kdf, cipher }: Head): AesGcmParams {
  const head = JSON.stringify([format, version, kdf.name, kdf.iterations, kdf.salt, cipher.name])
  return { name: 'AES-GCM', iv: bytesOf(cipher.iv), additionalData: new TextEncoder().encode(head) }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(base64.decode(text))
  } catch {
    throw damaged()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

function damaged(): RoutstrError {
  return new RoutstrError('invalid_backup', 'This is not a backup of this extension, or it is not complete. Nothing was changed in your wallet.')
}
