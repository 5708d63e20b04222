import type { ApprovalReason } from '../../../domain/approval.ts'
import type { Msat } from '../../../domain/msat.ts'
import type { SessionState } from '../../../domain/session.ts'
import type { Step, Timeline, TimelineHead } from '../../../domain/timeline.ts'
import { amountPhrase } from '../../parts/amounts.ts'
import { plainText } from '../../parts/page-text.ts'

export const timelineWords = {
  lead: 'The last 50 requests of all pages, step by step. Steps are kept in memory only and go when the browser stops the extension; what they cost stays. No prompt, answer, token or key is in it.',
  empty: 'No request yet',
  emptyText: 'Ask something from a page: what happened, when, and what it moved appears here.',
  noModel: 'refused before it was read',
  notWatched: 'This request ran before the extension was last started. What follows is what its rows tell; the steps between are gone.',
  gone: 'Nothing is known of this request any more.',
  asked: 'The page called',
  tried: 'Asked, in this order',
  money: 'Money, by the rows of the wallet',
  hold: 'Set aside of the limit',
  notKnown: 'not known yet',
  opened: 'Session opened for it',
  used: 'Session used',
  leftOut: 'Left out:',
  nobody: (model: string) => `Nobody sells ${model}.`,
  planOf: (model: string) => `Plan for ${model}`,
  further: (count: number) => `and ${count} more`,
} as const

export const requestStates: Readonly<Record<TimelineHead['state'], string>> = {
  completed: 'completed',
  aborted: 'stopped',
  interrupted: 'broken off',
  failed: 'failed',
  running: 'running',
  refused: 'refused',
}

export const sessionWords: Readonly<Record<SessionState, string>> = {
  prepared: 'its token is on the way there',
  open: 'open',
  settling: 'being settled',
  refunded: 'change is here, not swapped yet',
  closed: 'closed',
  cancelled: 'taken back',
  lost: 'denied by the provider',
}

export const reasonWords: Readonly<Record<ApprovalReason | 'repeat' | 'blocked', string>> = {
  no_grant: 'the site has no limit yet',
  period_limit: 'the limit of the site does not reach',
  request_limit: 'more than a request of this site may cost',
  site_asks: 'the site asks for a limit',
  new_provider: 'a provider that is new would get more than a first deposit',
  locked: 'the wallet is locked',
  blocked: 'the user has blocked this site',
  repeat: 'it was paid for before',
}

export function holdWords({ state, amountMsat, chargedMsat }: NonNullable<Timeline['hold']>): string {
  if (state === 'charged') return `became its cost: ${amountPhrase(chargedMsat)}`
  return state === 'held' ? `${amountPhrase(amountMsat)}, still held` : 'given back'
}

/** A step in words, with the money that it moved or set aside. */
export function stepWords(step: Step): { readonly says: string; readonly amountMsat: Msat | null } {
  switch (step.kind) {
    case 'planned':
      return { says: 'Planned who is asked', amountMsat: null }
    case 'not_held':
      return { says: `Not set aside: ${reasonWords[step.why]}`, amountMsat: step.amountMsat }
    case 'question':
      return { says: `The user is asked: ${reasonWords[step.reason]}`, amountMsat: step.worstMsat }
    case 'answered':
      return { says: { approved: 'The user said yes', rejected: 'The user said no', expired: 'Nobody answered in time', withdrawn: 'The question was taken back' }[step.answer], amountMsat: null }
    case 'held':
      return { says: 'Set aside of the limit', amountMsat: step.amountMsat }
    case 'session':
      return { says: 'A session is there; reserved in it', amountMsat: step.reservedMsat }
    case 'funded':
      return { says: `${step.isXCashu ? 'A token is taken for it' : 'New session'}: placed at ${plainText(step.providerName, 60)}, from ${plainText(step.mint, 100)}`, amountMsat: step.placedMsat }
    case 'sent':
      return { says: 'Request sent', amountMsat: null }
    case 'head':
      return { says: 'Head of the answer', amountMsat: null }
    case 'first_byte':
      return { says: 'First byte at the page', amountMsat: null }
    case 'attempt_over':
      return { says: step.chargedMsat === null ? 'Attempt over, its cost was not seen: the account is read later' : 'Attempt over, charged', amountMsat: step.chargedMsat }
    case 'ended':
      return { says: `The request ${requestStates[step.state] === 'completed' ? 'is complete' : `was ${requestStates[step.state]}`}`, amountMsat: null }
    case 'trued_up':
      return { says: { charged: 'What was set aside became its cost', lowered: 'What was set aside became what it can still cost', released: 'What was set aside is free again' }[step.to], amountMsat: step.to === 'released' ? null : step.amountMsat }
    case 'credited':
      return { says: 'The provider has credited the session', amountMsat: step.amountMsat }
    case 'change':
      return { says: 'Change came back', amountMsat: step.amountMsat }
    case 'session_over':
      return { says: `Session: ${sessionWords[step.state]}`, amountMsat: null }
    case 'refused':
      return { says: `Refused: ${step.code}`, amountMsat: null }
    default:
      return step satisfies never
  }
}
