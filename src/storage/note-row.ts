/** A note as a row. Its key is the hash of its secret: a locked database then tells nobody the secret itself. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Note } from '../wallet/notes.ts'

export interface NoteRow extends Note {
  readonly id: string
}

/** Not asynchronous, because a transaction would end while WebCrypto works. */
export function noteId(secret: string): string {
  return bytesToHex(sha256(utf8ToBytes(secret)))
}

export function noteRow(note: Note): NoteRow {
  return { ...note, id: noteId(note.secret) }
}
