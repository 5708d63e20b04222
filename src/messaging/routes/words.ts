/** Screen routes of what the user says of providers to everybody, and of the remote signer that holds the user's key (NIP-46). */
import * as v from 'valibot'
import type { SignerView, Word, WordDraft } from '../../domain/word.ts'

const nothing = v.object({})
const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max))
const word = { providerId: text(300), pubkey: text(64) }

export const wordInputs = {
  'words.list': nothing,
  /** The exact events, unsigned, and the relays they would go to. Nothing leaves. @throws not_found */
  'words.preview': v.object({
    providerId: text(300),
    verdict: v.picklist(['recommend', 'warn']),
    text: v.pipe(v.string(), v.trim(), v.maxLength(1_000)),
    by: v.picklist(['signer', 'throw-away']),
    /** What this browser has measured goes along. @throws not_found when that is nothing */
    audit: v.boolean(),
  }),
  'words.previewWithdrawal': v.object(word),
  /** Signs what was looked at, writes it down, and sends it. @throws not_found, signer_failed */
  'words.publish': v.object({ draftId: text(64) }),
  /** To the relays that did not say they keep it. */
  'words.sendAgain': v.object(word),
  /** `bunker://…`. @throws invalid_request_error, unsafe_address, signer_failed */
  'signer.connect': v.object({ uri: text(4_000) }),
  'signer.disconnect': nothing,
} as const

export interface WordsView {
  readonly words: readonly Word[]
  /** Of the providers spoken about; who is not known any more has its id. */
  readonly names: Readonly<Record<string, string>>
  readonly signer: SignerView | null
  /** A page the signer wants to be looked at before it goes on. */
  readonly waitingAt: string | null
}

export interface WordOutputs {
  'words.list': WordsView
  'words.preview': WordDraft
  'words.previewWithdrawal': WordDraft
  'words.publish': Word
  'words.sendAgain': Word
  'signer.connect': null
  'signer.disconnect': null
}
